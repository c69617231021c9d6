"""packgate: policy as code for the actions of AI coding agents."""

__version__ = "0.1.0"

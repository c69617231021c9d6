"""Renderers of findings: one module per format; they see only the model and diagnostics."""

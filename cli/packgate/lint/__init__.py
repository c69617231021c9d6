"""The registry of lint rules."""

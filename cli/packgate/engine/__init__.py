"""Patterns, index, decision and stages. Import-light and pure."""

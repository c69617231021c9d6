"""YAML with positions, schema validation and loading."""

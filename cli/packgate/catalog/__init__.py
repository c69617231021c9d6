"""What programs do, as YAML; compiled to JSON at build time."""

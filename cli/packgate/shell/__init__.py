"""From source text to commands: parser, expansion and partial evaluation. Import-light."""

"""What a change to packs does: its structure, its effect on recorded and written cases, and what its patterns say."""

"""Releases: annotated tags that say which content of a pack holds, at which stage."""

"""Levels: a posture for a whole repository, written and taken back in one commit each."""

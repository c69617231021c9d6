"""Prompts of the packs, given to a real agent: what it then does, which policies fire, and the test cases that come of it."""

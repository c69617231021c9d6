"""Lint: a registry of small rules over loaded packs and the files around them."""

"""Bundles: reproducible archives of a released pack, and how they are read, refused, published and pulled."""

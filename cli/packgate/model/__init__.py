"""Frozen value types shared by every layer; they do no I/O and import nothing of the other layers."""

"""The hook on a machine: where its files lie, how it gets there, and how it goes away."""

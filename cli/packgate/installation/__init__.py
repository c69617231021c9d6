"""The hook on a machine: where its files lie, how it gets there, what it decides from, and how it goes away."""

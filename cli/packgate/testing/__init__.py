"""Test cases carried by policies: collecting, running, coverage, pytest plugin."""

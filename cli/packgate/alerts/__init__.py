"""Alerts from the spool to people and systems: sinks, retry, repetitions, rates."""

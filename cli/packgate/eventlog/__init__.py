"""The event log: one JSON line for everything that was decided, or that could not be. Import-light."""

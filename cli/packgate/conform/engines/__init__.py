"""A module for each agent or engine, which says how it is found, started and read."""

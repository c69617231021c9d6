"""The review of what a simulation found: what people decide about clusters of actions, kept in the repository."""

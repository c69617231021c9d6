"""What policies would do to actions that were recorded: counted over any number of events, by any number of processes."""

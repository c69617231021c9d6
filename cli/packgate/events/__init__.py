"""What is made of recorded events."""

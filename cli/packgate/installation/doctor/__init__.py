"""What is wrong with an installation of the hook, and how to mend it."""

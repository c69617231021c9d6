"""`python -m packgate`."""

from packgate.cli import main

main()

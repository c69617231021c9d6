"""One module per verb: arguments, core, report, exit code."""

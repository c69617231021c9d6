"""Generated pages: policies, examples, verbs, formats, vocabulary, catalog."""

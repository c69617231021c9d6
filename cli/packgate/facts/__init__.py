"""From an action to its operations: catalog interpreter, SQL, paths, URLs, wrappers. Import-light."""

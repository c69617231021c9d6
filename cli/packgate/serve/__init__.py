"""The decision server: decisions and hooks over HTTP, on loopback or a Unix socket."""

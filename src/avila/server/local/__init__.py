"""The second process: whoever opens a directory first owns it and serves the others over a local socket."""

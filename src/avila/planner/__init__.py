"""SQL text to checked plans."""

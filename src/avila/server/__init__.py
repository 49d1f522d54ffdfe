"""Ways in from other processes."""

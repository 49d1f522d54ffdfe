"""What ran, and how it went."""

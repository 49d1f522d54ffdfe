"""How much a statement may use: time, memory, rows, temporary disk, and a place among those that run."""

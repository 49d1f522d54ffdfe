"""The stores of a database directory: files, keys, checkpoints."""

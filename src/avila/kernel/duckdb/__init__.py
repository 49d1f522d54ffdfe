"""The DuckDB kernel, and the only code that imports it."""

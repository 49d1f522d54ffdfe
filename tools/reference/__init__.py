"""Pages of the reference that are made from the code, one module a page; each has ``pages()``: path → Markdown."""

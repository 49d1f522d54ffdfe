"""Pages of the reference made from the code; each module has ``pages()``: file name → Markdown."""

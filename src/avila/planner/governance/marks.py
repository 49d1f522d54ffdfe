"""Marks that governance leaves on the nodes of a tree, under keys of their ``meta``."""

from __future__ import annotations

from typing import Final

ROLE: Final = "avila_role"
"""Of a table: the role whose rights hold for it."""
WHOLE: Final = "avila_whole"
"""Of a table: it is meant as it is, inside the query that stands for it."""

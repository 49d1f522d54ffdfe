"""What a database knows about itself, as an immutable value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Catalog:
    """The state that a sequence of changes leads to; ``version`` is their number.

    Installed extensions are offered unless the database has dropped them.
    """

    version: int = 0
    dropped_extensions: frozenset[str] = frozenset()

"""The tables and views that statements can name, read from the kernel again only after a definition changed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from avila.kernel.base import Relation

HIDDEN_PREFIX = "__ducklake_metadata"


def by_name(relations: Iterable[Relation]) -> dict[tuple[str, str, str], Relation]:
    """Return relations by their folded names; the lake's own catalog is nobody's to name."""
    return {
        relation.key: relation for relation in relations if not relation.catalog.startswith(HIDDEN_PREFIX)
    }


class Relations:
    """The committed relations of a database, by version: every definition that commits makes a new one."""

    def __init__(self) -> None:
        self.version = 0
        self._lock = threading.Lock()
        self._known: tuple[int, Mapping[tuple[str, str, str], Relation]] | None = None

    def changed(self) -> None:
        """Say that a definition committed, or was rolled back."""
        with self._lock:
            self.version += 1

    def get(self, version: int) -> Mapping[tuple[str, str, str], Relation] | None:
        """Return the relations of a version, when they are known."""
        known = self._known
        return known[1] if known is not None and known[0] == version else None

    def put(self, version: int, relations: Mapping[tuple[str, str, str], Relation]) -> None:
        """Remember what was read while ``version`` was the last."""
        with self._lock:
            if version == self.version:
                self._known = (version, relations)

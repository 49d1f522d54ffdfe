"""What the kernel knows of tables, views and functions, read again only after a definition changed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from avila.catalog.objects import Catalog
    from avila.kernel.base import MacroDefinition, Relation, TableColumn

Names = tuple[str, str, str]
HIDDEN_PREFIX = "__ducklake_metadata"


def by_name(relations: Iterable[Relation]) -> dict[Names, Relation]:
    """Return relations by their folded names; the lake's own catalog is nobody's to name."""
    return {
        relation.key: relation for relation in relations if not relation.catalog.startswith(HIDDEN_PREFIX)
    }


class Kernel(Protocol):
    """A connection that can be asked what there is."""

    def columns(self) -> Mapping[Names, tuple[TableColumn, ...]]:
        """Return the columns of tables and views."""
        ...

    def definitions(self) -> Mapping[Names, str]:
        """Return the statements that make tables and views."""
        ...

    def system_definitions(self) -> Mapping[tuple[str, str], str]:
        """Return the statements that make the kernel's own views."""
        ...

    def macro_definitions(self) -> list[MacroDefinition]:
        """Return the functions that users made."""
        ...

    def macros(self) -> frozenset[str]:
        """Return the names of the functions that users made."""
        ...


class Facts:
    """What is known of one state of the database; all but the names is read when it is first asked for."""

    def __init__(self, relations: Mapping[Names, Relation], described: Catalog) -> None:
        self.relations = relations
        self.described = described
        self._known: dict[str, Any] = {}
        self._lock = threading.Lock()

    def columns(self, kernel: Kernel) -> Mapping[Names, tuple[TableColumn, ...]]:
        """Return the columns of tables and views."""
        found: Mapping[Names, tuple[TableColumn, ...]] = self._once("columns", kernel.columns)
        return found

    def definitions(self, kernel: Kernel) -> Mapping[Names, str]:
        """Return the statements that make tables and views."""
        found: Mapping[Names, str] = self._once("definitions", kernel.definitions)
        return found

    def system_definitions(self, kernel: Kernel) -> Mapping[tuple[str, str], str]:
        """Return the statements that make the kernel's own views."""
        found: Mapping[tuple[str, str], str] = self._once("system", kernel.system_definitions)
        return found

    def macro_definitions(self, kernel: Kernel) -> list[MacroDefinition]:
        """Return the functions that users made."""
        found: list[MacroDefinition] = self._once("macro_definitions", kernel.macro_definitions)
        return found

    def macros(self, kernel: Kernel) -> frozenset[str]:
        """Return the names of the functions that users made."""
        found: frozenset[str] = self._once("macros", kernel.macros)
        return found

    def _once(self, name: str, read: Callable[[], Any]) -> Any:
        # Two sessions may both read; neither waits for the other while it holds its connection.
        if name not in self._known:
            made = read()
            with self._lock:
                self._known.setdefault(name, made)
        return self._known[name]


class Relations:
    """The committed state of a database, by version: every definition that commits makes a new one."""

    def __init__(self) -> None:
        self.version = 0
        self._lock = threading.Lock()
        self._known: tuple[int, Facts] | None = None

    def changed(self) -> None:
        """Say that a definition committed, or was rolled back."""
        with self._lock:
            self.version += 1

    def get(self, version: int) -> Facts | None:
        """Return what is known of a version."""
        known = self._known
        return known[1] if known is not None and known[0] == version else None

    def last(self) -> Catalog | None:
        """Return the last committed catalog that was read, of whatever version."""
        return None if self._known is None else self._known[1].described

    def put(self, version: int, facts: Facts) -> None:
        """Remember what was read while ``version`` was the last."""
        with self._lock:
            if version == self.version:
                self._known = (version, facts)

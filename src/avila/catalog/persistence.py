"""The changes of a catalog in the native store: read and written in the transaction of the session that asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from avila.catalog import changes
from avila.catalog.objects import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from avila.kernel.base import Answer

SCHEMA = "avila"
TABLE = f"native.{SCHEMA}.changes"
KEY = ("native", SCHEMA, "changes")
"""The table's name as relations are looked up; it is made with the first change."""


class Runner(Protocol):
    """A connection that runs a statement."""

    def run(
        self, sql: str, parameters: Sequence[Any] | None = None, *, rows: bool = True, writes: bool = False
    ) -> Answer:
        """Run one statement."""
        ...


def load(connection: Runner, known: Catalog | None = None) -> Catalog:
    """Return the catalog as the connection's transaction sees it; the table must be there.

    ``known`` is a committed catalog to go on from: of a long history only the rest is read. A transaction that began
    before it was committed does not see all of it, and reads everything.
    """
    start = known if known is not None and known.version else Catalog()
    if start.version:
        newest = connection.run(f"SELECT max(number) FROM {TABLE}").fetchall()[0][0] or 0
        if newest == start.version:
            return start
        if newest < start.version:
            start = Catalog()
    kept = connection.run(
        f"SELECT kind, body FROM {TABLE} WHERE number > {int(start.version)} ORDER BY number"
    ).fetchall()
    return changes.fold((changes.from_json(kind, body) for kind, body in kept), start)


def append(connection: Runner, catalog: Catalog, made: Iterable[changes.Change]) -> Catalog:
    """Keep changes and return the catalog after them; their preconditions are checked first."""
    rows = []
    for change in made:
        catalog = changes.apply(catalog, change)
        rows.append((catalog.version, *changes.to_json(change)))
    if not rows:
        return catalog
    connection.run(f"CREATE SCHEMA IF NOT EXISTS native.{SCHEMA}", rows=False, writes=True)
    connection.run(
        f"CREATE TABLE IF NOT EXISTS {TABLE} "
        "(number BIGINT PRIMARY KEY, made TIMESTAMPTZ DEFAULT now(), kind VARCHAR NOT NULL, body JSON NOT NULL)",
        rows=False,
        writes=True,
    )
    # Written out rather than as parameters: for the first of those the kernel imports pandas, which takes a second.
    values = ", ".join(f"({number}, {_quoted(kind)}, {_quoted(body)})" for number, kind, body in rows)
    connection.run(f"INSERT INTO {TABLE} (number, kind, body) VALUES {values}", rows=False, writes=True)
    return catalog


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

"""The changes of a catalog in the native store: read and written in the transaction of the session that asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from avila.catalog import changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avila.catalog.objects import Catalog
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


def load(connection: Runner) -> Catalog:
    """Return the catalog as the connection's transaction sees it; the table must be there."""
    kept = connection.run(f"SELECT kind, body FROM {TABLE} ORDER BY number").fetchall()
    return changes.fold(changes.from_json(kind, body) for kind, body in kept)


def append(
    connection: Runner, catalog: Catalog, change: changes.CreateExtension | changes.DropExtension
) -> Catalog:
    """Keep a change and return the catalog after it; its precondition is checked first."""
    after = changes.apply(catalog, change)
    connection.run(f"CREATE SCHEMA IF NOT EXISTS native.{SCHEMA}", rows=False, writes=True)
    connection.run(
        f"CREATE TABLE IF NOT EXISTS {TABLE} "
        "(number BIGINT PRIMARY KEY, made TIMESTAMPTZ DEFAULT now(), kind VARCHAR NOT NULL, body JSON NOT NULL)",
        rows=False,
        writes=True,
    )
    kind, body = changes.to_json(change)
    connection.run(
        f"INSERT INTO {TABLE} (number, kind, body) VALUES (?, ?, ?)",
        [after.version, kind, body],
        rows=False,
        writes=True,
    )
    return after

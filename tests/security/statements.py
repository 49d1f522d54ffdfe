"""Statements that change a table, in the SQL that Avila and PostgreSQL share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from security.queries import Query

if TYPE_CHECKING:
    from security.expressions import Expression


def _returning(names: tuple[str, ...]) -> str:
    return f" RETURNING {', '.join(names)}" if names else ""


@dataclass(frozen=True)
class Insert:
    """INSERT of rows, or of a query's rows."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Expression, ...], ...] | Query
    returning: tuple[str, ...] = ()

    def sql(self) -> str:
        """Return the SQL of it."""
        if isinstance(self.rows, tuple):
            listed = ", ".join(f"({', '.join(value.sql() for value in row)})" for row in self.rows)
            source = f"VALUES {listed}"
        else:
            source = self.rows.sql()
        return f"INSERT INTO {self.table} ({', '.join(self.columns)}) {source}{_returning(self.returning)}"


@dataclass(frozen=True)
class Update:
    """UPDATE; in its expressions the table's own name is the alias of the row."""

    table: str
    sets: tuple[tuple[str, Expression], ...]
    where: Expression | None = None
    returning: tuple[str, ...] = ()

    def sql(self) -> str:
        """Return the SQL of it."""
        sets = ", ".join(f"{name} = {value.sql()}" for name, value in self.sets)
        where = f" WHERE {self.where.sql()}" if self.where is not None else ""
        return f"UPDATE {self.table} SET {sets}{where}{_returning(self.returning)}"


@dataclass(frozen=True)
class Delete:
    """DELETE; in its condition the table's own name is the alias of the row."""

    table: str
    where: Expression | None = None
    returning: tuple[str, ...] = ()

    def sql(self) -> str:
        """Return the SQL of it."""
        where = f" WHERE {self.where.sql()}" if self.where is not None else ""
        return f"DELETE FROM {self.table}{where}{_returning(self.returning)}"


Statement = Query | Insert | Update | Delete

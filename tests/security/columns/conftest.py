"""What the tests of encrypted columns share: a kernel with a native store in memory, and its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from avila.catalog.encryption import DEFAULT_KEY, DEFAULT_KEY_ID, DETERMINISTIC, RANDOMIZED, EncryptedColumn
from avila.kernel.duckdb.engine import DuckDBEngine
from avila.planner.dialect import generate
from avila.security.columns import named, subjects
from avila.security.columns.functions import functions
from avila.security.columns.keys import ColumnKeys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot import exp

ROOT = bytes(range(32))


def column(
    type_: str = "VARCHAR", mode: str = RANDOMIZED, label: str = "a1", subject: str | None = None
) -> EncryptedColumn:
    """Return how a column is encrypted, under the key that every database has."""
    return EncryptedColumn(type_, mode, DEFAULT_KEY, DEFAULT_KEY_ID, label, subject)


def deterministic(type_: str = "VARCHAR") -> EncryptedColumn:
    """Return how a column is encrypted that can be searched."""
    return column(type_, DETERMINISTIC, "")


class Kernel:
    """A kernel that has the functions of encrypted columns."""

    def __init__(self) -> None:
        self.engine = DuckDBEngine({})
        self.engine.attach_memory("native")
        self.engine.use("native")
        for statement in (*named.DEFINITIONS, *subjects.DEFINITIONS):
            self.engine.execute(statement)
        self.keys = ColumnKeys(ROOT, self.engine)
        self.engine.register(functions(self.keys))
        self.connection = self.engine.connect()

    def rows(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        return self.connection.run(sql, parameters).fetchall()

    def run(self, *statements: str) -> None:
        """Run statements without rows."""
        for sql in statements:
            self.connection.run(sql, rows=False)

    def value(self, expression: exp.Expr) -> Any:
        """Return what an expression is."""
        return self.rows(f"SELECT {generate(expression)}")[0][0]


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    """Return a kernel."""
    made = Kernel()
    yield made
    made.connection.close()
    made.engine.close()

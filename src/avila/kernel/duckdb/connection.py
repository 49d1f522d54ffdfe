"""One connection of the DuckDB kernel: runs the SQL of plans, one at a time, and can be interrupted."""

from __future__ import annotations

import threading
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from avila.kernel import crossing
from avila.kernel.base import MacroDefinition, Relation, TableColumn
from avila.kernel.duckdb.answer import DuckDBAnswer
from avila.kernel.duckdb.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from avila.kernel.base import Column
    from avila.kernel.crossing import Crossing
    from avila.kernel.source import Source

RELATIONS = """
SELECT database_name, schema_name, table_name, 'table', internal, temporary FROM duckdb_tables()
UNION ALL
SELECT database_name, schema_name, view_name, 'view', internal, temporary FROM duckdb_views()
"""
COLUMNS = """
SELECT database_name, schema_name, table_name, column_name, data_type, column_default
FROM duckdb_columns() WHERE NOT internal ORDER BY database_name, schema_name, table_name, column_index
"""
VIEWS = "SELECT database_name, schema_name, view_name, sql FROM duckdb_views() WHERE NOT internal"
SYSTEM_VIEWS = "SELECT schema_name, view_name, sql FROM duckdb_views() WHERE internal"
TABLES = "SELECT database_name, schema_name, table_name, sql FROM duckdb_tables() WHERE NOT internal"
DEFINITIONS = """
SELECT database_name, schema_name, function_name, parameters, macro_definition, function_type = 'table_macro'
FROM duckdb_functions() WHERE NOT internal AND macro_definition IS NOT NULL
"""
MACROS = "SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE NOT internal"

PREPARED_MAX = 512
_ENDS = ("COMMIT", "ROLLBACK")
"""What ends a transaction, as Avila writes it; when it fails, the kernel has ended it all the same."""

Names = tuple[str, str, str]
"""Catalog, schema and name of a relation, folded as look-ups compare them."""


class DuckDBConnection:
    """A connection with its own transaction, temporary tables and settings.

    Statements are parsed by the kernel once and kept, because a repeated statement is the common case and parsing is a
    third of what it costs. Not for use by two threads at once: callers wait for each other.
    """

    def __init__(self, raw: duckdb.DuckDBPyConnection, crossing: Crossing) -> None:
        self.raw = raw
        self._crossing = crossing
        self._stays = False
        self._lists = False
        self._lock = threading.RLock()
        self._open: weakref.ref[DuckDBAnswer] | None = None
        self._prepared: dict[str, duckdb.Statement | str] = {}
        self._schemas: dict[str, pa.Schema] = {}
        self._sources: list[str] = []

    def run(
        self,
        sql: str,
        parameters: Sequence[Any] | Mapping[str, Any] | None = None,
        *,
        sources: Mapping[str, Source | object] | None = None,
        rows: bool = True,
        writes: bool = False,
        lists: bool | None = None,
        of_lake: bool = False,
        statement: str | None = None,
        locate: Callable[[str], int | None] | None = None,
    ) -> DuckDBAnswer:
        """Run one generated statement.

        ``sources`` are what the SQL names as tables. ``rows`` says that the statement answers rows; otherwise only
        their number is kept. ``writes`` says that it must have happened, all of it, when this returns. ``lists`` says
        whether it may list the stores, and otherwise its text tells; ``of_lake`` whether it reads or writes the lake.
        ``statement`` and ``locate`` place errors in the user's text.
        """
        with self.guarded(statement, locate):
            self.settle()
            for name, source in (sources or {}).items():
                self.raw.register(name, _scannable(source))
                self._sources.append(name)
            self._execute(sql, parameters, crossing.lists(sql) if lists is None else lists, of_lake)
            if not rows:
                count = self._count()
                self.answered(None)
                return DuckDBAnswer(self, count, rows=False)
            answer = DuckDBAnswer(self, -1)
            self._open = weakref.ref(answer)
            # An answer over Python's own iterators must not be left half taken: the kernel would wait for the
            # interpreter while holding it.
            if writes or any(map(is_source, (sources or {}).values())):
                answer.detach()
            return answer

    def _execute(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None, lists: bool, of_lake: bool
    ) -> None:
        """Run a statement up to its first rows.

        One that lists keeps exchanges out until its answer is done, and a transaction until it ends.
        """
        prepared = self._prepared.get(sql) or self._prepare(sql)
        begins = sql.startswith("BEGIN")
        if self._stays or not (begins or lists or of_lake):
            try:
                self.raw.execute(prepared, parameters)
            finally:
                if self._stays and sql in _ENDS:
                    self._leave()
            return
        self._crossing.enter()
        try:
            self.raw.execute(prepared, parameters)
            self._stays, self._lists = begins, lists and not begins
        finally:
            if not (self._stays or self._lists):
                self._crossing.leave()

    def _leave(self) -> None:
        """Let the stores' files be exchanged again, once the transaction has ended."""
        if self._stays:
            self._stays = False
            self._crossing.leave()

    @contextmanager
    def _uncrossed(self) -> Iterator[None]:
        """Keep the stores' files from being exchanged during the block."""
        if self._stays:
            yield
            return
        self._crossing.enter()
        try:
            yield
        finally:
            self._crossing.leave()

    def settle(self) -> None:
        """Let the answer that is still open keep its rows, so that the connection is free."""
        if self._open is not None and (answer := self._open()) is not None:
            answer.detach()
        self.answered(None)

    def abandon(self) -> None:
        """Give up the rows of the answer that is still open."""
        with self.guarded():
            if self._open is not None and (answer := self._open()) is not None:
                answer.close()

    def answered(self, answer: DuckDBAnswer | None) -> None:
        """Forget an answer that needs the connection no more, and what it read from."""
        if answer is not None and self._open is not None and self._open() is not answer:
            return
        self._open = None
        if self._lists:
            self._lists = False
            self._crossing.leave()
        while self._sources:
            self.raw.unregister(self._sources.pop())

    def guarded(
        self, statement: str | None = None, locate: Callable[[str], int | None] | None = None
    ) -> Guard:
        """Hold the connection, and turn what the kernel raises into Avila's errors."""
        return Guard(self.raw, self._lock, statement, locate)

    def register(self, name: str, table: object) -> None:
        """Make an Arrow object a temporary view."""
        with self.guarded():
            self.settle()
            self.raw.register(name, _scannable(table))

    def unregister(self, name: str) -> None:
        """Drop a registered view."""
        with self.guarded():
            self.settle()
            self.raw.unregister(name)

    def relations(self) -> list[Relation]:
        """Return every table and view this connection can name."""
        return [Relation(*row) for row in self._listed(RELATIONS)]

    def columns(self) -> dict[Names, tuple[TableColumn, ...]]:
        """Return the columns of every table and view, in order, by folded name."""
        found: dict[Names, list[TableColumn]] = {}
        for *names, column, kind, default in self._listed(COLUMNS):
            found.setdefault(_folded(names), []).append(TableColumn(column, kind, default))
        return {key: tuple(columns) for key, columns in found.items()}

    def definitions(self) -> dict[Names, str]:
        """Return the statement that makes each table and view, by folded name."""
        return {_folded(names): sql for *names, sql in self._listed(f"{VIEWS} UNION ALL {TABLES}")}

    def system_definitions(self) -> dict[tuple[str, str], str]:
        """Return the statements that make the kernel's own views, by schema and name."""
        return {(schema, name): sql for schema, name, sql in self._listed(SYSTEM_VIEWS)}

    def macro_definitions(self) -> list[MacroDefinition]:
        """Return the functions that users made, every overload."""
        rows = self._listed(DEFINITIONS)
        return [
            MacroDefinition(catalog, schema, name.lower(), tuple(parameters), body, table)
            for catalog, schema, name, parameters, body, table in rows
        ]

    def _listed(self, sql: str) -> list[tuple[Any, ...]]:
        with self.guarded():
            self.settle()
            with self._uncrossed():
                rows: list[tuple[Any, ...]] = self.raw.execute(sql).fetchall()
            return rows

    def arrow_schema(self, columns: Sequence[Column]) -> pa.Schema:
        """Return the Arrow schema that an answer with these columns has."""
        nulls = ", ".join(f"NULL::{column.type} AS {_quote(column.name)}" for column in columns)
        with self.guarded() as raw:
            if nulls not in self._schemas:
                if len(self._schemas) >= PREPARED_MAX:
                    self._schemas.clear()
                answer = raw.cursor().execute(f"SELECT {nulls} LIMIT 0")
                self._schemas[nulls] = answer.to_arrow_table().schema
            return self._schemas[nulls]

    def schemas(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Return every schema as (catalog, schema), by its folded name."""
        rows = self._listed("SELECT database_name, schema_name FROM duckdb_schemas()")
        return {(catalog.lower(), schema.lower()): (catalog, schema) for catalog, schema in rows}

    def use(self, catalog: str, schema: str) -> None:
        """Look for names without a catalog and schema there."""
        with self.guarded():
            self.settle()
            with self._uncrossed():
                self.raw.execute(f"USE {_quote(catalog)}.{_quote(schema)}")

    def macros(self) -> frozenset[str]:
        """Return the functions that users made."""
        return frozenset(name for (name,) in self._listed(MACROS))

    def forget_prepared(self) -> None:
        """Parse every statement anew."""
        with self._lock:
            self._prepared.clear()

    def interrupt(self) -> None:
        """Make the running statement end with QueryCanceled; callable from any thread."""
        self.raw.interrupt()

    def watch(self) -> None:
        """Have the kernel keep count of how far statements are; it costs each one a little."""
        with self.guarded():
            self.settle()
            self.raw.execute("SET enable_progress_bar = true")
            self.raw.execute("SET enable_progress_bar_print = false")

    @property
    def progress(self) -> float | None:
        """How far the running statement is, 0 to 100, once it is watched and can be told; from any thread."""
        percent = self.raw.query_progress()
        return float(percent) if percent >= 0 else None

    def close(self) -> None:
        """End the transaction, if one is open, by rolling it back."""
        with self._lock:
            self.settle()
            self.raw.close()
            self._leave()

    def _prepare(self, sql: str) -> duckdb.Statement | str:
        statements = self.raw.extract_statements(sql)
        # The kernel writes a PIVOT over unknown values as several statements; only its text stands for them all.
        prepared = statements[0] if len(statements) == 1 else sql
        if len(self._prepared) >= PREPARED_MAX:
            self._prepared.clear()
        self._prepared[sql] = prepared
        return prepared

    def _count(self) -> int:
        """Return how many rows were written: what the kernel answers to a statement without rows of its own."""
        description = self.raw.description
        if not description or description[0][0] != "Count":
            return -1
        row = self.raw.fetchone()
        return row[0] if row else -1


def _folded(names: Sequence[str]) -> Names:
    catalog, schema, name = names
    return (catalog.lower(), schema.lower(), name.lower())


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def is_source(value: object) -> bool:
    """Whether a value is a Source of Avila's, rather than an object of Arrow's."""
    return hasattr(value, "scan") and hasattr(value, "schema")


def _scannable(source: Source | object) -> object:
    """Return what the kernel can register: Avila's sources get their adapter, Arrow's own objects pass."""
    if not is_source(source):
        return source
    # Imported when first needed: pyarrow.dataset brings pandas along, a second for who reads no file.
    from avila.kernel.duckdb.source import SourceDataset

    return SourceDataset(cast("Source", source))

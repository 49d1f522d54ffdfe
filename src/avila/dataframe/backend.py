"""A session as an Ibis backend: expressions become SQL, and run as every statement does."""

from __future__ import annotations

import weakref
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends import CanCreateDatabase, CanListCatalog
from ibis.backends.sql import SQLBackend
from sqlglot import exp

from avila import __version__, errors
from avila.dataframe import names, types
from avila.dataframe.compiler import compiler
from avila.dataframe.conversion import arrow_schema, conform
from avila.dataframe.tables import create_table_sql, past, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    import ibis.expr.schema as sch
    import pandas as pd
    import polars as pl

    from avila.result import Result
    from avila.session import Session

# Ibis calls this to_pyarrow; Avila's results call it to_arrow, and a DataFrame should answer to the same
# name. Ibis makes a new object for every step of an expression, so a subclass would lose it at the first one.
if not hasattr(ir.Expr, "to_arrow"):
    ir.Expr.to_arrow = ir.Expr.to_pyarrow


class Backend(SQLBackend, CanListCatalog, CanCreateDatabase):  # type: ignore[misc]
    """One session, as Ibis sees it."""

    name = "avila"
    compiler = compiler
    supports_temporary_tables = True

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self._in_memory: weakref.WeakValueDictionary[str, ops.InMemoryTable] = weakref.WeakValueDictionary()
        self._dropped: deque[str] = deque()

    @property
    def db_identity(self) -> str:
        """What tells one session's tables from another's."""
        return f"avila-{id(self.session):x}"

    @property
    def version(self) -> str:
        """The version of Avila."""
        return __version__

    @property
    def current_catalog(self) -> str:
        """The store in which names without one are looked up first."""
        return str(self._value("SELECT current_database()"))

    @property
    def current_database(self) -> str:
        """The schema in which names without one are looked up first."""
        return str(self._value("SELECT current_schema()"))

    def list_catalogs(self, *, like: str | None = None) -> list[str]:
        """Return the stores."""
        return self._names("SELECT DISTINCT catalog_name FROM information_schema.schemata", [], like)

    def list_databases(self, *, like: str | None = None, catalog: str | None = None) -> list[str]:
        """Return the schemas of a store."""
        sql = "SELECT DISTINCT schema_name FROM information_schema.schemata WHERE catalog_name = ?"
        return self._names(sql, [catalog or self.current_catalog], like)

    def list_tables(
        self, *, like: str | None = None, database: tuple[str, str] | str | None = None
    ) -> list[str]:
        """Return the tables and views of a schema, and the session's temporary ones."""
        place = self._to_sqlglot_table(database)
        sql = (
            "SELECT DISTINCT table_name FROM information_schema.tables"
            " WHERE (table_catalog = ? AND table_schema = ?) OR table_catalog = 'temp'"
        )
        return self._names(
            sql, [place.catalog or self.current_catalog, place.db or self.current_database], like
        )

    def relation(
        self, name: str, *, version: int | None = None, timestamp: datetime | str | None = None
    ) -> ir.Table:
        """Return a table by its name as SQL writes it; with a version or time, as it was then."""
        *place, own = names.split(name)
        if version is None and timestamp is None:
            return self.table(own, database=tuple(place) or None)
        return self.sql(past((*place, own), version, timestamp))

    def get_schema(
        self, table_name: str, *, catalog: str | None = None, database: str | None = None
    ) -> sch.Schema:
        """Return the columns of a table; UndefinedTable when there is none."""
        table = exp.table_(table_name, db=database, catalog=catalog, quoted=True)
        return self.schema_of(f"SELECT * FROM {table.sql(self.dialect)}")

    def schema_of(self, query: str) -> sch.Schema:
        """Return the columns of a query, without running it for its rows."""
        answer = self.raw_sql(f"SELECT * FROM ({query.strip().rstrip(';')}\n) LIMIT 0")
        return types.schema(answer.columns, lambda: str(self._value("SELECT current_setting('TimeZone')")))

    _get_schema_using_query = schema_of

    def literal_sql(self, value: ir.Value) -> str:
        """Return a constant as SQL."""
        (selected,) = self.compiler.to_sqlglot(value.as_table()).selects
        return str(selected.unalias().sql(self.dialect))

    def raw_sql(self, query: str | exp.Expression, **_: Any) -> Result:
        """Run a statement in which in-memory tables of expressions may be named."""
        text = query if isinstance(query, str) else query.sql(dialect=self.dialect)
        while self._dropped:
            self.session.execute(f"DROP TABLE IF EXISTS temp.{quote(self._dropped.popleft())}")
        frames = {name: _arrow(table) for name, table in list(self._in_memory.items()) if name in text}
        return self.session.sql(text, None, **frames) if frames else self.session.execute(text)

    @contextmanager
    def _safe_raw_sql(self, query: str | exp.Expression, **_: Any) -> Iterator[Result]:
        yield self.raw_sql(query)

    def to_pyarrow_batches(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Mapping[ir.Scalar, Any] | None = None,
        limit: int | str | None = None,
        chunk_size: int = 1_000_000,
        **_: Any,
    ) -> pa.RecordBatchReader:
        """Stream the rows as Arrow batches, without holding them all."""
        self._run_pre_execute_hooks(expr)
        table = expr.as_table()
        reader = self.raw_sql(self.compile(table, limit=limit, params=params)).reader(chunk_size)
        promised = arrow_schema(table.schema(), reader.schema)
        return pa.RecordBatchReader.from_batches(promised, (conform(batch, promised) for batch in reader))

    def to_pyarrow(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Mapping[ir.Scalar, Any] | None = None,
        limit: int | str | None = None,
        **_: Any,
    ) -> pa.Table | pa.ChunkedArray | pa.Scalar:
        """Return the rows as Arrow: a table, a column or a value, as the expression is."""
        table = self.to_pyarrow_batches(expr, params=params, limit=limit).read_all()
        if isinstance(expr, ir.Table):
            return table
        return table.column(0)[0] if isinstance(expr, ir.Scalar) else table.column(0)

    def to_polars(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Mapping[ir.Scalar, Any] | None = None,
        limit: int | str | None = None,
        **_: Any,
    ) -> pl.DataFrame | pl.Series | Any:
        """Return the rows as Polars: a frame, a series or a Python value, as the expression is."""
        try:
            import polars
        except ModuleNotFoundError as error:
            raise _missing("to_polars()", error) from error
        frame: Any = polars.from_arrow(self.to_pyarrow(expr.as_table(), params=params, limit=limit))
        if isinstance(expr, ir.Table):
            return frame
        return frame.item() if isinstance(expr, ir.Scalar) else frame.to_series()

    def execute(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Mapping[ir.Scalar, Any] | None = None,
        limit: int | str | None = None,
        **_: Any,
    ) -> pd.DataFrame | pd.Series | Any:
        """Return the rows as pandas: a frame, a series or a Python value, as the expression is."""
        try:
            from avila.dataframe.pandas import result
        except ModuleNotFoundError as error:
            raise _missing("to_pandas()", error) from error
        table = self.to_pyarrow_batches(expr, params=params, limit=limit).read_all()
        return result(expr, table)

    def create_table(
        self,
        name: str,
        /,
        obj: Any = None,
        *,
        schema: Any = None,
        database: tuple[str, str] | str | None = None,
        temp: bool = False,
        overwrite: bool = False,
    ) -> ir.Table:
        """Create a table of an expression, of a data frame, or empty of a schema, in one statement."""
        place = self._to_sqlglot_table(database)
        target = exp.table_(name, db=place.db or None, catalog=place.catalog or None, quoted=True)
        source = obj if obj is None or isinstance(obj, ir.Expr) else ibis.memtable(obj)
        if source is not None:
            self._run_pre_execute_hooks(source)
        self.raw_sql(create_table_sql(self, target, source, schema, temp=temp, overwrite=overwrite))
        return self.table(name, database=(place.catalog, place.db) if place.catalog else place.db or None)

    def drop_table(
        self, name: str, /, *, database: tuple[str, str] | str | None = None, force: bool = False
    ) -> None:
        """Drop a table."""
        self._drop("TABLE", name, database, force=force)

    def drop_view(
        self, name: str, /, *, database: tuple[str, str] | str | None = None, force: bool = False
    ) -> None:
        """Drop a view."""
        self._drop("VIEW", name, database, force=force)

    def create_database(self, name: str, /, *, catalog: str | None = None, force: bool = False) -> None:
        """Create a schema."""
        self.raw_sql(f"CREATE SCHEMA {'IF NOT EXISTS ' if force else ''}{_qualified(catalog, name)}")

    def drop_database(self, name: str, /, *, catalog: str | None = None, force: bool = False) -> None:
        """Drop an empty schema."""
        self.raw_sql(f"DROP SCHEMA {'IF EXISTS ' if force else ''}{_qualified(catalog, name)}")

    def disconnect(self) -> None:
        """Close the session."""
        self.session.close()

    def _register_in_memory_tables(self, expr: ir.Expr) -> None:
        for table in self._verify_in_memory_tables_are_unique(expr):
            self._register_in_memory_table(table)

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        """Know an in-memory table as long as it lives; it goes with each statement that names it."""
        self._in_memory[op.name] = op

    def _make_memtable_finalizer(self, name: str) -> None:
        """Nothing to do: in-memory tables leave nothing behind."""

    def _drop_cached_table(self, name: str) -> None:
        """Drop a table of ``cache()`` before the next statement: the garbage collector may ask amid one."""
        self._dropped.append(name)

    def _drop(self, kind: str, name: str, database: tuple[str, str] | str | None, *, force: bool) -> None:
        place = self._to_sqlglot_table(database)
        target = ".".join(quote(part) for part in (place.catalog, place.db, name) if part)
        self.raw_sql(f"DROP {kind} {'IF EXISTS ' if force else ''}{target}")

    def _value(self, sql: str) -> Any:
        row = self.session.execute(sql).fetchone()
        return row[0] if row else None

    def _names(self, sql: str, parameters: list[Any], like: str | None) -> list[str]:
        found = [name for (name,) in self.session.execute(sql, parameters).fetchall()]
        listed: list[str] = self._filter_with_like(found, like)
        return listed


def _missing(what: str, error: ModuleNotFoundError) -> errors.MissingDependency:
    return errors.MissingDependency(
        f"{what} needs the package {error.name}", hint="pip install 'avila[dataframe]'"
    )


def _arrow(table: ops.InMemoryTable) -> object:
    """Return an in-memory table as something a session can scan."""
    if hasattr(table.data, "to_pyarrow_dataset"):
        return table.data.to_pyarrow_dataset(table.schema)
    return table.data.to_pyarrow(table.schema)


def _qualified(catalog: str | None, name: str) -> str:
    return f"{quote(catalog)}.{quote(name)}" if catalog else quote(name)

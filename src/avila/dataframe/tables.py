"""The SQL that makes tables, and that reads them as they were."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import ibis.expr.schema as sch

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    from sqlglot import exp

    from avila.dataframe.backend import Backend


def create_table_sql(
    backend: Backend, target: exp.Table, source: ir.Table | None, schema: Any, *, temp: bool, overwrite: bool
) -> str:
    """Return the statement that creates a table, of an expression or empty, in the types of a schema."""
    if source is None and schema is None:
        raise errors.InterfaceError(
            f"nothing says what the table {target.name} holds",
            hint="Give create_table() rows, a schema=, or both.",
        )
    create = f"CREATE {'OR REPLACE ' if overwrite else ''}{'TEMPORARY ' if temp else ''}TABLE"
    head = f"{create} {target.sql(backend.dialect)}"
    if source is None:
        definitions = sch.schema(schema).to_sqlglot_column_defs(backend.dialect)
        return f"{head} ({', '.join(definition.sql(backend.dialect) for definition in definitions)})"
    rows = source if schema is None else source.cast(sch.schema(schema))
    return f"{head} AS {backend.compile(rows)}"


def past(name: Sequence[str], version: int | None, timestamp: datetime | str | None) -> str:
    """Return the query for a table of the lake as it was."""
    if version is not None and timestamp is not None:
        raise errors.InterfaceError("a table is asked for by version or by timestamp, not by both")
    moment = f"VERSION => {int(version)}" if version is not None else f"TIMESTAMP => {_instant(timestamp)}"
    return f"SELECT * FROM {'.'.join(map(quote, name))} AT ({moment})"


def quote(name: str) -> str:
    """Return a name as SQL that means exactly it."""
    return '"' + name.replace('"', '""') + '"'


def _instant(timestamp: datetime | str | None) -> str:
    """Return a time as SQL; one without a zone is in the session's."""
    text = timestamp.isoformat(sep=" ") if isinstance(timestamp, datetime) else str(timestamp)
    return "CAST('" + text.replace("'", "''") + "' AS TIMESTAMPTZ)"

"""``executemany``: a statement for many parameters; plain INSERTs are loaded as Arrow, far faster."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from avila.session import Session

    Parameters = Sequence[Any] | Mapping[str, Any]

# One batch is scanned by one thread, so that rows arrive, and defaults are drawn, in the order given.
BATCH_ROWS = 50_000
# Below this a statement a row is as fast.
LOADED_ROWS_MIN = 16
ROWS = "__avila_rows"

SELF_REFERENCES = """
SELECT 1 FROM duckdb_constraints()
WHERE constraint_type = 'FOREIGN KEY' AND lower(table_name) = lower(?)
  AND lower(referenced_table) = lower(table_name)
LIMIT 1
"""

_NAME = r'(?:"(?:[^"]|"")+"|\w+)'
_INSERT = re.compile(
    rf"\s*(?P<head>INSERT\s+INTO\s+(?:{_NAME}\s*\.\s*)*(?P<table>{_NAME})\s*"
    rf"(?:\(\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\))?)"
    r"\s*VALUES\s*\(\s*(?P<values>\?(?:\s*,\s*\?)*)\s*\)\s*;?\s*",
    re.IGNORECASE,
)

# What a Python value is to the kernel when it is a parameter. Others (Decimal, whose digits differ from value
# to value, lists, dictionaries …) are bound one by one: a column would convert them to a common type first.
_ARROW = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    str: pa.string(),
    bytes: pa.binary(),
    date: pa.date32(),
    time: pa.time64("us"),
    datetime: pa.timestamp("us"),
}


def run_many(session: Session, operation: str, parameters: Iterable[Parameters]) -> int:
    """Run a statement for each of many parameters; return how many rows were written, -1 when unknown."""
    rest = iter(parameters)
    insert = _INSERT.fullmatch(operation)
    if insert and _refers_to_itself(session, insert["table"]):
        insert = None
    counts: list[int] = []
    while batch := list(islice(rest, BATCH_ROWS)):
        loads = insert is not None and len(batch) >= LOADED_ROWS_MIN
        table = _table(batch, insert["values"].count("?")) if insert and loads else None
        if insert and table is not None:
            counts.append(_load(session, insert["head"], table))
        else:
            counts.extend(_run_one(session, operation, given) for given in batch)
    return sum(counts) if all(count >= 0 for count in counts) else -1


def _refers_to_itself(session: Session, table: str) -> bool:
    """Whether a table has a foreign key to itself: its rows must come one by one, parents first."""
    return session.execute(SELF_REFERENCES, [table.strip('"').replace('""', '"')]).fetchone() is not None


def _load(session: Session, head: str, table: pa.Table) -> int:
    return session.sql(f"{head} SELECT * FROM {ROWS}", None, **{ROWS: table}).rowcount


def _run_one(session: Session, operation: str, parameters: Parameters) -> int:
    result = session.execute(operation, parameters)
    result.close()
    return result.rowcount


def _table(batch: Sequence[Parameters], width: int) -> pa.Table | None:
    """Return rows of parameters as a table of one batch; None when their types or lengths differ."""
    if any(isinstance(row, str | bytes | Mapping) or len(row) != width for row in batch):
        return None
    columns = []
    for values in zip(*batch, strict=True):
        kind = _kind(values)
        if kind is None:
            return None
        columns.append(pa.array(values, kind))
    return pa.Table.from_batches([pa.record_batch(columns, [f"c{place}" for place in range(width)])])


def _kind(values: Sequence[Any]) -> pa.DataType | None:
    """Return the Arrow type of a column of parameters, None when they differ or are of no known type."""
    types = set(map(type, values)) - {type(None)}
    if not types:
        return pa.null()
    kind = types.pop()
    if types or kind not in _ARROW:
        return None
    present = [value for value in values if value is not None]
    if kind is int and not -(2**63) <= min(present) <= max(present) < 2**63:
        return None
    if kind is datetime and any(value.tzinfo is not None for value in present):
        aware = all(value.tzinfo is not None for value in present)
        return pa.timestamp("us", tz=str(UTC)) if aware else None
    if kind is time and any(value.tzinfo is not None for value in present):
        return None
    return _ARROW[kind]

"""Rows that were held back as Python values: some were taken already, or Arrow would lose something of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from avila.kernel.base import Column, Row


class HeldRows:
    """An answer that is a list of rows; ``schema`` gives its Arrow schema, when that is asked for."""

    def __init__(self, columns: Sequence[Column], rows: list[Row], schema: Callable[[], pa.Schema]) -> None:
        self.columns = tuple(columns)
        self.rowcount = -1
        self._rows = rows
        self._schema = schema
        self._taken = 0

    def fetchone(self) -> Row | None:
        """Take one row, or None at the end."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int) -> list[Row]:
        """Take up to ``size`` rows."""
        rows = self._rows[self._taken : self._taken + size]
        self._taken += len(rows)
        return rows

    def fetchall(self) -> list[Row]:
        """Take the rows that are left."""
        return self.fetchmany(len(self._rows) - self._taken)

    def reader(self, batch_rows: int) -> pa.RecordBatchReader:
        """Take the rows that are left as Arrow batches.

        Raises FeatureNotSupported for a type whose Python values Arrow cannot be made of.
        """
        schema = self._schema()
        rows = self.fetchall()
        arrays = [
            self._array([row[at] for row in rows], at, schema.field(at).type) for at in range(len(schema))
        ]
        return pa.table(arrays, schema=schema).to_reader(batch_rows)

    def detach(self) -> None:
        """Nothing to do: the rows need no connection."""

    def close(self) -> None:
        """Give up the rows that are left."""
        self._taken = len(self._rows)

    def _array(self, values: list[Any], place: int, kind: pa.DataType) -> pa.Array:
        try:
            if pa.types.is_dictionary(kind):
                return pa.array(values, kind.value_type).dictionary_encode().cast(kind)
            return pa.array([_plain(value) for value in values], kind)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
            column = self.columns[place]
            raise errors.FeatureNotSupported(
                f"rows of column {column.name} ({column.type}) were taken one by one: the rest is no Arrow now",
                hint="Take the Arrow form first, or CAST the column.",
            ) from error


def _plain(value: Any) -> Any:
    """Return what Arrow's builder takes for a value of the kernel's: it knows no UUID and no interval in days."""
    if isinstance(value, timedelta):
        return pa.MonthDayNano([0, value.days, (value.seconds * 1_000_000 + value.microseconds) * 1000])
    return str(value) if type(value).__name__ == "UUID" else value

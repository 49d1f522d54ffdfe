"""An answer whose rows are Arrow batches already: from another process, from memory, or made by Avila itself."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from avila.kernel import values
from avila.kernel.base import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from avila.kernel.base import Row


class ArrowAnswer:
    """Rows from a stream of Arrow batches."""

    def __init__(self, columns: Sequence[Column], reader: pa.RecordBatchReader, rowcount: int = -1) -> None:
        self.columns = tuple(columns)
        self.rowcount = rowcount
        self._reader = reader
        self._batch: pa.RecordBatch | None = None
        self._taken = 0
        self._rows: Iterator[Row] = self._iterate()

    @classmethod
    def empty(cls, rowcount: int = -1) -> ArrowAnswer:
        """Return the answer of a statement that has no rows to give."""
        return cls((), pa.RecordBatchReader.from_batches(pa.schema([]), iter(())), rowcount)

    @classmethod
    def of(
        cls, columns: Sequence[tuple[str, str, pa.DataType]], rows: Sequence[Sequence[Any]]
    ) -> ArrowAnswer:
        """Return rows that Avila made itself; a column is its name, SQL type and Arrow type."""
        arrays = [pa.array([row[i] for row in rows], kind) for i, (_, _, kind) in enumerate(columns)]
        table = pa.table(arrays, schema=pa.schema([pa.field(name, kind) for name, _, kind in columns]))
        return cls([Column(name, sql_type) for name, sql_type, _ in columns], table.to_reader())

    def fetchone(self) -> Row | None:
        """Take one row, or None at the end."""
        return next(self._rows, None)

    def fetchmany(self, size: int) -> list[Row]:
        """Take up to ``size`` rows."""
        return list(islice(self._rows, size))

    def fetchall(self) -> list[Row]:
        """Take the rows that are left."""
        return list(self._rows)

    def reader(self, batch_rows: int) -> pa.RecordBatchReader:  # noqa: ARG002 (the batches are cut already)
        """Take the batches that are left, the rest of one that was taken row by row among them."""
        return (
            self._reader
            if self._batch is None
            else pa.RecordBatchReader.from_batches(self._reader.schema, self._rest())
        )

    def detach(self) -> None:
        """Nothing to do: the rows need no connection."""

    def close(self) -> None:
        """Give up the rows that are left."""
        self._rows = iter(())
        self._reader.close()

    def _iterate(self) -> Iterator[Row]:
        for batch in self._reader:
            self._batch, self._taken = batch, 0
            for row in values.rows(batch, self.columns):
                self._taken += 1
                yield row
        self._batch = None

    def _rest(self) -> Iterator[pa.RecordBatch]:
        if self._batch is not None:
            yield self._batch.slice(self._taken)
        yield from self._reader

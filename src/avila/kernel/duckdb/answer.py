"""The kernel's answer to one statement, streamed by the connection that ran it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from avila.kernel import values
from avila.kernel.arrow_answer import ArrowAnswer
from avila.kernel.base import Column
from avila.kernel.held_rows import HeldRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from avila.kernel.base import Row
    from avila.kernel.duckdb.connection import DuckDBConnection

HELD_BATCH_ROWS = 65_536


class DuckDBAnswer:
    """Rows that the kernel computes while they are taken.

    A connection streams one answer at a time. Before it runs its next statement it detaches this one, which then holds
    what is left in memory; without that the kernel would end the stream early and say nothing.
    """

    def __init__(self, connection: DuckDBConnection | None, rowcount: int) -> None:
        self._connection = connection
        self._held: ArrowAnswer | HeldRows | None = None
        self._stream: pa.RecordBatchReader | None = None
        self._by_row = False
        self._columns: tuple[Column, ...] | None = None if connection else ()
        self.rowcount = rowcount

    @property
    def columns(self) -> Sequence[Column]:
        """Names and SQL types of the columns."""
        if self._columns is None:
            description = self._connection.raw.description if self._connection else None
            self._columns = tuple(Column(name, str(kind)) for name, kind, *_ in description or ())
        return self._columns

    def fetchone(self) -> Row | None:
        """Take one row, or None at the end."""
        if self._connection is None:
            return self._held.fetchone() if self._held else None
        with self._connection.guarded() as raw:
            row: Row | None = raw.fetchone()
        self._by_row = True
        if row is None:
            self.close()
        return row

    def fetchmany(self, size: int) -> list[Row]:
        """Take up to ``size`` rows."""
        if self._connection is None:
            return self._held.fetchmany(size) if self._held else []
        with self._connection.guarded() as raw:
            rows: list[Row] = raw.fetchmany(size)
        self._by_row = True
        if len(rows) < size:
            self.close()
        return rows

    def fetchall(self) -> list[Row]:
        """Take the rows that are left."""
        if self._connection is None:
            return self._held.fetchall() if self._held else []
        with self._connection.guarded() as raw:
            rows: list[Row] = raw.fetchall()
        self.close()
        return rows

    def reader(self, batch_rows: int) -> pa.RecordBatchReader:
        """Take the rows that are left as Arrow batches."""
        if self._by_row:
            self.detach()
        if self._connection is None:
            held = self._held or ArrowAnswer.empty()
            return held.reader(batch_rows)
        with self._connection.guarded() as raw:
            self._stream = raw.to_arrow_reader(batch_rows)
        return pa.RecordBatchReader.from_batches(self._stream.schema, self._batches())

    def detach(self) -> None:
        """Hold the rows that are left, and let go of the connection."""
        if self._connection is None:
            return
        columns = self.columns
        with self._connection.guarded() as raw:
            # Once rows were taken one by one, an Arrow stream would start behind the chunk they came from.
            if self._stream is None and (self._by_row or not values.lossless(columns)):
                self._held = HeldRows(columns, raw.fetchall())
            else:
                stream = self._stream if self._stream is not None else raw.to_arrow_reader(HELD_BATCH_ROWS)
                self._held = ArrowAnswer(columns, stream.read_all().to_reader())
        self._release()

    def close(self) -> None:
        """Give up the rows that are left."""
        if self._connection is not None:
            _ = self.columns
            self._release()
        self._held = None

    def _release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.answered(self)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        """Yield from the kernel's stream, and from what is held once the connection was needed elsewhere."""
        while (connection := self._connection) is not None and self._stream is not None:
            with connection.guarded():
                if self._connection is None:
                    break
                batch = next(iter(self._stream), None)
            if batch is None:
                self._release()
                return
            yield batch
        if self._held is not None:
            yield from self._held.reader(HELD_BATCH_ROWS)

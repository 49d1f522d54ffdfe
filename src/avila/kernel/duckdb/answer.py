"""The kernel's answer to one statement, streamed by the connection that ran it."""

from __future__ import annotations

from functools import partial
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
    what is left in memory; without that the kernel would end the stream early and say nothing. Whoever takes rows holds
    the connection first and then looks where they are, because another thread may just have detached them.
    """

    def __init__(self, connection: DuckDBConnection, rowcount: int, *, rows: bool = True) -> None:
        self._connection = connection
        self._streaming = rows
        self._held: ArrowAnswer | HeldRows = ArrowAnswer.empty() if not rows else _NOTHING
        self._stream: pa.RecordBatchReader | None = None
        self._by_row = False
        self._columns: tuple[Column, ...] | None = None if rows else ()
        self.rowcount = rowcount

    @property
    def columns(self) -> Sequence[Column]:
        """Names and SQL types of the columns."""
        if self._columns is None:
            with self._connection.guarded() as raw:
                if self._columns is None:
                    self._columns = tuple(Column(name, str(kind)) for name, kind, *_ in raw.description or ())
        return self._columns

    def fetchone(self) -> Row | None:
        """Take one row, or None at the end."""
        with self._connection.guarded() as raw:
            if not self._streaming:
                return self._held.fetchone()
            self._by_row = True
            row: Row | None = raw.fetchone()
            if row is None:
                self.close()
            return row

    def fetchmany(self, size: int) -> list[Row]:
        """Take up to ``size`` rows."""
        with self._connection.guarded() as raw:
            if not self._streaming:
                return self._held.fetchmany(size)
            self._by_row = True
            rows: list[Row] = raw.fetchmany(size)
            if len(rows) < size:
                self.close()
            return rows

    def fetchall(self) -> list[Row]:
        """Take the rows that are left."""
        with self._connection.guarded() as raw:
            if not self._streaming:
                return self._held.fetchall()
            rows: list[Row] = raw.fetchall()
            self.close()
            return rows

    def reader(self, batch_rows: int) -> pa.RecordBatchReader:
        """Take the rows that are left as Arrow batches."""
        with self._connection.guarded() as raw:
            if self._by_row:
                self.detach()
            if not self._streaming:
                return self._held.reader(batch_rows)
            _ = self.columns
            self._stream = raw.to_arrow_reader(batch_rows)
            return pa.RecordBatchReader.from_batches(self._stream.schema, self._batches())

    def detach(self) -> None:
        """Hold the rows that are left, and let go of the connection."""
        with self._connection.guarded() as raw:
            if not self._streaming:
                return
            columns = self.columns
            # Once rows were taken one by one, an Arrow stream would start behind the chunk they came from.
            if self._stream is None and (self._by_row or not values.lossless(columns)):
                rows = raw.fetchall()
                self._held = HeldRows(columns, rows, partial(self._connection.arrow_schema, columns))
            else:
                stream = self._stream if self._stream is not None else raw.to_arrow_reader(HELD_BATCH_ROWS)
                self._held = ArrowAnswer(columns, stream.read_all().to_reader())
            self._release()

    def close(self) -> None:
        """Give up the rows that are left."""
        with self._connection.guarded():
            _ = self.columns
            self._held = _NOTHING
            self._release()

    def _release(self) -> None:
        if self._streaming:
            self._streaming = False
            self._connection.answered(self)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        """Yield from the kernel's stream, and from what is held once the connection was needed elsewhere."""
        while True:
            with self._connection.guarded():
                if not self._streaming or self._stream is None:
                    break
                batch = next(iter(self._stream), None)
                if batch is None:
                    self.close()
                    return
            yield batch
        yield from self._held.reader(HELD_BATCH_ROWS)


_NOTHING = HeldRows((), [], partial(pa.schema, []))

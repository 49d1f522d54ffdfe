"""An answer whose rows count, and whose taking is part of its statement: its time, its memory, and its end by KILL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from avila.kernel.base import Answer, Column, Row
    from avila.limits.running import Running


class MeteredAnswer:
    """The kernel computes rows while they are taken, so the statement runs whenever they are."""

    __slots__ = ("_answer", "_finished", "_running")

    def __init__(self, answer: Answer, running: Running, finished: Callable[[int], None]) -> None:
        """Count the rows of an answer; ``finished`` is told their number once no more will be taken."""
        self._answer = answer
        self._running = running
        self._finished = finished

    @property
    def columns(self) -> Sequence[Column]:
        """Names and SQL types of the columns."""
        return self._answer.columns

    @property
    def rowcount(self) -> int:
        """Rows written."""
        return self._answer.rowcount

    def fetchmany(self, size: int) -> list[Row]:
        """Take up to ``size`` rows."""
        with self._running:
            rows = self._answer.fetchmany(size)
        self._count(len(rows))
        if len(rows) < size:
            self._finished(self._running.rows)
        return rows

    def fetchall(self) -> list[Row]:
        """Take the rows that are left."""
        most = self._running.bounds.rows.amount
        with self._running:
            # One more than there may be says enough, and a long answer is not held to be refused.
            rows = self._answer.fetchmany(most - self._running.rows + 1) if most else self._answer.fetchall()
        self._count(len(rows))
        self._finished(self._running.rows)
        return rows

    def reader(self, batch_rows: int) -> pa.RecordBatchReader:
        """Take the rows that are left as Arrow batches."""
        with self._running:
            reader = self._answer.reader(batch_rows)
        return pa.RecordBatchReader.from_batches(reader.schema, self._batches(reader))

    def detach(self) -> None:
        """Hold the rows that are left in memory."""
        self._answer.detach()

    def close(self) -> None:
        """Give up the rows that are left."""
        self._answer.close()
        self._finished(self._running.rows)

    def _batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        while True:
            with self._running:
                batch = next(iter(reader), None)
            if batch is None:
                self._finished(self._running.rows)
                return
            self._count(batch.num_rows)
            yield batch

    def _count(self, rows: int) -> None:
        try:
            self._running.count(rows)
        except BaseException:
            self.close()
            raise

"""An answer whose rows count, and whose taking is part of its statement: its time, its memory, and its end by KILL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from avila.kernel.base import Answer, Column, Row
    from avila.limits.running import Running


class MeteredAnswer:
    """The kernel computes rows while they are taken, so the statement runs whenever they are.

    Enter to take rows. When that goes wrong the rest is given up, and asking again says what went wrong: what is left
    of an interrupted stream is not what there was.
    """

    __slots__ = ("_answer", "_failed", "_finished", "_running")

    def __init__(self, answer: Answer, running: Running, finished: Callable[[int], None]) -> None:
        """Count the rows of an answer; ``finished`` is told their number once no more will be taken."""
        self._answer = answer
        self._running = running
        self._finished = finished
        self._failed: BaseException | None = None

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
        with self:
            rows = self._answer.fetchmany(size)
            self._running.count(len(rows))
        if len(rows) < size:
            self._finished(self._running.rows)
        return rows

    def fetchall(self) -> list[Row]:
        """Take the rows that are left."""
        most = self._running.bounds.rows.amount
        with self:
            # One more than there may be says enough, and a long answer is not held to be refused.
            rows = self._answer.fetchmany(most - self._running.rows + 1) if most else self._answer.fetchall()
            self._running.count(len(rows))
        self._finished(self._running.rows)
        return rows

    def reader(self, batch_rows: int) -> pa.RecordBatchReader:
        """Take the rows that are left as Arrow batches."""
        with self:
            reader = self._answer.reader(batch_rows)
        return pa.RecordBatchReader.from_batches(reader.schema, self._batches(reader))

    def detach(self) -> None:
        """Hold the rows that are left in memory."""
        self._answer.detach()

    def close(self) -> None:
        """Give up the rows that are left."""
        self._answer.close()
        self._finished(self._running.rows)

    def __enter__(self) -> None:
        if self._failed is not None:
            raise self._failed
        self._running.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._running.__exit__(kind, error, trace)
        except BaseException as said:
            error = said
            raise
        finally:
            if error is not None:
                self._failed = error
                self.close()

    def _batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        while True:
            with self:
                batch = next(iter(reader), None)
                self._running.count(0 if batch is None else batch.num_rows)
            if batch is None:
                self._finished(self._running.rows)
                return
            yield batch

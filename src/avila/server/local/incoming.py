"""An answer that another process computes: what came with the reply, and the rest asked for piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from avila import errors
from avila.kernel.arrow_answer import ArrowAnswer
from avila.kernel.base import Column
from avila.server.local import encoding, wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.kernel.base import Row
    from avila.server.local.client import RemoteLine
    from avila.server.local.wire import Message

ROWS_AT_ONCE = 10_000


class Incoming:
    """The rows of one statement of a remote line. Further statements of the line do not disturb it.

    Rows travel as Arrow, or as Python values where Arrow would lose something; then the first call that takes
    rows decides.
    """

    def __init__(self, reply: Message, line: RemoteLine) -> None:
        head = reply.head
        self.columns = tuple(Column(*column) for column in head["columns"])
        self.rowcount: int = head["rowcount"]
        self._line: RemoteLine | None = line
        self._number: int = head["seq"]
        self._more: bool = head.get("more", False)
        self._rows: list[Row] | None = [] if head.get("lossy") else None
        self._batches: list[pa.RecordBatch] = []
        self._schema: pa.Schema | None = None if self.columns else pa.schema([])
        self._arrow: ArrowAnswer | None = None
        if reply.bodies:
            self._take(reply)

    def fetchmany(self, size: int) -> list[Row]:
        """Take up to ``size`` rows."""
        if self._rows is None:
            return self._as_arrow().fetchmany(size)
        while self._more and len(self._rows) < size:
            self._pull_rows(max(size - len(self._rows), 1))
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Row]:
        """Take the rows that are left."""
        if self._rows is None:
            return self._as_arrow().fetchall()
        while self._more:
            self._pull_rows(ROWS_AT_ONCE)
        taken, self._rows = self._rows, []
        return taken

    def reader(self, batch_rows: int) -> pa.RecordBatchReader:
        """Take the rows that are left as Arrow batches."""
        if self._rows:
            raise errors.FeatureNotSupported(
                "rows that were fetched for later are no Arrow stream any more",
                hint="Take the Arrow form before the session is closed.",
            )
        self._rows = None
        return self._as_arrow().reader(batch_rows)

    def detach(self) -> None:
        """Hold the rows that are left in this process."""
        if self._rows is not None:
            while self._more:
                self._pull_rows(ROWS_AT_ONCE)
        while self._more:
            self._pull_batches()

    def close(self) -> None:
        """Give up the rows that are left."""
        self._more = False
        self._batches.clear()
        self._rows = [] if self._rows is not None else None
        self._arrow = None if self._arrow is None else ArrowAnswer.empty()

    def _as_arrow(self) -> ArrowAnswer:
        if self._arrow is None:
            if self._schema is None:
                self._pull_batches()
            assert self._schema is not None  # noqa: S101 (every piece brings it)
            reader = pa.RecordBatchReader.from_batches(self._schema, self._iterate())
            self._arrow = ArrowAnswer(self.columns, reader, self.rowcount)
        return self._arrow

    def _iterate(self) -> Iterator[pa.RecordBatch]:
        while self._batches or self._more:
            if self._batches:
                yield self._batches.pop(0)
            else:
                self._pull_batches()

    def _pull_batches(self) -> None:
        self._take(self._pull("arrow", 0))

    def _pull_rows(self, rows: int) -> None:
        reply = self._pull("rows", rows)
        self._rows = [*(self._rows or []), *(tuple(map(encoding.decode, row)) for row in reply.head["data"])]

    def _pull(self, form: str, rows: int) -> Message:
        if self._line is None:
            raise errors.ConnectionDoesNotExist("the session of this answer is closed")
        reply = self._line.pull(self._number, form, rows)
        self._more = reply.head["more"]
        return reply

    def _take(self, reply: Message) -> None:
        table = wire.unpack_batches(reply.bodies[0])
        self._schema = table.schema
        self._batches.extend(batch for batch in table.to_batches() if batch.num_rows)

"""An answer on its way to a client: as Arrow where that holds it whole, else as rows, a piece at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila.kernel import values
from avila.server.local import encoding, wire

if TYPE_CHECKING:
    import pyarrow as pa

    from avila.kernel.base import Answer

BATCH_ROWS = 32_768

Reply = tuple[dict[str, Any], list[Any]]


class Outgoing:
    """The rows of one answer; the client asks for each piece, so neither side holds more than one."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._reader: pa.RecordBatchReader | None = None

    def first(self) -> Reply:
        """Return what the answer is, and its first rows: all of them, when they are few."""
        columns = self._answer.columns
        head: dict[str, Any] = {
            "columns": [list(column) for column in columns],
            "rowcount": self._answer.rowcount,
        }
        if not columns:
            return head, []
        if not values.lossless(columns):
            # Which of the two forms is wanted is not known yet.
            return head | {"more": True, "lossy": True}, []
        told, bodies = self._batches(BATCH_ROWS)
        return head | told, bodies

    def pull(self, form: str, rows: int) -> Reply:
        """Return the next piece."""
        if form == "arrow":
            return self._batches(BATCH_ROWS)
        taken = self._answer.fetchmany(rows)
        return {
            "data": [[encoding.encode(value) for value in row] for row in taken],
            "more": len(taken) == rows,
        }, []

    def _batches(self, rows: int) -> Reply:
        if self._reader is None:
            self._reader = self._answer.reader(BATCH_ROWS)
        taken: list[pa.RecordBatch] = []
        while sum(batch.num_rows for batch in taken) < rows:
            batch = next(self._reader, None)
            if batch is None:
                return {"more": False}, [wire.pack_batches(self._reader.schema, taken)]
            taken.append(batch)
        return {"more": True}, [wire.pack_batches(self._reader.schema, taken)]

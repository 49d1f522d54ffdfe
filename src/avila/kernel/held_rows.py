"""Rows that were held back as Python values, because Arrow would lose something of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from avila.kernel.base import Column, Row


class HeldRows:
    """An answer that is a list of rows."""

    def __init__(self, columns: Sequence[Column], rows: list[Row]) -> None:
        self.columns = tuple(columns)
        self.rowcount = -1
        self._rows = rows
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

    def reader(self, batch_rows: int) -> pa.RecordBatchReader:  # noqa: ARG002 (there is nothing to cut)
        """Refuse: what is left are Python values that Arrow does not hold whole."""
        kinds = ", ".join(sorted({column.type for column in self.columns}))
        raise errors.FeatureNotSupported(
            f"rows of {kinds} were held back for another statement and are no Arrow stream any more",
            hint="Take the Arrow form before the session's next statement, or use another session for that.",
        )

    def detach(self) -> None:
        """Nothing to do: the rows need no connection."""

    def close(self) -> None:
        """Give up the rows that are left."""
        self._taken = len(self._rows)

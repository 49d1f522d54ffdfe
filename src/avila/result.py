"""An answer: rows as Python values, as Arrow, or as a data frame of the library you use."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

import pyarrow as pa

from avila import errors
from avila.kernel import values
from avila.kernel.arrow_answer import ArrowAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd
    import polars as pl

    from avila.kernel.base import Answer, Column, Row

BATCH_ROWS = 122_880  # one row group of the kernel's
SHOWN_ROWS = 20


class Result:
    """The rows of one statement, streamed while they are taken.

    Rows are taken once and in order, whichever method takes them; a table taken whole (:meth:`to_arrow` and the frames
    made of it) is kept, so that it can be asked for again.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._table: pa.Table | None = None
        self._first: pa.Table | None = None

    @property
    def columns(self) -> Sequence[Column]:
        """Names and SQL types of the columns; empty for a statement without rows."""
        return self._answer.columns

    @property
    def rowcount(self) -> int:
        """Rows written, or -1 when the statement writes none or answers rows."""
        return self._answer.rowcount

    @property
    def schema(self) -> pa.Schema:
        """The columns as an Arrow schema. Takes the rows that are left into memory."""
        return self.to_arrow().schema

    def fetchone(self) -> Row | None:
        """Take the next row; None at the end."""
        rows = self._answer.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int = 1) -> list[Row]:
        """Take up to ``size`` rows."""
        return self._answer.fetchmany(size)

    def fetchall(self) -> list[Row]:
        """Take the rows that are left."""
        return self._answer.fetchall()

    def head(self, rows: int) -> tuple[list[Row], int | None]:
        """Return up to ``rows`` rows without taking them, and how many are left in all.

        The number is None when they are too many to count, more than :attr:`counted`: a long answer is not
        held in memory to be shown.
        """
        columns = self.columns
        if self._table is None:
            stream = self._answer.reader(BATCH_ROWS)
            batches: list[pa.RecordBatch] = []
            seen = 0
            while seen <= rows and seen < BATCH_ROWS and (batch := next(stream, None)) is not None:
                batches.append(batch)
                seen += batch.num_rows
            following = next(stream, None) if seen > rows or seen >= BATCH_ROWS else None
            self._first = pa.Table.from_batches(batches, stream.schema)
            if following is None:
                self._table = self._first
                stream = self._first.to_reader()
            else:
                stream = pa.RecordBatchReader.from_batches(
                    stream.schema, chain([*batches, following], stream)
                )
            self._answer = ArrowAnswer(columns, stream, self.rowcount)
        known = self._table if self._table is not None else self._first
        assert known is not None  # noqa: S101 (one of the two was just read)
        taken = (row for batch in known.slice(0, rows).to_batches() for row in values.rows(batch, columns))
        return list(islice(taken, rows)), None if self._table is None else self._table.num_rows

    @property
    def counted(self) -> int:
        """How many rows :meth:`head` has seen, which are all unless it said that they are too many."""
        known = self._table if self._table is not None else self._first
        return 0 if known is None else int(known.num_rows)

    def __iter__(self) -> Iterator[Row]:
        """Take the rows one by one."""
        while rows := self.fetchmany(1024):
            yield from rows

    def reader(self, batch_rows: int = BATCH_ROWS) -> pa.RecordBatchReader:
        """Take the rows that are left as a stream of Arrow batches, without holding them all."""
        if self._table is not None:
            return self._table.to_reader(batch_rows)
        return self._answer.reader(batch_rows)

    def to_arrow(self) -> pa.Table:
        """Take the rows that are left as an Arrow table."""
        if self._table is None:
            columns = self.columns
            self._table = self._answer.reader(BATCH_ROWS).read_all()
            # Rows taken one by one from here on come from the table.
            self._answer = ArrowAnswer(columns, self._table.to_reader(), self.rowcount)
        return self._table

    def to_pandas(self) -> pd.DataFrame:
        """Take the rows that are left as a pandas frame (the extra ``avila[dataframe]``)."""
        try:
            return self.to_arrow().to_pandas()
        except ModuleNotFoundError as error:
            raise _missing("to_pandas()", error) from error

    def to_polars(self) -> pl.DataFrame:
        """Take the rows that are left as a Polars frame (the extra ``avila[dataframe]``)."""
        try:
            import polars
        except ModuleNotFoundError as error:
            raise _missing("to_polars()", error) from error
        frame = polars.from_arrow(self.to_arrow())
        assert isinstance(frame, polars.DataFrame)  # noqa: S101 (a table with columns is never a series)
        return frame

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Hand the rows that are left to any library that speaks the Arrow C stream interface."""
        return self.reader().__arrow_c_stream__(requested_schema)

    def show(self, rows: int = SHOWN_ROWS) -> None:
        """Print the first rows as a table."""
        from avila.show import print_table

        print_table(self, rows)

    def _repr_html_(self) -> str:
        from avila.show_html import html_table

        return html_table(self, SHOWN_ROWS)

    def plot(self, path: str | Path, *, kind: str = "line", x: str | None = None, y: str | Sequence[str] | None = None,
             title: str | None = None) -> Path:  # fmt: skip
        """Draw the rows to a PNG, SVG or PDF file (the extra ``avila[plot]``); see :func:`avila.plot.plot`."""
        from avila.plot import plot

        return plot(self, path, kind=kind, x=x, y=y, title=title)

    def close(self) -> None:
        """Give up the rows that are left; the columns stay known."""
        _ = self.columns
        self._answer.close()

    def __repr__(self) -> str:
        columns = ", ".join(f"{column.name} {column.type}" for column in self.columns)
        return f"<Result: {columns}>" if columns else f"<Result: rowcount {self.rowcount}>"


def _missing(what: str, error: ModuleNotFoundError) -> errors.MissingDependency:
    return errors.MissingDependency(
        f"{what} needs the package {error.name}", hint="pip install 'avila[dataframe]'"
    )

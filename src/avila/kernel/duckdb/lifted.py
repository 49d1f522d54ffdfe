"""Answers with columns that extension functions make of the kernel's: applied batch by batch, while rows are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import duckdb
import pyarrow as pa

from avila.kernel.arrow_answer import ArrowAnswer
from avila.kernel.base import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from avila.kernel.duckdb.answer import DuckDBAnswer
    from avila.kernel.duckdb.connection import DuckDBConnection

BATCH_ROWS = 8_192
"""How many rows a function is given at a time: enough to work on whole arrays, little enough to hold long lists."""


class Lifted(Protocol):
    """A column to make: where it stands, what it is called, and the function with its arguments' columns."""

    @property
    def placeholder(self) -> str:
        """The column it replaces."""
        ...

    @property
    def name(self) -> str:
        """The name it has."""
        ...

    @property
    def arguments(self) -> Sequence[str]:
        """The columns that hold the arguments; they are not shown."""
        ...

    @property
    def call(self) -> Callable[..., Any]:
        """The function: Arrow arrays in, Arrow array out."""
        ...

    @property
    def returns(self) -> str:
        """The SQL type of what it answers."""
        ...


def lift(connection: DuckDBConnection, answer: DuckDBAnswer, lifted: Sequence[Lifted]) -> ArrowAnswer:
    """Return an answer with the functions' columns in their places."""
    made = {column.placeholder: column for column in lifted}
    hidden = {slot for column in lifted for slot in column.arguments}
    columns = [
        Column(made[name].name, str(duckdb.sqltype(made[name].returns)))
        if name in made
        else Column(name, kind)
        for name, kind in answer.columns
        if name not in hidden
    ]
    source = answer.reader(BATCH_ROWS)
    kinds = iter(connection.arrow_schema(columns))
    fields = [
        (next(kinds), source.schema.get_field_index(name), made.get(name))
        for name, _ in answer.columns
        if name not in hidden
    ]
    schema = pa.schema(
        [field if column else source.schema.field(at).with_name(field.name) for field, at, column in fields]
    )

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in source:
            arrays = [
                batch.column(at) if column is None else _apply(column, batch, field.type)
                for field, at, column in fields
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return ArrowAnswer(columns, pa.RecordBatchReader.from_batches(schema, batches()))


def _apply(column: Lifted, batch: pa.RecordBatch, kind: pa.DataType) -> pa.Array:
    if batch.num_rows == 0:
        return pa.array([], kind)
    made = column.call(*(batch.column(slot) for slot in column.arguments))
    if isinstance(made, pa.ChunkedArray):
        made = made.combine_chunks()
    return made if made.type == kind else made.cast(kind)

"""CSV: a heading, then a line a row; NULL is empty, an empty text is quoted."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv as pacsv

from avila.cli.writers.plain import json_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from avila.result import Result


def write_csv(result: Result, stream: IO[bytes], wrote: Callable[[int], None]) -> None:
    """Write RFC 4180 with lines that end in a newline; nested values are JSON."""
    reader = result.reader()
    schema = pa.schema([pa.field(field.name, _flat(field.type)) for field in reader.schema])
    options = pacsv.WriteOptions(quoting_style="needed", quoting_header="needed")
    with pacsv.CSVWriter(stream, schema, write_options=options) as lines:
        for batch in reader:
            columns = [
                _as_flat(column, kind) for column, kind in zip(batch.columns, schema.types, strict=True)
            ]
            lines.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
            wrote(batch.num_rows)


def _flat(kind: pa.DataType) -> pa.DataType:
    """Return the type that a column is written in: its own, unless CSV has no words for it."""
    wordless = pa.types.is_nested(kind) or pa.types.is_interval(kind) or pa.types.is_binary(kind)
    if wordless or pa.types.is_dictionary(kind) or pa.types.is_large_binary(kind):
        return pa.string()
    return kind


def _as_flat(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if column.type == kind:
        return column
    if pa.types.is_dictionary(column.type):
        return column.cast(kind)
    return pa.array([json_text(value) for value in column.to_pylist()], kind)

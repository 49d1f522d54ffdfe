"""Data frames of other libraries as tables: any object that speaks the Arrow C stream interface."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from avila import errors


def frame_table(value: Any) -> object:
    """Return what a kernel can scan for any Arrow-speaking object.

    Tables, data sets and sources are scanned in place, as often as the statement needs; a one-way stream is read into a
    table first. Raises DatatypeMismatch for anything else.
    """
    if isinstance(value, pa.Table):
        return _known_types(value)
    if _is_dataset(value) or (_is_source(value) and not hasattr(value, "__arrow_c_stream__")):
        return value
    if isinstance(value, pa.RecordBatch):
        return pa.Table.from_batches([value])
    if hasattr(value, "__arrow_c_stream__"):
        return _known_types(pa.table(value))
    if _is_lazy(value):
        return _known_types(pa.table(value.collect()))
    raise errors.DatatypeMismatch(
        f"{type(value).__name__} is not a table",
        hint="Anything that speaks the Arrow C stream interface is: pandas, Polars, PyArrow, Ibis results ….",
    )


def kept_table(value: Any) -> object:
    """Return what a kernel can scan for as long as a session likes: a source is read into a table."""
    if _is_source(value) and not hasattr(value, "__arrow_c_stream__"):
        return pa.Table.from_batches(value.scan(value.schema.names, None), value.schema)
    return frame_table(value)


def is_frame(value: object) -> bool:
    """Whether an object can stand as a table."""
    return hasattr(value, "__arrow_c_stream__") or _is_source(value) or _is_dataset(value) or _is_lazy(value)


def _is_source(value: object) -> bool:
    return hasattr(value, "scan") and hasattr(value, "schema")


def _is_dataset(value: object) -> bool:
    return type(value).__module__.startswith("pyarrow") and type(value).__name__.endswith("Dataset")


def _is_lazy(value: object) -> bool:
    """Whether a value is a Polars LazyFrame, as far as can be told without importing Polars."""
    return type(value).__module__.startswith("polars") and type(value).__name__ == "LazyFrame"


def _known_types(table: pa.Table) -> pa.Table:
    """Return a table without views of strings and bytes, which pyarrow cannot filter by."""
    fields = []
    for field in table.schema:
        if pa.types.is_string_view(field.type):
            fields.append(field.with_type(pa.large_string()))
        elif pa.types.is_binary_view(field.type):
            fields.append(field.with_type(pa.large_binary()))
        else:
            fields.append(field)
    schema = pa.schema(fields)
    return table if schema.equals(table.schema) else table.cast(schema)

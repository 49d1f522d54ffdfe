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
    if isinstance(value, pa.Table) or (hasattr(value, "scan") and hasattr(value, "schema")):
        return value
    if type(value).__module__.startswith("pyarrow") and type(value).__name__.endswith("Dataset"):
        return value
    if isinstance(value, pa.RecordBatch):
        return pa.Table.from_batches([value])
    if hasattr(value, "__arrow_c_stream__"):
        return pa.table(value)
    if hasattr(value, "collect") and hasattr(value, "lazy"):  # a Polars LazyFrame
        return pa.table(value.collect())
    raise errors.DatatypeMismatch(
        f"{type(value).__name__} is not a table",
        hint="Anything that speaks the Arrow C stream interface is: pandas, Polars, PyArrow, Ibis results ….",
    )


def kept_table(value: Any) -> object:
    """Return what a kernel can scan for as long as a session likes: a source is read into a table."""
    if hasattr(value, "scan") and hasattr(value, "schema") and not hasattr(value, "__arrow_c_stream__"):
        return pa.Table.from_batches(value.scan(value.schema.names, None), value.schema)
    return frame_table(value)


def is_frame(value: object) -> bool:
    """Whether an object can stand as a table."""
    return hasattr(value, "__arrow_c_stream__") or (hasattr(value, "scan") and hasattr(value, "schema"))

"""Rows as the kernel answers them, in the Arrow types that an Ibis schema promises."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from ibis.formats.pyarrow import PyArrowSchema

from avila import errors

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.schema as sch


def arrow_schema(schema: sch.Schema, answered: pa.Schema) -> pa.Schema:
    """Return the Arrow schema to promise: Ibis' own, and the kernel's type where Ibis has none or only a guess."""
    promised = PyArrowSchema.from_ibis(schema)
    return pa.schema(
        [
            field.with_type(_promise(field.type, answered.field(place).type, kind))
            for place, (field, kind) in enumerate(zip(promised, schema.types, strict=True))
        ]
    )


def _promise(wanted: pa.DataType, answered: pa.DataType, kind: dt.DataType) -> pa.DataType:
    # Ibis guesses the digits of a decimal result, and often gives it fewer than the kernel does.
    return answered if pa.types.is_decimal(wanted) or _is_unknown(kind) else wanted


def conform(batch: pa.RecordBatch, promised: pa.Schema) -> pa.RecordBatch:
    """Return a batch in the types promised."""
    columns = [_column(column, field.type) for column, field in zip(batch.columns, promised, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=promised)


def _column(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    if column.type == wanted:
        return column
    if pa.types.is_null(wanted):
        return pa.nulls(len(column))
    try:
        return column.cast(wanted)
    except pa.ArrowNotImplementedError:
        # Arrow casts no intervals, and few nested values.
        return pa.array([_plain(value) for value in column.to_pylist()], wanted)
    except pa.ArrowInvalid as error:
        raise errors.NumericValueOutOfRange(
            f"a value does not fit the type {wanted} that Ibis expects: {error}",
            hint="Cast it to a wider type.",
        ) from error


def _plain(value: Any) -> Any:
    """Return a Python value that Arrow can make an array of."""
    if isinstance(value, pa.MonthDayNano):
        # The kernel's own rule: a month is 30 days.
        return timedelta(days=value.months * 30 + value.days, microseconds=value.nanoseconds // 1000)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, tuple):
        return tuple(_plain(part) for part in value)
    return value


def _is_unknown(kind: dt.DataType) -> bool:
    if kind.is_array():
        return _is_unknown(kind.value_type)
    if kind.is_map():
        return _is_unknown(kind.key_type) or _is_unknown(kind.value_type)
    if kind.is_struct():
        return any(map(_is_unknown, kind.types))
    return bool(kind.is_unknown())

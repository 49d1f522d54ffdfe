"""Arrow values as the Python values the kernel itself would answer, by the SQL type of their column.

Rows that crossed a process, or were held back while their connection did something else, are Arrow by then; a row must
look the same whichever way it came. Only what the types in :data:`LOST` say is not in Arrow: those travel as rows.
"""

from __future__ import annotations

import itertools
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from avila.kernel import dates, sqltypes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from avila.kernel.base import Column, Row
    from avila.kernel.sqltypes import SqlType

LOST = frozenset({"TIME WITH TIME ZONE", "VARIANT"})
"""Types of which Arrow, as the kernel writes it, drops something: the offset of a time, all of a variant."""

_UNHASHABLE = frozenset({"LIST", "ARRAY", "STRUCT", "MAP"})


def rows(batch: pa.RecordBatch, columns: Sequence[Column]) -> Iterator[Row]:
    """Yield the rows of a batch as Python values."""
    return zip(*(_column(batch.column(i), column.type) for i, column in enumerate(columns)), strict=True)


def lossless(columns: Sequence[Column]) -> bool:
    """Whether the rows of these columns can be told from their Arrow form."""
    return not any(sqltypes.parse(column.type).holds(LOST) for column in columns)


def _column(array: pa.Array, sql_type: str) -> list[Any]:
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return _values(array, sqltypes.parse(sql_type))


def _values(array: pa.Array, kind: SqlType) -> list[Any]:
    """Return the values of an array; plain types are left to pyarrow, nested ones go down a level as a whole."""
    nested = _NESTED.get(kind.name)
    if nested is not None and kind.holds(_SPECIAL):
        return nested(array, kind)
    convert = _SCALARS.get(kind.name)
    if convert is not None:
        return convert(array)
    return array.to_pylist()  # type: ignore[no-any-return]


def _list(array: pa.Array, kind: SqlType) -> list[Any]:
    inner = _values(array.values, kind.inner[0])
    offsets = array.offsets.to_pylist()
    spans = itertools.pairwise(offsets)
    return [
        inner[start:end] if valid else None for valid, (start, end) in zip(_valid(array), spans, strict=True)
    ]


def _array(array: pa.Array, kind: SqlType) -> list[Any]:
    size, first = array.type.list_size, array.offset
    inner = _values(array.values.slice(first * size, len(array) * size), kind.inner[0])
    return [
        tuple(inner[i * size : (i + 1) * size]) if valid else None for i, valid in enumerate(_valid(array))
    ]


def _struct(array: pa.Array, kind: SqlType) -> list[Any]:
    fields = [_values(_field(array, i), inner) for i, inner in enumerate(kind.inner)]
    entries = zip(*fields, strict=True)
    if not any(kind.names):
        return [entry if valid else None for valid, entry in zip(_valid(array), entries, strict=True)]
    names = kind.names
    return [
        dict(zip(names, entry, strict=True)) if valid else None
        for valid, entry in zip(_valid(array), entries, strict=True)
    ]


def _field(array: pa.Array, place: int) -> pa.Array:
    """Return a struct's field as it lies, whatever its name, cut to the struct's own rows."""
    field = array.field(place)
    return field if len(field) == len(array) else field.slice(array.offset, len(array))


def _map(array: pa.Array, kind: SqlType) -> list[Any]:
    keys, items = _values(array.keys, kind.inner[0]), _values(array.items, kind.inner[1])
    hashable = kind.inner[0].name not in _UNHASHABLE
    offsets = array.offsets.to_pylist()
    found: list[Any] = []
    for valid, (start, end) in zip(_valid(array), itertools.pairwise(offsets), strict=True):
        if not valid:
            found.append(None)
        elif hashable:
            found.append(dict(zip(keys[start:end], items[start:end], strict=True)))
        else:
            found.append({"key": keys[start:end], "value": items[start:end]})
    return found


def _union(array: pa.Array, kind: SqlType) -> list[Any]:
    members = [_values(array.field(i), inner) for i, inner in enumerate(kind.inner)]
    return [members[code][row] for row, code in enumerate(array.type_codes.to_pylist())]


def _valid(array: pa.Array) -> list[bool]:
    if array.null_count == 0:
        return [True] * len(array)
    return array.is_valid().to_pylist()  # type: ignore[no-any-return]


def _each(convert: Callable[[Any], Any]) -> Callable[[pa.Array], list[Any]]:
    def converted(array: pa.Array) -> list[Any]:
        return [None if value is None else convert(value) for value in array.to_pylist()]

    return converted


def _interval(value: Any) -> timedelta:
    # The kernel's own rule: a month is 30 days.
    return timedelta(days=value.months * 30 + value.days, microseconds=value.nanoseconds // 1000)


def _unsigned(value: Any) -> int:
    """Return a 128-bit number without a sign, which Arrow's decimals show with one."""
    return int(value) % 2**128


def _bits(value: bytes) -> str:
    """Return a bit string: its first byte says how many bits of the second are padding."""
    return "".join(f"{byte:08b}" for byte in value[1:])[value[0] :]


def _bignum(value: bytes) -> str:
    """Return the digits of a number of any size: three bytes of length, then the magnitude; inverted when negative."""
    if value[0] & 0x80:
        return str(int.from_bytes(value[3:], "big"))
    return "-" + str(int.from_bytes(bytes(byte ^ 0xFF for byte in value[3:]), "big"))


def _bignums(array: pa.Array) -> list[Any]:
    storage = array.storage if isinstance(array, pa.ExtensionArray) else array
    return _each(_bignum)(storage)


_NESTED: dict[str, Callable[[pa.Array, SqlType], list[Any]]] = {
    "LIST": _list, "ARRAY": _array, "STRUCT": _struct, "MAP": _map, "UNION": _union,
}  # fmt: skip
_SCALARS: dict[str, Callable[[pa.Array], list[Any]]] = {
    "UUID": _each(uuid.UUID),
    "HUGEINT": _each(int),
    "UHUGEINT": _each(_unsigned),
    "INTERVAL": _each(_interval),
    "BIT": _each(_bits),
    "BIGNUM": _bignums,
    "DATE": dates.dates,
    "TIME": dates.times,
    "TIME_NS": dates.times,
    "TIMESTAMP": dates.timestamps,
    "TIMESTAMP_S": dates.timestamps,
    "TIMESTAMP_MS": dates.timestamps,
    "TIMESTAMP_NS": dates.timestamps,
    "TIMESTAMP WITH TIME ZONE": dates.timestamps,
}
# A list or a named struct of plain values only is what pyarrow makes of it, and pyarrow is faster.
_SPECIAL = frozenset(_SCALARS) | {"ARRAY", "MAP", "UNION", "STRUCT"}

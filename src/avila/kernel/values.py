"""Arrow values as the Python values the kernel itself would answer, by the SQL type of their column.

Rows that crossed a process, or were held back while their connection did something else, are Arrow by then; a row must
look the same whichever way it came.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from avila.kernel.base import Column, Row


def rows(batch: pa.RecordBatch, columns: Sequence[Column]) -> Iterator[Row]:
    """Yield the rows of a batch as Python values."""
    return zip(*(_values(batch.column(i), column.type) for i, column in enumerate(columns)), strict=True)


def _values(array: pa.Array, sql_type: str) -> list[Any]:
    convert = _CONVERTERS.get(sql_type)
    if convert is None:
        return array.to_pylist()  # type: ignore[no-any-return]
    return [None if value is None else convert(value) for value in array.to_pylist()]


def _interval(value: Any) -> timedelta:
    # The kernel's own rule: a month is 30 days.
    return timedelta(days=value.months * 30 + value.days, microseconds=value.nanoseconds // 1000)


_CONVERTERS: dict[str, Callable[[Any], Any]] = {"UUID": uuid.UUID, "HUGEINT": int, "UHUGEINT": int, "INTERVAL": _interval}

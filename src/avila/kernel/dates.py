"""Dates and times of Arrow as the kernel's Python values: what its calendar cannot hold is text, as there.

Python's dates end where years have one or five digits; the kernel's do not. Infinity is
the last or first date Python has.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytz

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

_EPOCH = datetime(1970, 1, 1)  # the kernel's TIMESTAMP has no zone
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_FIRST_DAY, _LAST_DAY = 1 - _EPOCH_ORDINAL, date.max.toordinal() - _EPOCH_ORDINAL
_DAY_INFINITY = 2**31 - 1
_INFINITY = 2**63 - 1
_SECOND_US, _DAY_US = 10**6, 86_400 * 10**6
_FIRST_US, _LAST_US = _FIRST_DAY * _DAY_US, (_LAST_DAY + 1) * _DAY_US - 1
_UNIT_US = {"s": 10**6, "ms": 10**3, "us": 1}


def dates(array: pa.Array) -> list[Any]:
    """Return the values of a DATE array."""
    try:
        return array.to_pylist()  # type: ignore[no-any-return]
    except (OverflowError, ValueError):
        return _each(array.view(pa.int32()), _date)


def times(array: pa.Array) -> list[Any]:
    """Return the values of a TIME array; 24:00:00 is a time of SQL's, not of Python's."""
    unit = array.type.unit
    full = _DAY_US * (1000 if unit == "ns" else 1)
    counts = array.view(pa.int64()).to_pylist()
    if unit == "ns":
        array = pa.array([None if count is None else count // 1000 for count in counts], pa.time64("us"))
    found: list[Any] = array.to_pylist()
    if full in counts:
        return ["24:00:00" if count == full else value for count, value in zip(counts, found, strict=True)]
    return found


def timestamps(array: pa.Array) -> list[Any]:
    """Return the values of a TIMESTAMP array of any unit, with or without a zone."""
    kind = array.type
    if kind.tz:
        return _zoned(array.view(pa.int64()), pytz.timezone(kind.tz))
    if kind.unit == "ns":
        counts = array.view(pa.int64())
        # The kernel cuts nanoseconds off towards zero.
        return _each(
            counts, lambda count: _infinite(count) if abs(count) == _INFINITY else _timestamp(_cut(count))
        )
    try:
        return array.to_pylist()  # type: ignore[no-any-return]
    except (OverflowError, ValueError):
        scale = _UNIT_US[kind.unit]
        counts = array.view(pa.int64())
        return _each(
            counts, lambda count: _infinite(count) if abs(count) == _INFINITY else _timestamp(count * scale)
        )


def _zoned(counts: pa.Array, zone: tzinfo) -> list[Any]:
    """Return moments in a zone: pytz's, as the kernel answers, for its zones compare by identity."""

    def moment(count: int) -> datetime | str:
        if abs(count) == _INFINITY:
            return _infinite(count)
        shown = _timestamp(count)
        return shown + "+00" if isinstance(shown, str) else zone.fromutc(shown)

    return _each(counts, moment)


def _each(counts: pa.Array, convert: Callable[[int], Any]) -> list[Any]:
    return [None if count is None else convert(count) for count in counts.to_pylist()]


def _infinite(count: int) -> datetime:
    return datetime.max if count > 0 else datetime.min


def _cut(nanoseconds: int) -> int:
    return nanoseconds // 1000 if nanoseconds >= 0 else -(-nanoseconds // 1000)


def _date(days: int) -> date | str:
    if abs(days) == _DAY_INFINITY:
        return date.max if days > 0 else date.min
    if _FIRST_DAY <= days <= _LAST_DAY:
        return date.fromordinal(days + _EPOCH_ORDINAL)
    shown, era = _civil(days)
    return shown + era


def _timestamp(microseconds: int) -> datetime | str:
    if _FIRST_US <= microseconds <= _LAST_US:
        return _EPOCH + timedelta(microseconds=microseconds)
    days, rest = divmod(microseconds, _DAY_US)
    shown, era = _civil(days)
    seconds, fraction = divmod(rest, _SECOND_US)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if fraction:
        clock += f".{fraction:06}".rstrip("0")
    return f"{shown}{era} {clock}"


def _civil(days: int) -> tuple[str, str]:
    """Return a day as year-month-day and its era, by the proleptic Gregorian calendar's cycle of 400 years."""
    cycles, day = divmod(days - _FIRST_DAY, 146_097)
    inside = date.fromordinal(day + 1)
    year = inside.year + 400 * cycles
    era = " (BC)" if year <= 0 else ""
    return f"{year if year > 0 else 1 - year:04}-{inside.month:02}-{inside.day:02}", era

"""The values of constant expressions, computed here as far as it is certain that the kernel will not raise.

An expression without columns depends on no row, but whether its error comes up does: the kernel leaves a constant that
fails in the plan, and raises when a row gets that far. ``secret = 42 AND born > DATE 'x'`` fails if a row holds 42. So
a constant counts as harmless only if its value can be told beforehand.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from avila.planner.safe_types import WIDTH_MAX, WIDTH_MAX_INT64, decimal, decimal_of, parsed, text_fits

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT: Final = "TEXT CONSTANT"
"""The type of a text constant: the kernel casts it to the type of what it meets."""
_INTEGER_MAX = 2**31 - 1
_MONTHS_MAX = 12 * 1000
_DAYS_MAX = 366 * 1000
_MONTHS: Mapping[str, int] = {
    "month": 1,
    "quarter": 3,
    "year": 12,
    "decade": 120,
    "century": 1200,
    "centurie": 1200,
}
_DAYS: Mapping[str, int] = {"day": 1, "week": 7}
_SECONDS: Mapping[str, int] = {"hour": 3600, "minute": 60, "second": 1}


@dataclass(frozen=True)
class Span:
    """An interval."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    def __neg__(self) -> Span:
        return Span(-self.months, -self.days, -self.seconds)


@dataclass(frozen=True)
class Constant:
    """A constant whose value is known; dates are held as timestamps."""

    type: str
    value: str | int | Decimal | datetime | Span


def literal(node: exp.Literal) -> Constant | None:
    """Return the constant of a text or a number."""
    if node.is_string:
        return Constant(TEXT, str(node.this))
    text = str(node.this)
    if re.fullmatch(r"[0-9]{1,18}", text):
        value = int(text)
        return Constant("INTEGER" if value <= _INTEGER_MAX else "BIGINT", value)
    if re.fullmatch(r"[0-9]{0,15}\.[0-9]{1,15}", text):
        whole, part = text.split(".")
        return Constant(decimal(max(len(whole), 1) + len(part), len(part)), Decimal(text))
    return None


def typed(text: str, type_name: str) -> Constant | None:
    """Return the constant ``DATE '2024-01-01'``; None when the cast is not certain, or of a type without values."""
    if type_name not in {"DATE", "TIMESTAMP"} or not text_fits(text, type_name):
        return None
    value = parsed(text)
    if value is None or (type_name == "DATE" and len(text) > len("2024-01-01")):
        return None
    return Constant(type_name, value)


def interval(node: exp.Interval) -> Constant | None:
    """Return the constant ``INTERVAL '90' DAY`` or ``INTERVAL '1 year 3 months'``."""
    amount = node.this.unnest()
    if not isinstance(amount, exp.Literal):
        return None
    text = f"{amount.name} {node.text('unit')}".strip().lower()
    match = re.fullmatch(r"(?:-?[0-9]{1,9} [a-z]+ ?)+", text)
    if match is None:
        return None
    months = days = seconds = 0
    words = text.split()
    for count, unit in zip(map(int, words[::2]), words[1::2], strict=True):
        name = unit.removesuffix("s")
        if name in _MONTHS:
            months += count * _MONTHS[name]
        elif name in _DAYS:
            days += count * _DAYS[name]
        elif name in _SECONDS:
            seconds += count * _SECONDS[name]
        else:
            return None
    if abs(months) > _MONTHS_MAX or abs(days) > _DAYS_MAX or abs(seconds) > _DAYS_MAX * 86_400:
        return None
    return Constant("INTERVAL", Span(months, days, seconds))


def arithmetic(node: exp.Binary, left: Constant, right: Constant) -> Constant | None:
    """Return the sum, difference or product of two constants."""
    sign = -1 if isinstance(node, exp.Sub) else 1
    if isinstance(node, exp.Add | exp.Sub):
        if isinstance(left.value, datetime) and isinstance(right.value, Span):
            moved = _moved(left.value, right.value if sign == 1 else -right.value)
            return None if moved is None else Constant("TIMESTAMP", moved)
        if isinstance(left.value, datetime) and left.type == "DATE" and isinstance(right.value, int):
            moved = _moved(left.value, Span(days=sign * right.value))
            return None if moved is None else Constant("DATE", moved)
    if isinstance(left.value, int) and isinstance(right.value, int):
        return _integers(node, left.value, right.value)
    if isinstance(left.value, int | Decimal) and isinstance(right.value, int | Decimal):
        return _decimals(node, left, right)
    return None


def negated(of: Constant) -> Constant | None:
    """Return the opposite of a number."""
    return Constant(of.type, -of.value) if isinstance(of.value, int | Decimal) else None


def _integers(node: exp.Binary, left: int, right: int) -> Constant | None:
    match node:
        case exp.Add():
            value = left + right
        case exp.Sub():
            value = left - right
        case exp.Mul():
            value = left * right
        case _:
            return None
    # The kernel computes in the type of the operands, and INTEGER is the least of those.
    return Constant("INTEGER", value) if abs(value) <= _INTEGER_MAX else None


def _decimals(node: exp.Binary, left: Constant, right: Constant) -> Constant | None:
    widths = decimal_of(left.type), decimal_of(right.type)
    if widths[0] is None or widths[1] is None:
        return None
    of_type = decimal_result(node, widths[0], widths[1])
    if (
        of_type is None
        or not isinstance(left.value, int | Decimal)
        or not isinstance(right.value, int | Decimal)
    ):
        return None
    match node:
        case exp.Add():
            value = Decimal(left.value) + Decimal(right.value)
        case exp.Sub():
            value = Decimal(left.value) - Decimal(right.value)
        case _:
            value = Decimal(left.value) * Decimal(right.value)
    return Constant(of_type, value)


def decimal_result(node: exp.Binary, left: tuple[int, int], right: tuple[int, int]) -> str | None:
    """Return the type of a sum, difference or product of DECIMALs, if every result has room in it."""
    if isinstance(node, exp.Mul):
        width, scale = left[0] + right[0], left[1] + right[1]
    elif isinstance(node, exp.Add | exp.Sub):
        scale = max(left[1], right[1])
        width = max(left[0] - left[1], right[0] - right[1]) + scale + 1
    else:
        return None
    # Two operands of 64 bits give one of 64 bits, and an error when it is too small.
    room = WIDTH_MAX_INT64 if max(left[0], right[0]) <= WIDTH_MAX_INT64 else WIDTH_MAX
    return decimal(width, scale) if width <= room else None


def _moved(start: datetime, span: Span) -> datetime | None:
    """Return a time later or earlier; None outside the years 1 to 9999."""
    months = start.year * 12 + start.month - 1 + span.months
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999 or abs(span.days) > _DAYS_MAX:
        return None
    day = min(start.day, monthrange(year, month + 1)[1])
    try:
        return start.replace(year=year, month=month + 1, day=day) + timedelta(
            days=span.days, seconds=span.seconds
        )
    except OverflowError:
        return None

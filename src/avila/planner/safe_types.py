"""Which of the kernel's implicit casts cannot raise: what may be compared, and what type values have in common.

The kernel compares a text with a number by casting the text, and a date with a timestamp by casting the date; it says
the value when the cast fails. So two types go together here only if no value of either can fail: numbers where the
common type has room for all digits, and otherwise equal types. tests/planner/test_safe_types.py holds this to the
kernel, for every pair of types.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NULL: Final = "NULL"
"""The type of NULL, which goes with every other."""

WIDTH_MAX: Final = 38
WIDTH_MAX_INT64: Final = 18

_SIGNED_BITS: Mapping[str, int] = {"TINYINT": 7, "SMALLINT": 15, "INTEGER": 31, "BIGINT": 63, "HUGEINT": 127}
_UNSIGNED_BITS: Mapping[str, int] = {"UTINYINT": 8, "USMALLINT": 16, "UINTEGER": 32, "UBIGINT": 64}
_BITS = {**_SIGNED_BITS, **_UNSIGNED_BITS}
_FLOATS = ("FLOAT", "DOUBLE")
_DIGITS: Mapping[str, int] = {
    "TINYINT": 3, "UTINYINT": 3, "SMALLINT": 5, "USMALLINT": 5, "INTEGER": 10, "UINTEGER": 10, "BIGINT": 19,
    "UBIGINT": 20,
}  # fmt: skip
"""The width of the DECIMAL that the kernel makes of an integer; HUGEINT has none that is wide enough."""

_SCALARS = frozenset({
    "UHUGEINT", "BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS",
    "TIMESTAMP WITH TIME ZONE", "TIME", "TIME WITH TIME ZONE", "INTERVAL", "UUID", "BLOB", "BIT",
})  # fmt: skip

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?)?", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}:\d{2}(\.\d{1,6})?", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,38}", re.ASCII)
_NUMBER = re.compile(r"-?(\d{1,15})(?:\.(\d{1,15}))?", re.ASCII)


def decimal(width: int, scale: int) -> str:
    """Return the name of a type."""
    return f"DECIMAL({width},{scale})"


def decimal_of(type_name: str) -> tuple[int, int] | None:
    """Return the width and scale of a DECIMAL, or of the one that the kernel makes of an integer."""
    if type_name in _DIGITS:
        return _DIGITS[type_name], 0
    match = re.fullmatch(r"DECIMAL\((\d+),\s?(\d+)\)", type_name)
    return (int(match[1]), int(match[2])) if match else None


def is_number(type_name: str) -> bool:
    """Whether a type is one of numbers (UHUGEINT, which goes with nothing else, is not counted)."""
    return type_name in _BITS or type_name in _FLOATS or type_name.startswith("DECIMAL(")


def is_text(type_name: str) -> bool:
    """Whether values of a type are texts, or become texts without fail."""
    return type_name == "VARCHAR" or type_name.startswith("ENUM(")


def is_plain(type_name: str) -> bool:
    """Whether values of a type are compared with each other without a cast: scalars, and lists of them."""
    element = type_name.removesuffix("[]")
    return is_number(element) or is_text(element) or element in _SCALARS


def unify(types: Iterable[str]) -> str | None:
    """Return the type to which the kernel casts all of these, if no cast of any value could raise."""
    distinct = {name for name in types if name != NULL}
    if not distinct:
        return NULL
    if len(distinct) == 1:
        (only,) = distinct
        return only if is_plain(only) else None
    if all(map(is_text, distinct)):
        return "VARCHAR"
    if not all(map(is_number, distinct)):
        return None
    if distinct & set(_FLOATS):
        return "DOUBLE" if "DOUBLE" in distinct else "FLOAT"
    return _integer(distinct) if distinct <= _BITS.keys() else _decimal(distinct)


def cast_is_safe(given: str, wanted: str) -> bool:
    """Whether a cast cannot raise, whatever the value."""
    if given in {wanted, NULL}:
        return True
    if wanted == "VARCHAR":
        scalars = {"BOOLEAN", "DATE", "TIMESTAMP", "TIME", "UUID", "INTERVAL"}
        return is_number(given) or is_text(given) or given in scalars
    if (given, wanted) == ("TIMESTAMP", "DATE"):
        return True
    return is_number(given) and unify((given, wanted)) == wanted


def text_fits(text: str, type_name: str) -> bool:
    """Whether the cast of a constant text cannot raise; only plain spellings are known."""
    match type_name:
        case "VARCHAR" | "NULL":
            return True
        case "BOOLEAN":
            return text.lower() in {"true", "false"}
        case "DATE":
            return bool(_DATE.fullmatch(text)) and parsed(text) is not None
        case "TIMESTAMP" | "TIMESTAMP WITH TIME ZONE":
            return bool(_TIMESTAMP.fullmatch(text)) and parsed(text) is not None
        case "TIME":
            return bool(_TIME.fullmatch(text)) and _is_time(text)
        case "UUID":
            return bool(_UUID.fullmatch(text))
        case "FLOAT" | "DOUBLE":
            return bool(_NUMBER.fullmatch(text))
    if type_name in _BITS:
        return bool(_INTEGER.fullmatch(text)) and fits_integer(int(text), type_name)
    width = decimal_of(type_name)
    number = _NUMBER.fullmatch(text)
    if width is not None and number is not None:
        return len(number[1]) <= width[0] - width[1] and len(number[2] or "") <= width[1]
    return type_name.startswith("ENUM(")  # compared as texts


def parsed(text: str) -> datetime | None:
    """Return the date or timestamp that a text spells, if it is between the years 1 and 9999."""
    try:
        return datetime.fromisoformat(text) if _TIMESTAMP.fullmatch(text) else None
    except ValueError:
        return None


def fits_integer(value: int, type_name: str) -> bool:
    """Whether an integer type has room for a value."""
    most: int = 2 ** _BITS[type_name]
    return (-most if type_name in _SIGNED_BITS else 0) <= value < most


def as_date(value: datetime | None) -> date | None:
    """Return the day that a timestamp begins, or None when it is later in a day."""
    return value.date() if value is not None and value.time() == time() else None


def _is_time(text: str) -> bool:
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True


def _integer(types: set[str]) -> str:
    if types <= _UNSIGNED_BITS.keys():
        return max(types, key=_BITS.__getitem__)
    bits = max(_BITS[name] for name in types)
    return next(name for name, room in _SIGNED_BITS.items() if room >= bits)


def _decimal(types: set[str]) -> str | None:
    found = [decimal_of(name) for name in types]
    widths = [width for width in found if width is not None]
    if len(widths) < len(found):
        return None
    scale = max(scale for _, scale in widths)
    width = max(width - scale for width, scale in widths) + scale
    return decimal(width, scale) if width <= WIDTH_MAX else None

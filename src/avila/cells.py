"""How one value looks in a table that a person reads."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

NULL = "NULL"
LIST_ITEMS_MAX = 20
BYTES_MAX = 16
DIGITS = 10

_NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
_NESTED = ("STRUCT", "MAP", "UNION")


def is_numeric(sql_type: str) -> bool:
    """Whether a column of this type is set flush right."""
    return sql_type.removeprefix("U").startswith(_NUMERIC) and not sql_type.endswith("]")


def is_nested(sql_type: str) -> bool:
    """Whether values of this type hold further values."""
    return sql_type.startswith(_NESTED) or sql_type.endswith("]")


def short_type(sql_type: str) -> str:
    """Return a type as a heading has room for it."""
    if sql_type.startswith(_NESTED):
        ending = sql_type[sql_type.rindex(")") + 1 :] if ")" in sql_type else ""
        return sql_type.partition("(")[0].lower() + ending
    if sql_type.startswith("ENUM"):
        return "enum" + ("[]" if sql_type.endswith("[]") else "")
    return _SPOKEN.get(sql_type, sql_type.lower())


_SPOKEN = {"TIMESTAMP WITH TIME ZONE": "timestamptz", "TIME WITH TIME ZONE": "timetz"}


def text(value: Any) -> str:
    """Return a value as one line without control characters, which a terminal would obey."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"\\x{bytes(value[:BYTES_MAX]).hex()}{'…' if len(value) > BYTES_MAX else ''}"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_inner(key)}: {_inner(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        shown = [_inner(item) for item in value[:LIST_ITEMS_MAX]]
        if len(value) > LIST_ITEMS_MAX:
            shown.append(f"… {len(value) - LIST_ITEMS_MAX:,} more")
        return "[" + ", ".join(shown) + "]"
    return _clean(str(value))


def _inner(value: Any) -> str:
    return f"'{_clean(value)}'" if isinstance(value, str) else text(value)


def _number(value: float) -> str:
    """Return ten significant digits, and always a sign that it is no whole number."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    shown = f"{value:.{DIGITS}g}"
    return shown if any(mark in shown for mark in ".e") else shown + ".0"


def _clean(raw: str) -> str:
    if raw.isprintable():
        return raw
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in raw
    )

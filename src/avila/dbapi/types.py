"""PEP 249's type objects and constructors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

Date = date
Time = time
Timestamp = datetime

_BASE = re.compile(r"[A-Z_0-9 ]+")
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)$")


@dataclass(frozen=True, eq=False)
class TypeObject:
    """A family of SQL types: equal to the type code of each column in it."""

    name: str
    types: frozenset[str]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TypeObject):
            return self.name == other.name
        return isinstance(other, str) and base(other) in self.types

    def __hash__(self) -> int:
        return hash(self.name)


STRING = TypeObject("STRING", frozenset({"VARCHAR", "ENUM", "JSON", "UUID", "BIT"}))
BINARY = TypeObject("BINARY", frozenset({"BLOB"}))
NUMBER = TypeObject(
    "NUMBER",
    frozenset({
        "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
        "UBIGINT", "UHUGEINT", "BIGNUM", "FLOAT", "DOUBLE", "DECIMAL",
    }),
)  # fmt: skip
DATETIME = TypeObject(
    "DATETIME",
    frozenset({
        "DATE", "TIME", "TIME_NS", "TIME WITH TIME ZONE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS",
        "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE", "INTERVAL",
    }),
)  # fmt: skip
ROWID = TypeObject("ROWID", frozenset())
"""No column has it: a row's place is a BIGINT, and may change."""


def base(sql_type: str) -> str:
    """Return a type's name without its parameters; a list is a type of its own."""
    if sql_type.endswith("]"):
        return "LIST"
    match = _BASE.match(sql_type)
    return match.group().rstrip() if match else sql_type


def precision_and_scale(sql_type: str) -> tuple[int | None, int | None]:
    """Return the digits of a DECIMAL, and how many of them follow the point."""
    match = _DECIMAL.match(sql_type)
    return (int(match.group(1)), int(match.group(2))) if match else (None, None)


def Binary(data: bytes | bytearray | memoryview) -> bytes:  # noqa: N802 (PEP 249 fixes the name)
    """Return a value for a BLOB."""
    return bytes(data)


def DateFromTicks(ticks: float) -> date:  # noqa: N802
    """Return the local date of a time in seconds since the epoch."""
    return datetime.fromtimestamp(ticks).date()


def TimeFromTicks(ticks: float) -> time:  # noqa: N802
    """Return the local time of day of a time in seconds since the epoch."""
    return datetime.fromtimestamp(ticks).time()


def TimestampFromTicks(ticks: float) -> datetime:  # noqa: N802
    """Return the local date and time of a time in seconds since the epoch."""
    return datetime.fromtimestamp(ticks)

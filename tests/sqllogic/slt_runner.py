"""Running sqllogictest files against anything that executes SQL."""

from __future__ import annotations

import datetime
import decimal
import math
import re
from typing import TYPE_CHECKING, Any

from slt_format import Record, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Execute = Callable[[str], list[tuple[Any, ...]]]

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class Mismatch(AssertionError):
    """A record did not do what it must."""


def run_file(path: Path, execute: Execute, surface: str = "kernel") -> int:
    """Run every record of a file that is meant for a surface, and return how many there were."""
    labelled: dict[str, list[str]] = {}
    count = 0
    for record in read_file(path):
        if not record.runs_on(surface):
            continue
        count += 1
        where = f"{path.name}:{record.line}: {record.sql}"
        if record.kind == "error":
            _expect_error(record, execute, where)
            continue
        try:
            rows = execute(record.sql)
        except Exception as error:
            raise Mismatch(f"{where}\nraised {type(error).__name__}: {error}") from error
        if record.kind == "query":
            answer = lines_of(rows, record.sort)
            if record.label and labelled.setdefault(record.label, answer) != answer:
                raise Mismatch(f"{where}\nanswers otherwise than the query before with this label")
            if answer != list(record.expected):
                raise Mismatch(f"{where}\nexpected {list(record.expected)}\ngot      {answer}")
    return count


def _expect_error(record: Record, execute: Execute, where: str) -> None:
    try:
        rows = execute(record.sql)
    except Exception as error:
        if not re.search(record.pattern, f"{type(error).__name__}: {error}", re.IGNORECASE):
            raise Mismatch(f"{where}\nexpected an error like {record.pattern!r}, got {error}") from error
        return
    raise Mismatch(f"{where}\nexpected an error like {record.pattern!r}, got {rows[:5]}")


def lines_of(rows: Iterable[tuple[Any, ...]], sort: str) -> list[str]:
    """Return an answer as the lines of a record: a row a line, values between tabs."""
    cells = [[cell_of(value) for value in row] for row in rows]
    if sort == "valuesort":
        return sorted(cell for row in cells for cell in row)
    lines = ["\t".join(row) for row in cells]
    return sorted(lines) if sort == "rowsort" else lines


def cell_of(value: Any) -> str:
    """Return a value as text that is the same whichever way it came."""
    if value == "" and isinstance(value, str):
        return "(empty)"
    return value.translate(_ESCAPES) if isinstance(value, str) else _text_of(value)


def _text_of(value: Any) -> str:
    """Return a value inside of others; strings keep quotes there."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case float():
            return "nan" if math.isnan(value) else repr(value)
        case str():
            return "'" + value.translate(_ESCAPES) + "'"
        case bytes() | bytearray():
            return "\\x" + bytes(value).hex()
        case decimal.Decimal():
            return format(value, "f")
        case datetime.datetime() | datetime.time() | datetime.date():
            return value.isoformat()
        case dict():
            pairs = (f"{_key_of(key)}: {_text_of(item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(_text_of(item) for item in value) + "]"
        case _:
            return str(value)


def _key_of(key: Any) -> str:
    return key if isinstance(key, str) else _text_of(key)

"""JSON: one array of objects, or an object a line."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING

from avila.cli.writers.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from avila.result import Result

ROWS_AT_A_TIME = 2_048


def write_json(result: Result, stream: IO[bytes], wrote: Callable[[int], None]) -> None:
    """Write one array with an object a row."""
    separator = b"[\n"
    for lines in _objects(result):
        for line in lines:
            stream.write(separator + line)
            separator = b",\n"
        wrote(len(lines))
    stream.write(b"[]\n" if separator == b"[\n" else b"\n]\n")


def write_jsonl(result: Result, stream: IO[bytes], wrote: Callable[[int], None]) -> None:
    """Write an object a line."""
    for lines in _objects(result):
        stream.writelines(line + b"\n" for line in lines)
        wrote(len(lines))


def _objects(result: Result) -> Iterator[list[bytes]]:
    names = _distinct([column.name for column in result.columns])
    while rows := result.fetchmany(ROWS_AT_A_TIME):
        yield [
            json.dumps(dict(zip(names, map(plain, row), strict=True)), ensure_ascii=False).encode()
            for row in rows
        ]


def _distinct(names: list[str]) -> list[str]:
    """Return names of which none hides another: an object has each name once."""
    taken: set[str] = set()
    for place, name in enumerate(names):
        candidate, number = name, 1
        while candidate in taken:
            candidate, number = f"{name}_{number}", number + 1
        taken.add(candidate)
        names[place] = candidate
    return names

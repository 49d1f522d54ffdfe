"""Markdown: a pipe table."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from avila import cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from avila.result import Result


def write_markdown(result: Result, stream: IO[bytes], wrote: Callable[[int], None]) -> None:
    """Write a pipe table; numbers are set flush right."""
    columns = result.columns
    stream.write(_line(cells.text(column.name) for column in columns))
    stream.write(_line("---:" if cells.is_numeric(column.type) else "---" for column in columns))
    while rows := result.fetchmany(1024):
        stream.writelines(_line("" if value is None else cells.text(value) for value in row) for row in rows)
        wrote(len(rows))


def _line(values: Iterable[str]) -> bytes:
    return ("| " + " | ".join(value.replace("|", "\\|") for value in values) + " |\n").encode()

"""Results as text or bytes, a batch at a time: one file a format."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from importlib import import_module
from typing import IO, TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from avila.result import Result

    Writer = Callable[[Result, IO[bytes], Callable[[int], None]], None]


class Format(StrEnum):
    """The formats that results are written in."""

    table = "table"
    csv = "csv"
    json = "json"
    jsonl = "jsonl"
    arrow = "arrow"
    markdown = "markdown"
    parquet = "parquet"


BINARY = (Format.arrow, Format.parquet)

_MODULES = {
    Format.csv: "csv", Format.json: "json", Format.jsonl: "json", Format.arrow: "arrow",
    Format.markdown: "markdown", Format.parquet: "parquet", Format.table: "table",
}  # fmt: skip
_ENDINGS = {
    ".csv": Format.csv, ".json": Format.json, ".jsonl": Format.jsonl, ".ndjson": Format.jsonl,
    ".arrow": Format.arrow, ".arrows": Format.arrow, ".ipc": Format.arrow, ".md": Format.markdown,
    ".parquet": Format.parquet, ".txt": Format.table,
}  # fmt: skip


def by_ending(path: Path) -> Format:
    """Return the format that a file's name asks for; InvalidParameterValue when it asks for none."""
    found = _ENDINGS.get(path.suffix.lower())
    if found is None:
        raise errors.InvalidParameterValue(
            f"{path.name} does not end like a format that can be written",
            hint=f"Name it {', '.join('*' + ending for ending in _ENDINGS)}, or give --format.",
        )
    return found


def writer(kind: Format) -> Writer:
    """Return the function that writes a format; it calls its third argument with each number of rows."""
    function: Writer = getattr(import_module(f"{__name__}.{_MODULES[kind]}"), f"write_{kind.value}")
    return function


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing that appears under its name only when the block ends well."""
    if path.is_dir():
        raise errors.IoError(f"{path} is a directory", hint="Give the name of a file.")
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as stream:
            yield stream
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)

"""A look at the first lines of a CSV file, so that a ragged one is an error that says where.

The kernel guesses a file's shape so that most lines fit it, and passes over the lines before the first that
does: of ``a,b / 1,2 / 3,4,5`` it would read the last line alone. An import that loses rows is worse than one
that fails.
"""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE_BYTES = 4 * 2**20
_DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True)
class Shape:
    """How a file's lines are cut, and how many lines of remarks come first."""

    delimiter: str
    skip: int


def inspect(path: Path) -> Shape:
    """Return the shape of a CSV file; BadCopyFileFormat naming the line when its beginning is ragged."""
    text, is_cut = _beginning(path)
    lines = text.splitlines(keepends=True)
    if is_cut:
        lines = lines[:-1]
    skip = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    if skip == len(lines):
        raise errors.BadCopyFileFormat(f"{path} holds no rows")
    delimiter = _delimiter(path, lines[skip])
    rows = csv.reader(io.StringIO("".join(lines[skip:])), delimiter=delimiter)
    try:
        width = len(next(rows))
        for row in rows:
            if row and len(row) != width:
                raise ragged(path, skip + rows.line_num, width, len(row))
    except csv.Error as error:
        raise errors.BadCopyFileFormat(f"{path}, line {skip + rows.line_num}: {error}") from error
    return Shape(delimiter, skip)


def ragged(path: Path, line: int, expected: int, found: int) -> errors.BadCopyFileFormat:
    """Return the error of a line that has more or fewer values than the first."""
    values = f"{found} value{'' if found == 1 else 's'}"
    return errors.BadCopyFileFormat(
        f"{path}, line {line}: {values}, where the lines before have {expected}",
        hint="Nothing was imported. Mend the line, or use read_csv(…, null_padding = true) in SQL.",
    )


def _delimiter(path: Path, line: str) -> str:
    if path.name.lower().removesuffix(".gz").endswith((".tsv", ".tab")):
        return "\t"
    # Delimiters inside quotes separate nothing.
    outside = "".join(part for place, part in enumerate(line.split('"')) if place % 2 == 0)
    return max(_DELIMITERS, key=outside.count)


def _beginning(path: Path) -> tuple[str, bool]:
    """Return the first of a file's text, and whether there is more."""
    if path.suffix.lower() == ".zst":
        import pyarrow as pa

        with pa.input_stream(str(path), compression="zstd") as stream:
            return _decoded(path, stream)
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opener(path, "rb") as stream:
            return _decoded(path, stream)
    except (gzip.BadGzipFile, EOFError) as error:
        raise errors.BadCopyFileFormat(f"{path} is no whole gzip file: {error}") from error


def _decoded(path: Path, stream: IO[bytes] | gzip.GzipFile) -> tuple[str, bool]:
    data = stream.read(SAMPLE_BYTES)
    is_cut = len(data) == SAMPLE_BYTES
    try:
        # A cut may go through a letter; its line is dropped anyway.
        text = data.rpartition(b"\n")[0].decode("utf-8-sig") + "\n" if is_cut else data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise errors.BadCopyFileFormat(
            f"{path}, line {line}: not UTF-8 text",
            hint=f"iconv -f latin1 -t utf8 {path.name} > utf8.csv, perhaps.",
        ) from error
    return text, is_cut

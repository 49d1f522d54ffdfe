"""The rows about a person, written for that person: JSON lines, or an archive with a file for each table."""

from __future__ import annotations

import sys
import zipfile
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from avila.cli.writers import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Rows = Iterable[tuple[str, str]]
    """Tables with their rows as JSON, each table's one after the other."""


def write_lines(rows: Rows, path: Path | None) -> None:
    """Write an object a line that has the table and the row, to a file or to standard output."""
    from json import dumps

    text = "".join(f'{{"table": {dumps(table, ensure_ascii=False)}, "row": {row}}}\n' for table, row in rows)
    if path is None:
        sys.stdout.write(text)
        return
    with whole_file(path) as stream:
        stream.write(text.encode())


def write_zip(rows: Rows, path: Path) -> None:
    """Write an archive with the rows of each table as JSON lines."""
    with whole_file(path) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, found in groupby(rows, key=itemgetter(0)):
            archive.writestr(f"{table}.jsonl", "".join(f"{row}\n" for _, row in found))

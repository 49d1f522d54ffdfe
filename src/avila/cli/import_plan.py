"""What an import will do, worked out before anything is touched: which reader, which file, which table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from avila import errors
from avila.cli.delimited import inspect
from avila.planner.suggest import suggest

if TYPE_CHECKING:
    from pathlib import Path

_READERS = {
    ".csv": "read_csv", ".tsv": "read_csv", ".tab": "read_csv", ".txt": "read_csv",
    ".parquet": "read_parquet", ".json": "read_json", ".jsonl": "read_json", ".ndjson": "read_json",
    ".xlsx": "read_xlsx", ".fits": "read_fits", ".fit": "read_fits", ".fts": "read_fits",
    ".arrow": "arrow", ".arrows": "arrow", ".feather": "arrow",
}  # fmt: skip
_PACKED = (".gz", ".zst")


class Mode(Enum):
    """What becomes of a table that is there."""

    create = "create"
    append = "append"
    replace = "replace"


@dataclass(frozen=True)
class File:
    """A file, and the SQL that reads it; Arrow files are read here and have none."""

    path: Path
    sql: str | None


@dataclass(frozen=True)
class Target:
    """A table, and the files that go into it."""

    store: str
    name: str
    files: list[File] = field(default_factory=list)

    @property
    def sql(self) -> str:
        """The table's name in SQL."""
        return f'{self.store}.main."{self.name.replace(chr(34), chr(34) * 2)}"'

    @property
    def shown(self) -> str:
        """The table's name as people write it."""
        return self.name if self.store == "native" else f"{self.store}.{self.name}"


def targets(paths: list[Path], table: str | None, store: str, header: bool | None) -> list[Target]:
    """Return the tables to load.

    Raises UndefinedFile for a file that is not there, InvalidParameterValue for one that nothing reads, and
    BadCopyFileFormat for a CSV file whose first lines do not belong together.
    """
    found: dict[str, Target] = {}
    for path in paths:
        if not path.is_file():
            raise _missing(path)
        name = table if table is not None else name_of(path)
        found.setdefault(name, Target(store, name)).files.append(_file(path, header))
    return list(found.values())


def name_of(path: Path) -> str:
    """Return the table name that a file's name suggests."""
    stem = path.name
    while "." in stem.lstrip("."):
        stem = stem.rpartition(".")[0]
    name = re.sub(r"\W+", "_", stem).strip("_").lower() or "data"
    return f"t_{name}" if name[0].isdigit() else name


def _file(path: Path, header: bool | None) -> File:
    suffix = path.suffix.lower()
    if suffix in _PACKED and len(path.suffixes) > 1:
        suffix = path.suffixes[-2].lower()
    reader = _READERS.get(suffix) or _from_extensions(suffix)
    if reader is None:
        raise errors.InvalidParameterValue(
            f"no reader for {path.name}: its name ends in {suffix or 'nothing'}",
            hint=suggest(suffix, _READERS)
            or f"Readable are {', '.join('*' + ending for ending in _READERS)}.",
        )
    if reader == "arrow":
        return File(path, None)
    place = literal(str(path.absolute()))
    if reader != "read_csv":
        return File(path, f"{reader}({place})")
    shape = inspect(path)
    options = [f"delim = {literal(shape.delimiter)}", "quote = '\"'", "escape = '\"'", "comment = ''"]
    options.append(f"skip = {shape.skip}")
    if header is not None:
        options.append(f"header = {str(header).lower()}")
    return File(path, f"read_csv({place}, {', '.join(options)})")


def _from_extensions(suffix: str) -> str | None:
    """Return the table function that an installed extension offers for an ending."""
    from avila.extensions.registry import discover

    for extension in discover().values():
        for name, function in extension.tables.items():
            if suffix in function.suffixes:
                return name
    return None


def literal(text: str) -> str:
    """Return an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _missing(path: Path) -> errors.Error:
    if path.is_dir():
        return errors.UndefinedFile(f"{path} is a directory", hint=f"Give its files: {path}/*.csv, say.")
    there = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    return errors.UndefinedFile(f"there is no file {path}", hint=suggest(path.name, there))

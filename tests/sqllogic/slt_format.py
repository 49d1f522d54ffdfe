"""The sqllogictest format: text to records and back.

A file is a list of records with blank lines between them::

    statement ok
    CREATE TABLE t (a INTEGER)

    statement error does not exist
    SELECT * FROM u

    query rowsort
    SELECT a FROM t
    ----
    1
    2

``skipif name`` and ``onlyif name`` before a record tie it to surfaces, ``halt`` ends the file, and ``loop i 0 3`` or
``foreach x a b`` repeat the records up to ``endloop`` with ``${i}`` replaced.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SORTS = ("nosort", "rowsort", "valuesort")


@dataclass(frozen=True)
class Record:
    """One statement with what it must do.

    ``kind`` is ``ok``, ``error`` or ``query``; ``expected`` holds the lines of the answer, ``pattern`` what an error
    says, ``label`` a name that queries of equal answers share.
    """

    kind: str
    sql: str
    line: int
    expected: tuple[str, ...] = ()
    pattern: str = ""
    sort: str = "nosort"
    types: str = ""
    label: str = ""
    only: frozenset[str] = field(default_factory=frozenset)
    skip: frozenset[str] = field(default_factory=frozenset)

    def runs_on(self, surface: str) -> bool:
        """Whether the record is meant for a surface."""
        return surface not in self.skip and (not self.only or surface in self.only)


class FormatError(Exception):
    """The file is not in the format."""


def read_file(path: Path) -> list[Record]:
    """Return the records of a file, loops unrolled."""
    return list(_Reader(path.read_text().splitlines()).records())


class _Reader:
    """Reads records from the lines of a file."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0

    def records(self, *, inside_loop: bool = False) -> Iterator[Record]:
        only: set[str] = set()
        skip: set[str] = set()
        while self.at < len(self.lines):
            line = self.lines[self.at].strip()
            words = line.split()
            self.at += 1
            if not words or line.startswith("#"):
                continue
            match words[0]:
                case "halt":
                    return
                case "onlyif":
                    only.update(words[1:2])
                case "skipif":
                    skip.update(words[1:2])
                case "endloop" if inside_loop:
                    return
                case "loop" | "foreach":
                    yield from self._loop(words)
                case "statement" | "query":
                    record = self._statement(line) if words[0] == "statement" else self._query(words)
                    yield replace(record, only=frozenset(only), skip=frozenset(skip))
                    only, skip = set(), set()
                case _:
                    raise FormatError(f"line {self.at}: {line!r}")

    def _loop(self, words: list[str]) -> Iterator[Record]:
        variable = words[1]
        counted = words[0] == "loop"
        values = [str(number) for number in range(*map(int, words[2:4]))] if counted else words[2:]
        body = list(self.records(inside_loop=True))
        for value in values:
            mark = "${" + variable + "}"
            for record in body:
                expected = tuple(line.replace(mark, value) for line in record.expected)
                yield replace(record, sql=record.sql.replace(mark, value), expected=expected)

    def _block(self, *ends: str) -> list[str]:
        block: list[str] = []
        while self.at < len(self.lines) and self.lines[self.at].strip() and self.lines[self.at] not in ends:
            block.append(self.lines[self.at])
            self.at += 1
        return block

    def _statement(self, line: str) -> Record:
        start = self.at
        _, kind, *pattern = line.split(maxsplit=2)
        if kind not in {"ok", "error"}:
            raise FormatError(f"line {start}: {line!r}")
        return Record(kind, "\n".join(self._block()), start, pattern=" ".join(pattern))

    def _query(self, words: list[str]) -> Record:
        start = self.at
        rest = words[1:]
        types = rest.pop(0) if rest and rest[0] not in SORTS else ""
        sort = rest.pop(0) if rest and rest[0] in SORTS else "nosort"
        label = rest.pop(0) if rest else ""
        sql = "\n".join(self._block("----"))
        expected: list[str] = []
        if self.at < len(self.lines) and self.lines[self.at] == "----":
            self.at += 1
            expected = self._block()
        return Record("query", sql, start, tuple(expected), sort=sort, types=types, label=label)

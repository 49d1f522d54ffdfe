"""Fill in, or refresh, the answers of the records from the bare kernel: ``python record.py [file.slt …]``.

The answers are the kernel's own; read the difference before you commit it. Errors are written by hand.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
from slt_format import Record, read_file
from slt_runner import lines_of


def refresh(path: Path) -> None:
    """Rewrite a file with the kernel's answers; comments, loops and errors stay as they are."""
    if any(line.startswith(("loop ", "foreach ")) for line in path.read_text().splitlines()):
        print(f"{path.name}: has loops, whose answers are written by hand")
        return
    answers = {
        record.line: _answer(record, connection) for connection in [_connect()] for record in read_file(path)
    }
    out: list[str] = []
    lines = path.read_text().splitlines()
    at = 0
    while at < len(lines):
        out.append(lines[at])
        at += 1
        answer = answers.get(at)
        if answer is None or not lines[at - 1].startswith("query"):
            continue
        while at < len(lines) and lines[at].strip() and lines[at] != "----":
            out.append(lines[at])
            at += 1
        while at < len(lines) and lines[at].strip():
            at += 1
        out += ["----", *answer]
    path.write_text("\n".join(out).rstrip() + "\n")


def _connect() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _answer(record: Record, connection: duckdb.DuckDBPyConnection) -> list[str]:
    try:
        rows = connection.execute(record.sql).fetchall()
    except duckdb.Error as error:
        if record.kind == "error":
            return []
        raise SystemExit(f"line {record.line}: {record.sql}\n{error}") from error
    if record.kind == "error":
        raise SystemExit(f"line {record.line}: {record.sql}\nworks, though it must not")
    return lines_of(rows, record.sort)


if __name__ == "__main__":
    named = [Path(argument) for argument in sys.argv[1:]]
    for file in named or sorted((Path(__file__).parent / "records").glob("*.slt")):
        refresh(file)

"""``avila export``: a table or the answer of a query as a file."""

from __future__ import annotations

import re
from pathlib import Path  # noqa: TC003 (the command line reads the annotations)
from typing import IO, TYPE_CHECKING, Annotated

import typer

from avila.cli.writers import Format  # noqa: TC001 (likewise)

if TYPE_CHECKING:
    from avila.result import Result

_NAME = re.compile(r'(?:[^\W\d]\w*|"[^"]+")(?:\.(?:[^\W\d]\w*|"[^"]+")){0,2}')


def export(
    directory: Annotated[Path, typer.Argument(help="The database.", show_default=False)],
    what: Annotated[
        str, typer.Argument(metavar="TABLE|SQL", help="A table's name, or a query.", show_default=False)
    ],
    file: Annotated[
        Path,
        typer.Argument(
            help="The file: *.parquet, *.csv, *.json, *.jsonl, *.arrow, *.md.", show_default=False
        ),
    ],
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format", help="The format, when the file's name does not say it.", show_default=False
        ),
    ] = None,
) -> None:
    """Write a table, or what a query answers, to a file.

    The file appears when it is whole: an export that fails or is interrupted leaves what was there before.

    [bold]Examples[/]

      avila export obs star star.parquet

      avila export obs lake.readings readings.csv

      avila export obs "SELECT name, mag FROM star WHERE mag < 6" bright.json
    """
    from avila.cli.failure import print_note, reported, stderr
    from avila.cli.opening import open_database
    from avila.cli.running import watched
    from avila.cli.writers import by_ending, whole_file

    with reported():
        kind = format_ or by_ending(file)
        query = f"SELECT * FROM {what}" if _NAME.fullmatch(what.strip()) else what
        with open_database(directory, make=False) as database, whole_file(file) as stream:
            if stderr().is_terminal:
                database.watch()
            written = watched(
                database, lambda: _write(database.execute(query), kind, stream), f"writing {file.name}"
            )
        print_note(f"{written:,} row{'' if written == 1 else 's'} in {file} ({_size(file.stat().st_size)})")


def _write(result: Result, kind: Format, stream: IO[bytes]) -> int:
    """Write the rows and return how many there were."""
    from avila import errors
    from avila.cli.writers import writer

    if not result.columns:
        raise errors.InvalidParameterValue(
            "this statement answers no rows", hint="Export a table or a SELECT."
        )
    counts: list[int] = []
    writer(kind)(result, stream, counts.append)
    return sum(counts)


def _size(count: int) -> str:
    from rich.filesize import decimal

    return decimal(count)

"""``avila sql``: run statements and write their answer."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 (the command line reads the annotations)
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from avila.cli.writers import BINARY, Format

if TYPE_CHECKING:
    from avila.result import Result
    from avila.session import Session

ROWS_SHOWN = 50


def sql(
    directory: Annotated[Path, typer.Argument(help="The database, or :memory:.", show_default=False)],
    statement: Annotated[
        str | None,
        typer.Argument(
            help="SQL; without it and without --file, standard input is read.", show_default=False
        ),
    ] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(
            "--file", "-f", help="Run the statements of a file; may be repeated.", show_default=False
        ),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param", "-p", help="A value for ? or $1, or name=value for $name.", show_default=False
        ),
    ] = None,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format", help="How to write the answer; else as --output ends, or a table.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Write the answer to a file, whole or not at all.", show_default=False
        ),
    ] = None,
    rows: Annotated[
        int, typer.Option(help="Rows that a printed table shows; 0 for all.", min=0)
    ] = ROWS_SHOWN,
) -> None:
    """Run SQL and print the answer.

    A table shows the answer of every statement; the other formats write the last one's, as it arrives,
    however large it is.

    [bold]Examples[/]

      avila sql obs "SELECT count(*) FROM star"

      avila sql obs 'SELECT * FROM star WHERE mag < $limit' -p limit=6.5

      avila sql obs -f report.sql --format csv > report.csv

      echo "SELECT 42 AS answer" | avila sql :memory: --format json

      avila sql obs "FROM 'catalogue.fits'" -o catalogue.parquet

    [bold]Exit codes[/]: 0 done, 1 a statement failed (standard error says where and why), 2 wrong usage,
    130 interrupted by Ctrl-C, which cancels the statement, 141 the reader of the output went away.
    """
    from avila.cli.failure import reported
    from avila.cli.opening import open_database
    from avila.cli.parameters import parse
    from avila.cli.writers import by_ending

    texts = _texts(statement, file or [])
    parameters = parse(param or [])
    with reported():
        kind = format_ or (by_ending(output) if output else Format.table)
        if kind in BINARY and output is None:
            _refuse_terminal(kind)
        with open_database(directory) as database:
            _run_all(database, texts, parameters, kind, output, rows)


def _run_all(
    session: Session,
    texts: list[tuple[str | None, str]],
    parameters: Any,
    kind: Format,
    output: Path | None,
    rows: int,
) -> None:
    """Run every statement; each shows its table, or the last writes its answer."""
    from avila.cli.failure import reported, stderr
    from avila.cli.running import watched
    from avila.cli.statements import statements
    from avila.cli.writers import whole_file
    from avila.show import print_table

    if stderr().is_terminal:
        session.watch()
    parts = [(where, part) for where, text in texts for part in statements(text)]
    shows = kind is Format.table and output is None
    for number, (where, part) in enumerate(parts, 1):
        with reported(where):
            if shows:
                result = watched(session, lambda part=part: _headed(session, part, parameters, rows))  # type: ignore[misc]
                print_table(result, rows)
            elif number < len(parts):
                watched(session, lambda part=part: session.execute(part, parameters).close())  # type: ignore[misc]
            elif output is not None:
                with whole_file(output) as stream:
                    watched(session, lambda: _write(session, part, parameters, kind, stream))  # noqa: B023 (runs here)
            else:
                sys.stdout.flush()
                watched(session, lambda: _write(session, part, parameters, kind, sys.stdout.buffer))  # noqa: B023
                sys.stdout.flush()


def _headed(session: Session, text: str, parameters: Any, rows: int) -> Result:
    """Run a statement as far as its first rows."""
    result = session.execute(text, parameters)
    if result.columns:
        result.head(rows) if rows else result.to_arrow()
    return result


def _write(session: Session, text: str, parameters: Any, kind: Format, stream: IO[bytes]) -> None:
    from avila.cli.writers import writer

    result = session.execute(text, parameters)
    if result.columns:
        writer(kind)(result, stream, lambda count: None)  # noqa: ARG005 (nobody counts)
    result.close()


def _texts(statement: str | None, files: list[Path]) -> list[tuple[str | None, str]]:
    """Return the SQL given, each with the name of where it stood."""
    from avila.cli.failure import reported, usage

    if statement is not None and files:
        raise usage("give SQL or --file, not both")
    if statement is not None:
        return [(None, statement)]
    with reported():
        if files:
            return [(str(file), _read(file)) for file in files]
        if sys.stdin.isatty():
            raise usage("give SQL, --file, or SQL on standard input; avila shell is for typing it")
        return [("standard input", sys.stdin.read())]


def _read(file: Path) -> str:
    from avila import errors

    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise errors.IoError(f"{file} is no UTF-8 text: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise errors.IoError(f"{file} cannot be read: {error.strerror}") from error


def _refuse_terminal(kind: Format) -> None:
    from avila.cli.failure import usage

    if kind is Format.parquet:
        raise usage("Parquet is written to a file only: give --output")
    if sys.stdout.isatty():
        raise usage(
            f"{kind.value} is binary, and standard output is a terminal: give --output, or redirect it"
        )

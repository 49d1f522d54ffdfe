"""``avila privacy``: what a database knows about a person, for the rights that data protection laws give."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from avila.cli.privacy_export import write_lines, write_zip

app = typer.Typer(
    help="""Report, export and erase what a database knows about a person.

    A person is found where columns name one: those that are tagged [bold]subject[/], and those that name the SUBJECT of
    encrypted columns. Every use is an event of the audit log, in which the person is a digest.""",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Directory = Annotated[Path, typer.Argument(help="The database.", show_default=False)]
Person = Annotated[str, typer.Argument(help="The person, as the column names them.", show_default=False)]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="Look in this column, table.column, instead of those the database knows of; may be repeated.",
        show_default=False,
    ),
]


@app.command()
def report(directory: Directory, subject: Person, column: Columns = None) -> None:
    """Say in which tables a person is, with how many rows, and which columns are under the person's own key.

    [bold]Examples[/]

      avila privacy report obs ada@example.org

      avila privacy report obs ada@example.org --column guests.mail
    """
    from avila.cli.failure import print_note, reported
    from avila.cli.opening import open_database
    from avila.show import print_table

    with reported(), open_database(directory, make=False) as database:
        found = database.execute(f"REPORT SUBJECT $1{_on(column)}", [subject])
        if found.head(1)[0]:
            print_table(found, 0)
        else:
            print_note(f"nothing is known about {subject}")


@app.command()
def export(
    directory: Directory,
    subject: Person,
    column: Columns = None,
    to: Annotated[
        Path | None,
        typer.Option(
            help="A file to write: *.zip has a file for each table, any other name all rows as JSON lines.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write every row about a person, decrypted and unmasked, as an object a line.

    [bold]Examples[/]

      avila privacy export obs ada@example.org

      avila privacy export obs ada@example.org --to ada.zip
    """
    from avila.cli.failure import print_note, reported
    from avila.cli.opening import open_database

    with reported(), open_database(directory, make=False) as database:
        rows = database.execute(f"EXPORT SUBJECT $1{_on(column)}", [subject]).fetchall()
        if to is not None and to.suffix.lower() == ".zip":
            write_zip(rows, to)
        else:
            write_lines(rows, to)
    if to is not None:
        print_note(f"wrote {len(rows):,} rows to {to}")


@app.command()
def erase(
    directory: Directory,
    subject: Person,
    column: Columns = None,
    delete: Annotated[
        bool,
        typer.Option("--delete", help="Delete the rows of tables where no column is under the person's key."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Drop a person's key, so that nobody reads what was encrypted under it; with --delete, delete other rows.

    What was encrypted is unreadable at once, in every copy of it that was made. Backups of the whole database hold the
    key still, until they are gone; so do free blocks of its file, until they are used again or its data keys are
    rotated.

    [bold]Examples[/]

      avila privacy erase obs ada@example.org

      avila privacy erase obs ada@example.org --delete --yes
    """
    from avila.cli.failure import print_note, reported
    from avila.cli.opening import open_database
    from avila.show import print_table

    with reported(), open_database(directory, make=False) as database:
        if not yes:
            print_table(database.execute(f"REPORT SUBJECT $1{_on(column)}", [subject]), 0)
            typer.confirm(f"Erase {subject}? Nobody can undo that.", abort=True, err=True)
        sql = f"ERASE SUBJECT $1{_on(column)}{' DELETE ROWS' if delete else ''}"
        done = database.execute(sql, [subject])
        if not done.head(1)[0]:
            print_note(f"nothing was known about {subject}")
            return
        print_table(done, 0)
        if any(what == "kept" for _, what, _ in done.fetchall()):
            print_note("rows without encrypted columns are kept; --delete deletes them")


def _on(columns: list[str] | None) -> str:
    """Return the clause that names columns; wrong usage when one does not say its table."""
    from avila.cli.failure import usage

    named = []
    for text in columns or ():
        table, _, column = text.rpartition(".")
        if not table or not column:
            raise usage(f"--column {text}: write table.column")
        quoted = ".".join('"' + part.replace('"', '""') + '"' for part in table.split("."))
        named.append(quoted + ' ("' + column.replace('"', '""') + '")')
    return f" ON {', '.join(named)}" if named else ""

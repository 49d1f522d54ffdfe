"""``avila import``: files as tables."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (the command line reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from avila.cli.import_plan import Mode, Target
    from avila.session import Session


def import_files(
    directory: Annotated[
        Path, typer.Argument(help="The database; made when it is missing.", show_default=False)
    ],
    files: Annotated[
        list[Path],
        typer.Argument(help="CSV, TSV, Parquet, JSON, XLSX, FITS or Arrow files.", show_default=False),
    ],
    table: Annotated[
        str | None,
        typer.Option(help="One table for all files; else a table a file, named like it.", show_default=False),
    ] = None,
    into: Annotated[str, typer.Option(help="The store: native or lake.")] = "native",
    append: Annotated[bool, typer.Option("--append", help="Add the rows to tables that are there.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put the rows in place of tables that are there.")
    ] = False,
    header: Annotated[
        bool | None,
        typer.Option(
            "--header/--no-header",
            help="Whether CSV files begin with names; else judged.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Load files into tables; all of them, or none when one fails.

    [bold]Examples[/]

      avila import obs stars.csv planets.parquet

      avila import obs night-*.fits --table exposures --into lake

      avila import obs today.csv --table readings --append
    """
    from avila.cli import import_plan
    from avila.cli.failure import reported, stderr, usage
    from avila.cli.opening import open_database
    from avila.storage.stores import STORES

    if append and replace:
        raise usage("--append and --replace contradict each other")
    if into not in STORES:
        raise usage(f"--into is one of {', '.join(STORES)}")
    mode = (
        import_plan.Mode.append
        if append
        else import_plan.Mode.replace
        if replace
        else import_plan.Mode.create
    )
    with reported():
        targets = import_plan.targets(files, table, into, header)
        with open_database(directory) as database:
            if stderr().is_terminal:
                database.watch()
            counts = _load(database, targets, mode)
    for target, count in zip(targets, counts, strict=True):
        typer.echo(f"{target.shown}: {count:,} row{'' if count == 1 else 's'}")


def _load(session: Session, targets: list[Target], mode: Mode) -> list[int]:
    """Load every file in one transaction; return how many rows each table got."""
    from avila.cli.import_plan import Mode
    from avila.cli.import_run import run

    files = sum(len(target.files) for target in targets)
    done = 0
    counts = []
    with session.transaction():
        for target in targets:
            count = 0
            for number, source in enumerate(target.files):
                done += 1
                what = source.path.name if files == 1 else f"{source.path.name} ({done} of {files})"
                count += run(session, target, source, mode if number == 0 else Mode.append, what)
            counts.append(count)
    return counts

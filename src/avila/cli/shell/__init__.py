"""``avila shell``: a place to type SQL."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 (the command line reads the annotations)
from typing import Annotated

import typer


def shell(
    directory: Annotated[
        Path, typer.Argument(help="The database, made when it is missing; or :memory:.", show_default=False)
    ],
) -> None:
    r"""Work in a database: type SQL, see tables.

    A statement ends with a semicolon and may take several lines. Tab completes names, Ctrl-C cancels the
    running statement, Ctrl-D leaves, \? lists the commands. When standard input is no terminal, its statements
    are run and printed up to the first that fails, which ends with exit code 1.

    [bold]Examples[/]

      avila shell obs

      avila shell obs < nightly.sql
    """
    from avila.cli.failure import FAILED, INTERRUPTED, Interrupted, reported
    from avila.cli.opening import open_database
    from avila.cli.shell.commands import Leave
    from avila.cli.shell.runner import Runner

    with reported(), open_database(directory) as database:
        if sys.stdin.isatty() and sys.stdout.isatty():
            from avila.cli.shell.prompt import interact

            interact(database, Runner(database, is_interactive=True))
            return
        runner = Runner(database, is_interactive=False)
        try:
            finished = runner.feed(sys.stdin)
        except Leave:
            finished = True
        except Interrupted:
            raise typer.Exit(INTERRUPTED) from None
    if not finished:
        raise typer.Exit(FAILED)

"""``avila doctor``: what is wrong with an installation or a database, and what to do about it."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (the command line reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from avila.cli.findings import Finding


def doctor(
    directory: Annotated[
        Path | None,
        typer.Argument(help="A database to look at too.", show_default=False),
    ] = None,
) -> None:
    """Check the installation, and a database, and say what to do about each problem.

    Nothing is changed. The exit code is 1 when something is wrong, 0 when all is well or merely optional.

    [bold]Examples[/]

      avila doctor

      avila doctor obs
    """
    from avila.cli.doctor_database import check_database
    from avila.cli.doctor_installation import check_installation
    from avila.cli.failure import FAILED, reported
    from avila.cli.findings import Level

    with reported():
        findings = [*_print("Installation", check_installation())]
        if directory is not None:
            findings += _print(f"Database {directory}", check_database(directory))
    wrong = sum(finding.level is Level.wrong for finding in findings)
    typer.echo("")
    typer.echo("All is well." if not wrong else f"{wrong} problem{'' if wrong == 1 else 's'} found.")
    if wrong:
        raise typer.Exit(FAILED)


def _print(title: str, findings: list[Finding]) -> list[Finding]:
    from rich.text import Text

    from avila.cli.findings import MARKS
    from avila.show import output_console

    console = output_console()
    console.print(Text(f"\n{title}", style="bold"))
    margin = max(len(finding.what) for finding in findings)
    for finding in findings:
        mark, style = MARKS[finding.level]
        line = Text(f"  {mark} ", style=style).append(f"{finding.what:<{margin}}  ", style="default")
        console.print(
            line.append(finding.found, style="dim" if not finding.advice else "default"), soft_wrap=True
        )
        if finding.advice:
            console.print(Text(f"    {' ' * margin}  → {finding.advice}", style="cyan"), soft_wrap=True)
    return findings

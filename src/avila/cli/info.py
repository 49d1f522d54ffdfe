"""``avila info``: what a database holds."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 (the command line reads the annotations)
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console


class InfoFormat(StrEnum):
    """How the description is written."""

    text = "text"
    json = "json"


def info(
    directory: Annotated[Path, typer.Argument(help="The database.", show_default=False)],
    format_: Annotated[
        InfoFormat, typer.Option("--format", help="For people, or for programs.")
    ] = InfoFormat.text,
) -> None:
    """Describe a database: stores, tables, snapshots, extensions and settings.

    [bold]Examples[/]

      avila info obs

      avila info obs --format json | jq '.tables[].name'
    """
    from avila.cli.description import describe
    from avila.cli.failure import reported
    from avila.cli.opening import open_database

    with reported():
        with open_database(directory, make=False) as database:
            description = describe(database)
        if format_ is InfoFormat.json:
            import json

            typer.echo(json.dumps(description, indent=2, default=str))
        else:
            _print(description)


def _print(described: dict[str, Any]) -> None:
    from rich.filesize import decimal
    from rich.text import Text

    from avila.show import output_console

    console = output_console()
    elsewhere = "" if described["owner"] else "  open in another process"
    console.print(
        Text(described["database"], style="bold").append(elsewhere, style="not bold dim"), soft_wrap=True
    )
    _section(console, "Stores", ((s["name"], decimal(s["bytes"]), s["about"]) for s in described["stores"]))
    _section(
        console,
        "Tables",
        (
            (
                t["name"],
                "view" if t["rows"] is None else _several(t["rows"], "row"),
                _several(t["columns"], "column"),
            )
            for t in described["tables"]
        ),
    )
    if lake := described["snapshots"]:
        line = (str(lake["count"]), f"version {lake['latest']}", f"{lake['since']} to {lake['until']}")
        _section(console, "Snapshots of the lake", [line])
    _section(
        console,
        "Extensions",
        ((e["name"], _several(e["functions"], "function"), e["summary"]) for e in described["extensions"]),
    )
    _section(
        console,
        "Settings",
        (
            (s["name"], "-" if s["value"] is None else str(s["value"]), s["origin"])
            for s in described["settings"]
        ),
    )


def _several(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _section(console: Console, title: str, rows: Iterable[tuple[str, str, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 3))
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(justify="right" if title in {"Stores", "Tables"} else "left", no_wrap=True)
    grid.add_column(style="dim")
    for row in rows:
        grid.add_row("  " + row[0], *(Text(part) for part in row[1:]))
    console.print(f"\n[bold]{title}[/]")
    console.print(grid if grid.row_count else Text("  none", style="dim"))

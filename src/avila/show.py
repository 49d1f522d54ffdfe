"""Results as tables on a terminal: typed headings, cells that fit, and how many rows there are."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

from avila import cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, RenderableType
    from rich.table import Table

    from avila.kernel.base import Column, Row
    from avila.result import Result

CELL_WIDTH_MAX = 60
CELL_WIDTH_MIN = 8
PIPED_WIDTH = 160
GAP = "…"


def print_table(
    result: Result, rows: int, *, console: Console | None = None, note: str | None = None
) -> None:
    """Print the first ``rows`` rows (0 for all) without taking them; ``note`` joins the line below."""
    out = console if console is not None else output_console()
    if result.columns:
        shown, total = result.head(rows) if rows else _whole(result)
        table, hidden = build(result.columns, shown, out.width)
        out.print(table)
        parts = [count(len(shown), total, result.counted)]
        if hidden:
            parts.append(f"{hidden} of {len(result.columns)} columns hidden")
    else:
        parts = [written(result)]
    out.print(_dim(" · ".join([*parts, *([note] if note else [])])), soft_wrap=True)


def output_console(file: IO[str] | None = None) -> Console:
    """Return a console that is as wide as its terminal, or wide when its output goes elsewhere."""
    from rich.console import Console

    console = Console(file=file, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_WIDTH
    return console


def build(columns: Sequence[Column], rows: Sequence[Row], width: int) -> tuple[Table, int]:
    """Return the table that fits ``width``, and how many columns had to be left out of its middle."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    texts = [[cells.text(value) for value in row] for row in rows]
    widths = _widths(columns, texts)
    chosen = _fit(widths, width)
    table = Table(box=box.ROUNDED, border_style="dim", header_style="", pad_edge=True)
    for place in chosen:
        if place is None:
            table.add_column(Text(f"{GAP}\n{GAP}", style="dim"), width=1)
            continue
        column = columns[place]
        heading = Text(cells.text(column.name), style="bold").append(
            f"\n{cells.short_type(column.type)}", style="not bold dim cyan"
        )
        justify = "right" if cells.is_numeric(column.type) else "left"
        table.add_column(heading, justify=justify, width=widths[place], no_wrap=True, overflow="ellipsis")  # type: ignore[arg-type]
    for row, shown in zip(rows, texts, strict=True):
        table.add_row(*(_cell(row, shown, place) for place in chosen))
    return table, len(columns) - sum(place is not None for place in chosen)


def print_records(result: Result, rows: int, console: Console, *, note: str | None = None) -> None:
    """Print rows one below the other, a line a column: for rows that are too wide for a table."""
    from rich.text import Text

    if not result.columns:
        print_table(result, rows, console=console, note=note)
        return
    shown, total = result.head(rows) if rows else _whole(result)
    margin = max(len(cells.text(column.name)) for column in result.columns)
    for number, row in enumerate(shown, 1):
        console.print(Text(f"── row {number} ".ljust(min(console.width, 40), "─"), style="dim"))
        for column, value in zip(result.columns, row, strict=True):
            line = Text(f"{cells.text(column.name):>{margin}}  ", style="bold")
            line.append(cells.text(value), style="not bold dim" if value is None else "not bold")
            console.print(line, soft_wrap=True)
    parts = [count(len(shown), total, result.counted), *([note] if note else [])]
    console.print(_dim(" · ".join(parts)), soft_wrap=True)


def count(shown: int, total: int | None, counted: int = 0) -> str:
    """Return "3 rows", with how many of them are shown when not all are."""
    if total is None:
        return f"more than {counted:,} rows, {shown:,} shown"
    rows = f"{total:,} row{'' if total == 1 else 's'}"
    return rows if shown == total else f"{rows}, {shown:,} shown"


def written(result: Result) -> str:
    """Return what a statement without rows did."""
    changed = result.rowcount
    return "done" if changed < 0 else f"{changed:,} row{'' if changed == 1 else 's'} written"


def _whole(result: Result) -> tuple[Sequence[Row], int | None]:
    """Return every row; the result keeps them."""
    total = result.to_arrow().num_rows
    return result.head(total)


def _cell(row: Row, shown: Sequence[str], place: int | None) -> RenderableType:
    from rich.text import Text

    if place is None:
        return Text(GAP, style="dim")
    return Text(
        shown[place], style="dim" if row[place] is None else "", no_wrap=True, overflow="ellipsis", end=""
    )


def _widths(columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide each column wants to be."""
    from rich.cells import cell_len

    wanted = []
    for place, column in enumerate(columns):
        heading = max(cell_len(cells.text(column.name)), len(cells.short_type(column.type)))
        wanted.append(max(1, min(CELL_WIDTH_MAX, max([heading, *(cell_len(row[place]) for row in texts)]))))
    return wanted


def _fit(widths: list[int], width: int) -> list[int | None]:
    """Narrow the widest columns in place until the table fits; then leave out the middle, marked by None."""
    places: list[int | None] = list(range(len(widths)))
    while _total(widths, places) > width:
        widest = max(range(len(widths)), key=lambda place: widths[place])
        if widths[widest] <= CELL_WIDTH_MIN:
            break
        widths[widest] -= 1
    while _total(widths, places) > width and len(places) > 2:
        if None not in places:
            places[len(places) // 2] = None
        else:
            gap = places.index(None)
            del places[gap - 1 if gap > len(places) - 1 - gap else gap + 1]
    return places


def _total(widths: list[int], places: list[int | None]) -> int:
    return sum((1 if place is None else widths[place]) + 3 for place in places) + 1


def _dim(text: str) -> RenderableType:
    from rich.text import Text

    return Text(text, style="dim")

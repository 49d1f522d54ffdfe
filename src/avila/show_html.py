"""Results as HTML tables, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from avila import cells
from avila.show import count, written

if TYPE_CHECKING:
    from avila.result import Result

CELL_CHARACTERS_MAX = 120
COLUMNS_MAX = 40


def html_table(result: Result, rows: int) -> str:
    """Return the first rows as an HTML table, without taking them."""
    if not result.columns:
        return f"<p>{escape(written(result))}</p>"
    shown, total = result.head(rows)
    columns = result.columns[:COLUMNS_MAX]
    heading = "".join(
        f'<th style="text-align:{_side(column.type)}">{escape(cells.text(column.name))}<br>'
        f'<span style="font-weight:normal;opacity:.6">{escape(cells.short_type(column.type))}</span></th>'
        for column in columns
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{_side(column.type)}">{_cell(value)}</td>'
            for column, value in zip(columns, row[: len(columns)], strict=True)
        )
        + "</tr>"
        for row in shown
    )
    footer = count(len(shown), total, result.counted)
    if len(result.columns) > len(columns):
        footer += f" · {len(result.columns) - len(columns)} of {len(result.columns)} columns hidden"
    return f"<table><thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table><p>{escape(footer)}</p>"


def _side(sql_type: str) -> str:
    return "right" if cells.is_numeric(sql_type) else "left"


def _cell(value: object) -> str:
    shown = cells.text(value)
    if len(shown) > CELL_CHARACTERS_MAX:
        shown = shown[: CELL_CHARACTERS_MAX - 1] + "…"
    return f'<span style="opacity:.5">{cells.NULL}</span>' if value is None else escape(shown)

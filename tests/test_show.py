"""Results as tables, on terminals and in notebooks."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from avila import cells
from avila.show import print_records, print_table

if TYPE_CHECKING:
    import avila


def printed(result: avila.Result, rows: int = 20, width: int = 100) -> str:
    stream = io.StringIO()
    print_table(result, rows, console=Console(file=stream, width=width))
    return stream.getvalue()


def test_a_small_table(memory: avila.Database) -> None:
    assert printed(memory.execute("SELECT 1 AS id, 'Vega' AS name, NULL::DOUBLE AS mag")) == (
        "╭─────────┬─────────┬────────╮\n"
        "│      id │ name    │    mag │\n"
        "│ integer │ varchar │ double │\n"
        "├─────────┼─────────┼────────┤\n"
        "│       1 │ Vega    │   NULL │\n"
        "╰─────────┴─────────┴────────╯\n"
        "1 row\n"
    )


def test_show_takes_no_rows(memory: avila.Database, capsys: pytest.CaptureFixture[str]) -> None:
    result = memory.execute("SELECT i FROM range(300000) t(i)")
    result.show(3)
    result.show(3)
    assert "more than 122,880 rows, 3 shown" in capsys.readouterr().out
    assert sum(batch.num_rows for batch in result.reader()) == 300_000
    counted = memory.execute("SELECT i FROM range(1000) t(i)")
    assert "1,000 rows, 20 shown" in printed(counted)
    assert len(counted.fetchall()) == 1_000
    assert counted.to_arrow().num_rows == 1_000


@pytest.mark.parametrize("width", [30, 80, 200])
def test_what_is_wide_fits(memory: avila.Database, width: int) -> None:
    columns = ", ".join(f"i * {n} AS column_{n}" for n in range(30))
    shown = printed(
        memory.execute(f"SELECT repeat('long ', 100) AS text, {columns} FROM range(2) t(i)"), width=width
    )
    assert all(len(line) <= width for line in shown.splitlines()[:-1])
    assert "…" in shown
    assert "columns hidden" in shown


def test_statements_without_rows(memory: avila.Database) -> None:
    assert printed(memory.execute("CREATE TABLE t (a INTEGER)")) == "done\n"
    assert printed(memory.execute("INSERT INTO t VALUES (1), (2)")) == "2 rows written\n"
    assert "0 rows" in printed(memory.execute("SELECT * FROM t WHERE a > 5"))


def test_rows_one_below_the_other(memory: avila.Database) -> None:
    stream = io.StringIO()
    print_records(
        memory.execute("SELECT 1 AS id, 'x' AS name FROM range(2)"), 20, Console(file=stream, width=40)
    )
    assert stream.getvalue().splitlines()[1:3] == ["  id  1", "name  x"]
    assert "2 rows" in stream.getvalue()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "NULL"),
        (True, "true"),
        (1.0, "1.0"),
        (1 / 3, "0.3333333333"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        ("a\tb\x1b[31m", "a\\tb\\x1b[31m"),
        ("Ωmega ✓", "Ωmega ✓"),
        (b"\x00\xff", "\\x00ff"),
        (dt.datetime(2024, 2, 29, 12), "2024-02-29 12:00:00"),
        ([1, None, "x"], "[1, NULL, 'x']"),
        ({"a": [1.5]}, "{a: [1.5]}"),
        (list(range(25)), "[" + ", ".join(map(str, range(20))) + ", … 5 more]"),
    ],
)
def test_cells(value: object, expected: str) -> None:
    shown = cells.text(value)
    assert shown == expected or shown == expected.replace("{a:", "{'a':")
    assert shown.isprintable()


def test_in_a_notebook(memory: avila.Database) -> None:
    html = memory.execute("SELECT 1 AS id, '<b>&' AS name, NULL AS nothing")._repr_html_()
    assert "<table>" in html
    assert "&lt;b&gt;&amp;" in html
    assert "1 row" in html
    assert "done" in memory.execute("CREATE TABLE t (a INTEGER)")._repr_html_()

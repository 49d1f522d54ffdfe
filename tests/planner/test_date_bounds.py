"""Dates compared with sums of dates and intervals: as dates, with the answers of the kernel's own comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila.kernel.duckdb.engine import DuckDBEngine
from avila.planner.date_bounds import with_date_bounds
from avila.planner.dialect import generate, parse_expression
from avila.planner.leakproof import leakproof

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot import exp

TYPES = {"day": "DATE", "other": "DATE", "moment": "TIMESTAMP"}
DAYS = (
    "1993-12-31",
    "1994-01-01",
    "1994-12-31",
    "1995-01-01",
    "1995-01-02",
    "infinity",
    "-infinity",
    "0001-01-01",
)
YEAR = "DATE '1994-01-01' + INTERVAL '1' YEAR"


def types(column: exp.Column) -> str | None:
    return TYPES.get(column.name)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    """Return a kernel with a table of days around the bound."""
    engine = DuckDBEngine({"threads": 1})
    engine.attach_memory("days")
    rows = ", ".join(f"('{day}', '1994-06-01', '{day}')" for day in DAYS)
    engine.execute("CREATE TABLE days.t (day DATE, other DATE, moment TIMESTAMP)")
    engine.execute(f"INSERT INTO days.t VALUES {rows}, (NULL, NULL, NULL)")
    yield engine
    engine.close()


@pytest.mark.parametrize(
    "text",
    [
        *(f"day {operator} {YEAR}" for operator in ("=", "<>", "<", "<=", ">", ">=")),
        f"{YEAR} > day",
        f"day BETWEEN DATE '1994-01-01' AND {YEAR}",
        f"day < ({YEAR}) AND day >= DATE '1994-01-01'",
        "day >= DATE '1995-04-01' - INTERVAL '90' DAY",
        "NOT day < TIMESTAMP '1995-01-01 00:00:00'",
        "CASE WHEN day > DATE '1993-12-01' + INTERVAL '1 month' THEN day < other END",
    ],
)
def test_bounds_become_dates_and_the_answers_stay(engine: DuckDBEngine, text: str) -> None:
    before = parse_expression(text)
    after = with_date_bounds(before, types)
    assert not leakproof(before, types)
    assert leakproof(after, types)
    assert generate(before) == generate(parse_expression(text)), "the tree that was given is left alone"
    answers = engine.execute(f"SELECT {generate(before)}, {generate(after)} FROM days.t")
    assert all(first == second for first, second in answers)
    assert len({first for first, _ in answers}) > 1


@pytest.mark.parametrize(
    "text",
    [
        "day < DATE '1994-01-01'",
        "day < TIMESTAMP '1995-01-01 10:00:00'",
        f"moment < {YEAR}",
        "day < DATE '1994-01-01' + INTERVAL '1' HOUR",
        f"day BETWEEN {YEAR} AND TIMESTAMP '1995-01-01 10:00:00'",
        f"day BETWEEN {YEAR} AND moment",
        f"unknown < {YEAR}",
        "day < other + INTERVAL '1' YEAR",
    ],
)
def test_what_is_no_date_stays_as_it_is(text: str) -> None:
    tree = parse_expression(text)
    assert with_date_bounds(tree, types) is tree

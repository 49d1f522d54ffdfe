"""What the statement path adds to a statement: parse, bind, authorise, rewrite, cache, history."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from benchmarks.measure import Bar, Comparison
from benchmarks.rounds import alternate, timed
from benchmarks.stores import open_avila, open_duckdb

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.bench import Bench
    from benchmarks.rounds import Timed

TITLE = "What a statement costs beyond the kernel"
ABOUT = (
    "`execute(…).fetchone()` on a session and on a bare connection. A repeated statement finds its plan "
    "in the cache; a new text is parsed, checked, rewritten and generated. The kernel's own parse of the "
    "text is part of the peer's time; in the rows called *prepared* the peer keeps the parsed statement, "
    "as Avila does."
)
BAR = Bar("added_s", 60e-6)
POINT = "SELECT value FROM item WHERE id = ?"
ROWS = 100_000


def run(bench: Bench) -> list[Comparison]:
    """Compare repeated and new statements, of the cheapest kind and of a point read."""
    make = ("CREATE TABLE item (id BIGINT PRIMARY KEY, value DOUBLE)",
            f"INSERT INTO item SELECT i, i / 7 FROM range({ROWS}) AS numbers(i)")  # fmt: skip
    rounds, calls = bench.rounds_of(60, quick=10), bench.size(150, 100)
    numbers = itertools.count()
    with open_avila(bench.scratch / "avila") as db, open_duckdb(bench.scratch / "bare.db") as bare:
        for text in make:
            db.execute(text)
            bare.execute(text)
        (one,), (point,) = bare.extract_statements("SELECT 1"), bare.extract_statements(POINT)
        ours, theirs = db.execute, bare.execute
        found = []

        def compare(what: str, peer: str, avila: Timed, other: Timed, bar: Bar | None) -> None:
            times = alternate(rounds, {"avila": avila, "peer": other})
            found.append(Comparison(what, peer, times["avila"], times["peer"], bar))

        def each(run: Callable[[int], object]) -> Timed:
            return timed(lambda: run(next(numbers)), repeat=calls)

        def fresh(run: Callable[[int], object]) -> Timed:
            return timed(lambda: run(next(numbers)), repeat=calls // 5)

        same = each(lambda _: ours("SELECT 1").fetchone())
        read = each(lambda number: ours(POINT, [number % ROWS]).fetchone())
        new = fresh(lambda number: ours(f"SELECT {number}").fetchone())
        new_read = fresh(lambda number: ours(_point(number)).fetchone())
        compare("SELECT 1, repeated", "DuckDB", same, each(lambda _: theirs("SELECT 1").fetchone()), BAR)
        compare("SELECT 1, repeated", "DuckDB, prepared", same, each(lambda _: theirs(one).fetchone()), BAR)
        compare("point read, repeated", "DuckDB", read,
                each(lambda number: theirs(POINT, [number % ROWS]).fetchone()), BAR)  # fmt: skip
        compare("point read, repeated", "DuckDB, prepared", read,
                each(lambda number: theirs(point, [number % ROWS]).fetchone()), BAR)  # fmt: skip
        compare("SELECT n, new text", "DuckDB", new,
                fresh(lambda number: theirs(f"SELECT {number}").fetchone()), None)  # fmt: skip
        compare("point read, new text", "DuckDB", new_read,
                fresh(lambda number: theirs(_point(number)).fetchone()), None)  # fmt: skip
    return found


def _point(number: int) -> str:
    """Return a text that was not seen before, whose key exists."""
    return f"SELECT value, {number} AS run FROM item WHERE id = {number % ROWS}"

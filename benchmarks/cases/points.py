"""Point reads and committed single-row inserts: what a transactional program asks of a database."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Comparison
from benchmarks.rounds import alternate, timed
from benchmarks.stores import open_avila, open_duckdb

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.bench import Bench
    from benchmarks.rounds import Timed

TITLE = "Point reads and single-row commits"
ABOUT = (
    "A table of one million rows with a primary key. Reads take one row by key; inserts write one row and "
    "commit, so each waits for the disk, except where SQLite runs with synchronous=NORMAL: that may lose "
    "the last commits. DuckDB's file is encrypted as Avila's is, SQLite's is not. SQLite needs no "
    "planning and no vectors for one row: that is its home ground, shown here so that nobody has to "
    "guess."
)
SELECT = "SELECT value, kind FROM item WHERE id = ?"
INSERT = "INSERT INTO item VALUES (?, ?, ?)"


def run(bench: Bench) -> list[Comparison]:
    """Compare reads and inserts with each peer."""
    rows = bench.size(1_000_000, 100_000)
    rounds, calls = bench.rounds_of(15, quick=4), bench.size(200, 50)
    with ExitStack() as stack:
        execute = _open(bench.scratch, rows, stack)
        # 7919 is prime to the number of rows: keys come from all over the table, each once.
        keys = {name: (step * 7919 % rows for step in itertools.count()) for name in execute}
        fresh = {name: itertools.count(rows) for name in execute}

        def read(name: str) -> Timed:
            run = execute[name]
            return timed(lambda: run(SELECT, [next(keys[name])]).fetchone(), repeat=calls)

        def insert(name: str) -> Timed:
            run = execute[name]
            return timed(lambda: run(INSERT, [next(fresh[name]), 1.5, "new"]), repeat=calls)

        reads = alternate(rounds, {name: read(name) for name in execute if name != "SQLite, NORMAL"})
        inserts = alternate(rounds, {name: insert(name) for name in execute})
    return [
        Comparison(what, peer, times["Avila"], times[peer])
        for what, times in (("point read", reads), ("single-row insert", inserts))
        for peer in times
        if peer != "Avila"
    ]


def _open(scratch: Path, rows: int, stack: ExitStack) -> dict[str, Callable[..., Any]]:
    """Fill the same table everywhere; return how each runs a statement."""
    fill = f"INSERT INTO item SELECT i, i / 7, 'kind ' || i % 10 FROM range({rows}) AS numbers(i)"
    create = "CREATE TABLE item (id BIGINT PRIMARY KEY, value DOUBLE, kind VARCHAR)"
    db = stack.enter_context(open_avila(scratch / "avila"))
    bare = stack.enter_context(open_duckdb(scratch / "bare.db"))
    for kernel in (db, bare):
        kernel.execute(create)
        kernel.execute(fill)
        kernel.execute("CHECKPOINT" if kernel is db else "CHECKPOINT native")
    execute = {"Avila": db.execute, "DuckDB": bare.execute}
    for mode in ("FULL", "NORMAL"):
        lite = sqlite3.connect(scratch / f"{mode}.sqlite", isolation_level=None)
        stack.callback(lite.close)
        lite.execute("PRAGMA journal_mode=WAL")
        lite.execute(f"PRAGMA synchronous={mode}")
        lite.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, value REAL, kind TEXT)")
        with lite:
            lite.execute("BEGIN")
            lite.executemany(INSERT, ((key, key / 7, f"kind {key % 10}") for key in range(rows)))
        execute[f"SQLite, {mode}"] = lite.execute
    return execute

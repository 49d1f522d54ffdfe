"""TPC-H, all 22 queries, through the whole statement path and on the bare kernel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import duckdb

from avila.kernel.duckdb.wheels import extension_path
from avila.planner.dialect import generate, parse
from benchmarks.measure import Bar, Comparison
from benchmarks.rounds import alternate, timed
from benchmarks.stores import open_avila, open_duckdb

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    import avila
    from benchmarks.bench import Bench

TITLE = "TPC-H, 22 queries"
ABOUT = (
    "Scale factor 1, all results fetched as Arrow. Both sides hold the tables in an encrypted DuckDB file "
    "with the same settings; Avila parses, checks and rewrites each query, and runs the SQL it generated."
)
BAR = Bar("ratio", 1.05)


def run(bench: Bench) -> list[Comparison]:
    """Compare each query, the sum of all, and the loading of the tables."""
    rows = bench.once("tpch", lambda folder: generate_tables(folder, 0.1 if bench.quick else 1))
    texts = queries()
    with open_avila(bench.scratch / "avila") as db, open_duckdb(bench.scratch / "bare.db") as bare:
        tables = sorted(path.stem for path in rows.glob("*.parquet"))
        for table in tables:
            load = f"CREATE TABLE {table} AS FROM read_parquet('{rows / table}.parquet')"
            db.execute(load)
            bare.execute(load)
        db.execute("CHECKPOINT")
        bare.execute("CHECKPOINT native")
        same_plans = sum(_same_plan(bare, query) for query in texts.values())
        times = {}
        for number, query in texts.items():
            ours, theirs = _ours(db, query), _theirs(bare, query)
            assert ours.equals(theirs), f"query {number} answers differently"
            contenders = {
                "avila": timed(partial(_ours, db, query)),
                "bare": timed(partial(_theirs, bare, query)),
            }
            times[number] = alternate(bench.rounds_of(5, quick=3), contenders, warm_up=False)
    totals = {side: [sum(round_) for round_ in zip(*(found[side] for found in times.values()), strict=True)]
              for side in ("avila", "bare")}  # fmt: skip
    note = f"the kernel plans {same_plans} of {len(texts)} generated queries exactly as the original text"
    total = Comparison("all 22 queries", "DuckDB", totals["avila"], totals["bare"], BAR, note)
    single = [
        Comparison(f"query {number}", "DuckDB", found["avila"], found["bare"])
        for number, found in times.items()
    ]
    return [total, *single]


def _ours(db: avila.Database, query: str) -> pa.Table:
    return db.execute(query).to_arrow()


def _theirs(bare: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    return bare.execute(query).to_arrow_table()


def generate_tables(folder: Path, scale: float) -> None:
    folder.mkdir()
    with _generator() as generator:
        generator.execute(f"CALL dbgen(sf={scale})")
        for (table,) in generator.execute("SHOW TABLES").fetchall():
            generator.execute(f"COPY {table} TO '{folder / table}.parquet'")


def queries() -> dict[int, str]:
    with _generator() as generator:
        return dict(generator.execute("FROM tpch_queries()").fetchall())


def _generator() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"LOAD '{extension_path('tpch')}'")
    return connection


def _same_plan(bare: duckdb.DuckDBPyConnection, query: str) -> bool:
    """Whether the kernel plans what Avila generates as it plans the query: join order, filters, estimates."""
    (tree,) = parse(query)
    original, generated = (bare.execute(f"EXPLAIN {text}").fetchall() for text in (query, generate(tree)))
    return bool(original == generated)

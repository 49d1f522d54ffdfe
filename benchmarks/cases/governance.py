"""TPC-H as a role that ten row policies and five masks hold for, beside the same written by hand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.cases.tpch import generate_tables, queries
from benchmarks.measure import Bar, Comparison
from benchmarks.rounds import alternate, timed
from benchmarks.stores import open_avila, open_duckdb

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    import avila
    from benchmarks.bench import Bench

TITLE = "Governed: TPC-H under ten row policies and five masks"
ABOUT = (
    "Scale factor 1. A role that may read the tables but sees a part of their rows, and five columns masked. The peer "
    "is the bare kernel with the same conditions and masks written by hand into views, which it inlines. Both hold the "
    "tables in an encrypted DuckDB file. A repeated statement is a point read by a parameter, under a policy."
)
BAR = Bar("ratio", 1.15)
POINT_BAR = Bar("added_s", 80e-6)

POLICIES = {
    "customer": ("c_mktsegment <> 'MACHINERY'",),
    "lineitem": ("l_shipmode <> 'FOB'", "l_quantity <= 49"),
    "nation": ("n_name <> 'VIETNAM'",),
    "orders": ("o_orderpriority <> '5-LOW'", "o_orderdate >= DATE '1992-02-01'"),
    "part": ("p_size <= 48",),
    "partsupp": ("ps_availqty > 100",),
    "region": ("r_name <> 'MIDDLE EAST'",),
    "supplier": ("s_nationkey <> 7",),
}
MASKS = {
    ("customer", "c_phone"): "left({}, 2) || '-***'",
    ("customer", "c_address"): "'***'",
    ("orders", "o_clerk"): "left({}, 6) || '***'",
    ("supplier", "s_phone"): "left({}, 2) || '-***'",
    ("supplier", "s_address"): "'***'",
}
POINT = "SELECT o_totalprice FROM orders WHERE o_orderkey = ?"


def run(bench: Bench) -> list[Comparison]:
    """Compare each query, the sum of all, and a repeated point read."""
    rows = bench.once("tpch", lambda folder: generate_tables(folder, 0.1 if bench.quick else 1))
    with open_avila(bench.scratch / "avila") as db, open_duckdb(bench.scratch / "bare.db") as bare:
        for table in sorted(path.stem for path in rows.glob("*.parquet")):
            load = f"CREATE TABLE {table} AS FROM read_parquet('{rows / table}.parquet')"
            for side in (db, bare):
                side.execute(load)
        for side in (db, bare):
            side.execute("CREATE UNIQUE INDEX orders_key ON orders (o_orderkey)")
        db.execute("CHECKPOINT")
        bare.execute("CHECKPOINT native")
        _govern(db)
        _write_by_hand(bare)
        with db.session(role="analyst") as analyst:
            times = {}
            for number, query in queries().items():
                ours, theirs = _ours(analyst, query), _theirs(bare, query)
                assert ours.equals(theirs), f"query {number} answers differently"
                contenders = {
                    "avila": timed(partial(_ours, analyst, query)),
                    "bare": timed(partial(_theirs, bare, query)),
                }
                times[number] = alternate(bench.rounds_of(5, quick=3), contenders, warm_up=False)
            point = alternate(
                bench.rounds_of(60, quick=10),
                {
                    "avila": timed(lambda: analyst.execute(POINT, [7]).fetchone(), repeat=150),
                    "bare": timed(lambda: bare.execute(POINT, [7]).fetchone(), repeat=150),
                },
            )
    totals = {
        side: [sum(round_) for round_ in zip(*(found[side] for found in times.values()), strict=True)]
        for side in ("avila", "bare")
    }
    total = Comparison("all 22 queries", "DuckDB, by hand", totals["avila"], totals["bare"], BAR)
    single = [
        Comparison(f"query {number}", "DuckDB, by hand", found["avila"], found["bare"])
        for number, found in times.items()
    ]
    read = Comparison(
        "governed point read, repeated", "DuckDB, by hand", point["avila"], point["bare"], POINT_BAR
    )
    return [total, read, *single]


def _govern(db: avila.Database) -> None:
    db.execute("CREATE ROLE analyst; GRANT SELECT ON ALL TABLES IN SCHEMA main TO analyst")
    for table, conditions in POLICIES.items():
        db.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for number, condition in enumerate(conditions):
            kind = "PERMISSIVE" if number == 0 else "RESTRICTIVE"
            db.execute(
                f"CREATE POLICY p{number} ON {table} AS {kind} FOR SELECT TO analyst USING ({condition})"
            )
    for number, ((table, column), body) in enumerate(MASKS.items()):
        db.execute(
            f"CREATE MASKING POLICY m{number} AS (val VARCHAR) RETURNS VARCHAR -> {body.format('val')};"
            f"ALTER TABLE {table} ALTER COLUMN {column} SET MASKING POLICY m{number}"
        )


def _write_by_hand(bare: duckdb.DuckDBPyConnection) -> None:
    bare.execute("CREATE SCHEMA governed")
    for table, conditions in POLICIES.items():
        masks = ", ".join(
            f"{body.format(column)} AS {column}" for (of, column), body in MASKS.items() if of == table
        )
        shown = f"* REPLACE ({masks})" if masks else "*"
        where = " AND ".join(f"({condition})" for condition in conditions)
        bare.execute(f"CREATE VIEW governed.{table} AS SELECT {shown} FROM main.{table} WHERE {where}")
    bare.execute("USE native.governed")


def _ours(session: avila.Session, query: str) -> pa.Table:
    return session.execute(query).to_arrow()


def _theirs(bare: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    return bare.execute(query).to_arrow_table()

"""Group-by and join of data frames, after H2O's db-benchmark, against Polars and pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

import avila
from benchmarks.measure import Comparison
from benchmarks.rounds import alternate, timed
from benchmarks.stores import open_avila

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from benchmarks.bench import Bench

TITLE = "Data frames: group-by and join"
ABOUT = (
    "After H2O's db-benchmark: ten million rows, keys of 100 and of 100,000 values. Avila answers SQL "
    "over a native table (*stored*) and over an Arrow table in memory (*frame*); every side ends with a "
    "frame of its own."
)
GROUPS = {
    "sum by 100 texts": "SELECT id1, sum(v1) AS v1 FROM {x} GROUP BY id1",
    "mean by two keys": "SELECT id4, id5, avg(v1) AS v1, avg(v3) AS v3 FROM {x} GROUP BY id4, id5",
    "sum by 100,000 numbers": "SELECT id6, sum(v1) AS v1, sum(v3) AS v3 FROM {x} GROUP BY id6",
}
JOINS = {
    "join with a small table": "SELECT x.id6, x.v1, s.v2 FROM {x} AS x JOIN {small} AS s ON x.id4 = s.id4",
    "join with a medium table": "SELECT x.id4, x.v1, m.v2 FROM {x} AS x JOIN {medium} AS m ON x.id6 = m.id6",
}


def run(bench: Bench) -> list[Comparison]:
    """Compare each question with both libraries, stored and in memory."""
    rows = bench.size(10_000_000, 1_000_000)
    folder = bench.once(f"frames-{rows}", lambda path: _generate(path, rows))
    arrow = {name: pq.read_table(folder / f"{name}.parquet") for name in ("x", "small", "medium")}
    polars = {name: pl.from_arrow(table) for name, table in arrow.items()}
    pandas = {name: table.to_pandas() for name, table in arrow.items()}
    questions = _polars_questions(polars), _pandas_questions(pandas)
    found = []
    with open_avila(bench.scratch / "avila") as db:
        for name, frame in arrow.items():
            db.sql(f"CREATE TABLE stored_{name} AS SELECT * FROM frame", frame=frame)
            db.register(f"frame_{name}", frame)
        db.execute("CHECKPOINT")
        for what, sql in (GROUPS | JOINS).items():
            stored, frame = (
                sql.format(**{name: f"{place}_{name}" for name in arrow}) for place in ("stored", "frame")
            )
            answers = (db.execute(stored), db.execute(frame), *(question[what]() for question in questions))
            heights = [_height(answer) for answer in answers]
            assert len(set(heights)) == 1, f"{what} has {heights} rows"
            contenders = {
                "stored": timed(lambda sql=stored: db.execute(sql).to_arrow()),
                "frame": timed(lambda sql=frame: db.execute(sql).to_arrow()),
                "Polars": timed(questions[0][what]),
                "pandas": timed(questions[1][what]),
            }
            times = alternate(bench.rounds_of(5), contenders)
            found += [
                Comparison(f"{what}, {place}", peer, times[place], times[peer])
                for peer in ("Polars", "pandas")
                for place in ("stored", "frame")
            ]
    return found


def _height(answer: object) -> int:
    """Return how many rows any of the libraries' answers has."""
    return answer.to_arrow().num_rows if isinstance(answer, avila.Result) else len(answer)  # type: ignore[arg-type]


def _polars_questions(frames: dict[str, pl.DataFrame]) -> dict[str, Callable[[], object]]:
    x, small, medium = (frames[name].lazy() for name in ("x", "small", "medium"))
    plans = (
        x.group_by("id1").agg(pl.col("v1").sum()),
        x.group_by("id4", "id5").agg(pl.col("v1").mean(), pl.col("v3").mean()),
        x.group_by("id6").agg(pl.col("v1").sum(), pl.col("v3").sum()),
        x.join(small, on="id4").select("id6", "v1", "v2"),
        x.join(medium, on="id6").select("id4", "v1", "v2"),
    )
    return dict(zip(GROUPS | JOINS, [plan.collect for plan in plans], strict=True))


def _pandas_questions(frames: dict[str, pd.DataFrame]) -> dict[str, Callable[[], object]]:
    x, small, medium = (frames[name] for name in ("x", "small", "medium"))
    calls = (
        lambda: x.groupby("id1", as_index=False, sort=False).agg({"v1": "sum"}),
        lambda: x.groupby(["id4", "id5"], as_index=False, sort=False).agg({"v1": "mean", "v3": "mean"}),
        lambda: x.groupby("id6", as_index=False, sort=False).agg({"v1": "sum", "v3": "sum"}),
        lambda: x[["id4", "id6", "v1"]].merge(small, on="id4")[["id6", "v1", "v2"]],
        lambda: x[["id4", "id6", "v1"]].merge(medium, on="id6")[["id4", "v1", "v2"]],
    )
    return dict(zip(GROUPS | JOINS, calls, strict=True))


def _generate(folder: Path, rows: int) -> None:
    """Write the tables; a tenth of the keys of x is in neither of the others."""
    random = np.random.default_rng(20)
    many = rows // 100
    texts = pa.array([f"id{number:03}" for number in range(100)])
    folder.mkdir()
    columns = {
        "id1": texts.take(pa.array(random.integers(0, 100, rows))),
        "id4": random.integers(0, 100, rows, dtype=np.int32),
        "id5": random.integers(0, 100, rows, dtype=np.int32),
        "id6": random.integers(0, many, rows, dtype=np.int32),
        "v1": random.integers(1, 6, rows, dtype=np.int32),
        "v3": random.random(rows) * 100,
    }
    pq.write_table(pa.table(columns), folder / "x.parquet")
    for name, key, values in (("small", "id4", 100), ("medium", "id6", many)):
        keys = random.permutation(values)[: values * 9 // 10].astype(np.int32)
        pq.write_table(pa.table({key: keys, "v2": random.random(len(keys))}), folder / f"{name}.parquet")

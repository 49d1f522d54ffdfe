"""Ten million rows into a table and out of it, and how much memory a streamed answer takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.measure import Comparison
from benchmarks.rounds import alternate, timed
from benchmarks.stores import open_avila, open_duckdb

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    import avila
    from benchmarks.bench import Bench

TITLE = "Bulk load and export"
ABOUT = (
    "Ten million rows of five columns: two integers, a float, a timestamp and a short text. A load is one "
    "CREATE TABLE AS, committed to the encrypted file."
)
BATCH_ROWS = 122_880


def run(bench: Bench) -> list[Comparison]:
    """Compare loads from Arrow and Parquet, exports to both, and the memory a stream takes."""
    rows = bench.size(10_000_000, 1_000_000)
    file = bench.once(f"bulk-{rows}.parquet", lambda path: pq.write_table(_table(rows), path))
    frame = pq.read_table(file)
    rounds = bench.rounds_of(4)
    with open_avila(bench.scratch / "avila") as db, open_duckdb(bench.scratch / "bare.db") as bare:
        bare.register("frame", frame)
        found = []

        def compare(what: str, ours: Callable[[], object], theirs: Callable[[], object],
                    before: str = "SELECT 1", note: str = "") -> None:  # fmt: skip
            contenders = {
                "avila": timed(ours, lambda: db.execute(before)),
                "bare": timed(theirs, lambda: bare.execute(before)),
            }
            times = alternate(rounds, contenders)
            found.append(Comparison(what, "DuckDB", times["avila"], times["bare"], note=note))

        drop = "DROP TABLE IF EXISTS bulk"
        load = "CREATE TABLE bulk AS SELECT * FROM frame"
        compare("load from Arrow", lambda: db.sql(load, frame=frame), lambda: bare.execute(load), drop)
        read = f"CREATE TABLE bulk AS SELECT * FROM read_parquet('{file}')"
        compare("load from Parquet", lambda: db.execute(read), lambda: bare.execute(read), drop)
        # First, while nothing that an earlier answer gave back could hide what this one takes.
        db.execute("CHECKPOINT")
        grown = _growth(_avila_stream(db))
        note = (
            f"resident memory grew by at most {grown:.0f} MB while {rows:,} rows ({frame.nbytes / 1e6:.0f} MB) "
            "went by"
        )
        compare("stream as Arrow batches", lambda: _drain(_avila_stream(db)),
                lambda: _drain(_bare_stream(bare)), note=note)  # fmt: skip
        query = "SELECT * FROM bulk"
        compare("fetch as one Arrow table", lambda: db.execute(query).to_arrow(),
                lambda: bare.execute(query).to_arrow_table())  # fmt: skip
        ours, theirs = (f"COPY bulk TO '{bench.scratch / name}.parquet'" for name in ("avila", "bare"))
        compare("export to Parquet", lambda: db.execute(ours), lambda: bare.execute(theirs))
    return found


def _table(rows: int) -> pa.Table:
    numbers = pa.array(range(rows), pa.int64())
    kinds = pa.array([f"kind {number}" for number in range(100)])
    hashed = pc.bit_wise_and(pc.multiply(numbers, 2_654_435_761), 0xFFFFFF)
    return pa.table({
        "id": numbers,
        "owner": hashed,
        "value": pc.divide(hashed.cast(pa.float64()), 7.0),
        "at": pc.multiply(numbers, 1_000_000).cast(pa.timestamp("us")),
        "kind": kinds.take(pc.subtract(numbers, pc.multiply(pc.divide(numbers, 100), 100))),
    })  # fmt: skip


def _avila_stream(db: avila.Database) -> pa.RecordBatchReader:
    return db.execute("SELECT * FROM bulk").reader(BATCH_ROWS)


def _bare_stream(bare: duckdb.DuckDBPyConnection) -> pa.RecordBatchReader:
    return bare.execute("SELECT * FROM bulk").to_arrow_reader(BATCH_ROWS)


def _drain(stream: pa.RecordBatchReader) -> int:
    return sum(batch.num_rows for batch in stream)


def _growth(stream: pa.RecordBatchReader) -> float:
    """Return by how many megabytes the process grew at most while the stream was read."""
    process = psutil.Process()
    start = process.memory_info().rss
    return max((process.memory_info().rss - start for _ in stream), default=0) / 1e6

"""New data keys for a gigabyte while a writer runs: how long it takes, and how long anybody waits."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.measure import Comparison
from benchmarks.stores import open_avila, open_duckdb

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    import avila
    from benchmarks.bench import Bench

TITLE = "New keys for a gigabyte, with a writer running"
ABOUT = (
    "A table of twenty million rows, eight columns, one gigabyte encrypted; one session inserts a row a statement and "
    "commits, another scans. The peer copies its file to one with another key, with COPY FROM DATABASE, while nobody "
    "writes: with a writer it would miss what is written meanwhile. The longest waits are those of single statements, "
    "during a rotation and in as long a time before it."
)
ROTATE = "ALTER DATABASE ROTATE DATA KEYS"
FILL = (
    "CREATE TABLE big AS SELECT range AS i, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e, "
    "random() AS f, random() AS g FROM range({rows})"
)
BEFORE_S = 3.0


@dataclass
class Work:
    """A session that repeats a statement, and how long the longest took since it was last asked."""

    db: avila.Database
    sql: str
    longest_s: float = 0.0
    done: int = 0
    failures: list[BaseException] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Repeat the statement until told to stop."""
        with self.db.session() as session:
            while not self.stopping.is_set():
                began = time.perf_counter()
                try:
                    session.execute(self.sql).fetchall()
                except Exception as error:  # noqa: BLE001 (whatever fails is what the bar forbids)
                    self.failures.append(error)
                    return
                self.longest_s = max(self.longest_s, time.perf_counter() - began)
                self.done += 1

    def longest(self) -> float:
        """Return the longest time, and begin anew."""
        longest, self.longest_s = self.longest_s, 0.0
        return longest


def run(bench: Bench) -> list[Comparison]:
    """Rotate with a writer and a reader at work, and copy with the bare kernel."""
    rows, rounds = bench.size(20_000_000, 500_000), bench.rounds_of(5)
    rotations: list[float] = []
    copies: list[float] = []
    waits: dict[str, tuple[list[float], list[float]]] = {"insert": ([], []), "scan": ([], [])}
    with ExitStack() as stack:
        db = stack.enter_context(open_avila(bench.scratch / "avila"))
        bare = stack.enter_context(open_duckdb(bench.scratch / "bare.db"))
        for kernel in (db, bare):
            kernel.execute(FILL.format(rows=rows))
        db.execute("CHECKPOINT; CREATE TABLE written (i BIGINT)")
        bare.execute("CHECKPOINT native")
        size = (bench.scratch / "avila" / "avila.db").stat().st_size
        work = {
            "insert": Work(db, "INSERT INTO written VALUES (1)"),
            "scan": Work(db, "SELECT sum(a) FROM big"),
        }
        threads = [threading.Thread(target=each.run, daemon=True) for each in work.values()]
        for thread in threads:
            thread.start()
        for number in range(rounds):
            _ = [each.longest() for each in work.values()]
            time.sleep(BEFORE_S)
            for name, each in work.items():
                waits[name][1].append(each.longest())
            rotations.append(_timed(lambda: db.execute(ROTATE).fetchall()))
            for name, each in work.items():
                waits[name][0].append(each.longest())
            copies.append(_copy(bare, bench.scratch / f"copy-{number}.db"))
        for each in work.values():
            each.stopping.set()
        for thread in threads:
            thread.join()
        _check(db, work)
    note = f"{size / 1e6:,.0f} MB; {work['insert'].done:,} inserts and {work['scan'].done:,} scans went on, none failed"
    return [
        Comparison("re-encrypt", "DuckDB, COPY FROM DATABASE", rotations, copies, note=note),
        *(
            Comparison(f"longest {name} during a rotation", "before it", during, before)
            for name, (during, before) in waits.items()
        ),
    ]


def _check(db: avila.Database, work: dict[str, Work]) -> None:
    """No statement failed, and no commit is missing."""
    for name, each in work.items():
        if each.failures:
            raise AssertionError(f"{name} failed") from each.failures[0]
    assert db.execute("SELECT count(*) FROM written").fetchall() == [(work["insert"].done,)]


def _copy(bare: duckdb.DuckDBPyConnection, path: Path) -> float:
    """Copy the bare kernel's file to one with another key, to the last byte on the disk."""

    def copy() -> None:
        bare.execute(f"ATTACH '{path}' AS other (ENCRYPTION_KEY '{'k' * 32}')")
        bare.execute("COPY FROM DATABASE native TO other")
        bare.execute("CHECKPOINT other")

    took = _timed(copy)
    bare.execute("DETACH other")
    path.unlink()
    return took


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began

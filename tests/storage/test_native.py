"""The native store: constraints, indexes, and a log and checkpoints that Avila alone decides about."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from typing import TYPE_CHECKING

import pytest

import avila
from avila import errors

if TYPE_CHECKING:
    from pathlib import Path


def test_constraints_hold(db: avila.Database) -> None:
    db.sql("CREATE TABLE kind (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL UNIQUE)")
    db.sql(
        "CREATE TABLE star (id INTEGER PRIMARY KEY, kind INTEGER REFERENCES kind (id), mag DOUBLE CHECK (mag < 30))"
    )
    db.sql("INSERT INTO kind VALUES (1, 'RR Lyrae')")
    db.sql("INSERT INTO star VALUES (1, 1, 7.5)")
    for sql, condition in [
        ("INSERT INTO kind VALUES (1, 'other')", errors.UniqueViolation),
        ("INSERT INTO kind VALUES (2, 'RR Lyrae')", errors.UniqueViolation),
        ("INSERT INTO kind VALUES (2, NULL)", errors.NotNullViolation),
        ("INSERT INTO star VALUES (2, 9, 7.5)", errors.ForeignKeyViolation),
        ("DELETE FROM kind WHERE id = 1", errors.ForeignKeyViolation),
        ("INSERT INTO star VALUES (3, 1, 31)", errors.CheckViolation),
    ]:
        with pytest.raises(condition):
            db.sql(sql)
    assert db.sql("SELECT count(*) FROM star").fetchone() == (1,)


def test_indexes_are_used_and_survive(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db") as db:
        db.sql("CREATE TABLE t AS SELECT i AS id, i % 7 AS k FROM range(100000) r(i)")
        db.sql("CREATE UNIQUE INDEX by_id ON t (id)")
    with avila.connect(tmp_path / "db") as db:
        plan = db.sql("EXPLAIN SELECT k FROM t WHERE id = 777").fetchall()[0][1]
        assert "Index Scan" in plan.replace("_", " ").title() or "777" in plan
        assert db.sql("SELECT k FROM t WHERE id = 777").fetchone() == (0,)
        with pytest.raises(errors.UniqueViolation):
            db.sql("INSERT INTO t VALUES (777, 0)")


def test_the_log_grows_until_avila_checkpoints(tmp_path: Path) -> None:
    log = tmp_path / "db" / "avila.db.wal"
    with avila.connect(tmp_path / "db", checkpoint_interval_s=0) as db:
        db.sql("CREATE TABLE t (n INTEGER, filler VARCHAR)")
        # Twenty megabytes, past the size at which the kernel by itself would checkpoint.
        for _ in range(20):
            db.sql("INSERT INTO t SELECT i, repeat('x', 1000) FROM range(1000) r(i)")
        assert log.stat().st_size > 16 * 2**20
        db.sql("CHECKPOINT")
        assert not log.exists() or log.stat().st_size < 10_000
        db.sql("INSERT INTO t VALUES (1, 'y')")
        assert log.stat().st_size > 0
    assert not log.exists(), "closing checkpoints"


def test_the_service_checkpoints_a_log_that_has_grown(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db", checkpoint_log_bytes=100_000, checkpoint_interval_s=0) as db:
        maintenance = db._link._instance.maintenance
        db.sql("CREATE TABLE t (filler VARCHAR)")
        assert not maintenance.checkpoint_if_due()
        for _ in range(200):
            db.sql("INSERT INTO t VALUES (repeat('x', 1000))")
        assert maintenance.checkpoint_if_due()
        assert not maintenance.checkpoint_if_due()
        assert db.sql("SELECT count(*) FROM t").fetchone() == (200,)


ALTERS = {
    "a default that is a function": "ALTER TABLE t ALTER COLUMN a SET DEFAULT random() * 10",
    "a column with a default": "ALTER TABLE t ADD COLUMN z DOUBLE DEFAULT random()",
    "a rename with a check": "ALTER TABLE t RENAME COLUMN b TO bb",
    "a generated column's neighbour": "ALTER TABLE t ADD COLUMN y INTEGER",
    "not null": "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
    "another type": "ALTER TABLE t ALTER COLUMN c SET DATA TYPE FLOAT",
    "a type of the user's": "ALTER TABLE t ALTER COLUMN m SET DATA TYPE mood USING m::mood",
    "a primary key": "ALTER TABLE t ADD PRIMARY KEY (a)",
    "a new name": "ALTER TABLE t RENAME TO t2",
}


@pytest.mark.parametrize("alter", ALTERS.values(), ids=ALTERS.keys())
@pytest.mark.parametrize("in_transaction", [False, True], ids=["by itself", "in a transaction"])
def test_an_acknowledged_alter_survives_a_kill(tmp_path: Path, alter: str, in_transaction: bool) -> None:
    script = textwrap.dedent(f"""
        import os, signal, avila
        db = avila.connect({str(tmp_path / "db")!r}, checkpoint_interval_s=0, lake=False)
        db.sql("CREATE TYPE mood AS ENUM ('calm', 'wild')")
        db.sql("CREATE TABLE t (a INTEGER, b INTEGER CHECK (b > 0), c DOUBLE DEFAULT random(), g INTEGER AS (a + 1), m VARCHAR)")
        db.sql("INSERT INTO t (a, b, m) VALUES (1, 1, 'calm'), (2, 2, 'wild')")
        if {in_transaction}:
            with db.transaction():
                db.sql({alter!r})
        else:
            db.sql({alter!r})
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    child = subprocess.run(
        [sys.executable, "-c", script], check=False, env=os.environ, capture_output=True, text=True
    )
    if in_transaction and "mood" in alter:
        # Its log could not be replayed, and a transaction's log cannot be kept apart: so it is refused.
        assert (
            "FeatureNotSupported: a column cannot get a type of the user's inside a transaction"
            in child.stderr
        )
    else:
        assert child.returncode == -signal.SIGKILL, child.stderr
    with avila.connect(tmp_path / "db", lake=False) as db:
        assert db.sql(f"SELECT count(*) FROM {'t2' if 'RENAME TO' in alter else 't'}").fetchone() == (2,)


@pytest.mark.parametrize("alter", [ALTERS["a type of the user's"], ALTERS["another type"]])
def test_an_alter_that_is_cut_short_is_undone(tmp_path: Path, alter: str) -> None:
    """The child dies between the ALTER and the checkpoint after it, when the log may be one that does not replay."""
    script = textwrap.dedent(f"""
        import os, signal, avila
        from avila.storage.stores import NativeStore
        db = avila.connect({str(tmp_path / "db")!r}, checkpoint_interval_s=0, lake=False)
        db.sql("CREATE TYPE mood AS ENUM ('calm', 'wild')")
        db.sql("CREATE TABLE t (a INTEGER, c DOUBLE, m VARCHAR)")
        db.sql("INSERT INTO t VALUES (1, 1, 'calm')")
        folds = []
        fold = NativeStore.fold
        def die_at_the_second(store, wait_ms=0):
            folds.append(store)
            if len(folds) == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            fold(store, wait_ms)
        NativeStore.fold = die_at_the_second
        db.sql({alter!r})
    """)
    child = subprocess.run(
        [sys.executable, "-c", script], check=False, env=os.environ, capture_output=True, text=True
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert (tmp_path / "db" / "avila.db.altering").exists()
    with avila.connect(tmp_path / "db", lake=False) as db:
        assert db.sql("SELECT a, m::VARCHAR FROM t").fetchall() == [(1, "calm")]
        db.sql("INSERT INTO t VALUES (2, 2, 'wild')")
    assert not (tmp_path / "db" / "avila.db.altering").exists()
    with avila.connect(tmp_path / "db", lake=False) as db:
        assert db.sql("SELECT count(*) FROM t").fetchone() == (2,)


def test_an_alter_waits_for_readers_that_began_before(db: avila.Database) -> None:
    """The kernel refuses the checkpoint after an ALTER while such readers are at work."""
    db.sql("CREATE TABLE big AS SELECT range AS n, random() AS r FROM range(500000)")
    db.sql("CREATE TABLE t (n INTEGER)")
    stopping = threading.Event()

    def scan() -> None:
        with db.session() as session:
            while not stopping.is_set():
                session.execute("SELECT count(*), max(r) FROM big").fetchall()

    readers = [threading.Thread(target=scan, daemon=True) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for number in range(10):
            db.sql(f"ALTER TABLE t ADD COLUMN c{number} INTEGER DEFAULT 1")
    finally:
        stopping.set()
        for reader in readers:
            reader.join()


def test_an_alter_waits_for_writers_and_gives_up_in_time(db: avila.Database) -> None:
    db.sql("CREATE TABLE t (n INTEGER)")
    with db.session() as writer:
        writer.sql("BEGIN")
        writer.sql("INSERT INTO t VALUES (1)")
        db.sql("SET lock_timeout = 50")
        with pytest.raises(errors.LockNotAvailable, match="1 other transactions kept writing for 50 ms"):
            db.sql("ALTER TABLE t ADD COLUMN m INTEGER")
        writer.sql("COMMIT")
    db.sql("ALTER TABLE t ADD COLUMN m INTEGER")
    assert db.sql("FROM t").fetchall() == [(1, None)]


def test_two_transactions_that_alter_do_not_wait_for_ever(db: avila.Database) -> None:
    db.sql("CREATE TABLE a (n INTEGER)")
    db.sql("CREATE TABLE b (n INTEGER)")
    outcomes: list[type[BaseException] | None] = []
    both = threading.Barrier(2)

    def alter(table: str) -> None:
        with db.session() as session:
            session.sql("SET lock_timeout = 5000")
            session.sql("BEGIN")
            session.sql(f"ALTER TABLE {table} ADD COLUMN m INTEGER")
            both.wait()
            try:
                session.sql("COMMIT")
                outcomes.append(None)
            except errors.OperationalError as error:
                outcomes.append(type(error))

    threads = [threading.Thread(target=alter, args=(table,)) for table in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None in outcomes, "one of them gets through"
    assert set(outcomes) <= {None, errors.DeadlockDetected}
    columns = db.sql("SELECT count(*) FROM duckdb_columns() WHERE column_name = 'm'").fetchone()
    assert columns == (outcomes.count(None),)


def test_checkpoint_and_vacuum_refuse_to_run_in_a_transaction(db: avila.Database) -> None:
    for statement in ("CHECKPOINT", "VACUUM"):
        db.sql("BEGIN")
        with pytest.raises(errors.ActiveSqlTransaction, match=f"{statement} cannot run inside a transaction"):
            db.sql(statement)
        db.sql("ROLLBACK")
        db.sql(statement)


def test_what_is_deleted_gives_its_space_back(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db", lake=False) as db:
        db.sql("CREATE TABLE t AS SELECT random() AS x FROM range(2000000)")
        db.sql("VACUUM")
        full = (tmp_path / "db" / "avila.db").stat().st_size
        db.sql("DROP TABLE t")
        db.sql("VACUUM")
        db.sql("CREATE TABLE t AS SELECT random() AS x FROM range(2000000)")
        db.sql("VACUUM")
        assert (tmp_path / "db" / "avila.db").stat().st_size < 1.5 * full

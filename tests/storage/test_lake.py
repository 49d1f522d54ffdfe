"""The lake store: Parquet files, snapshots, time travel, schema evolution, maintenance, change feed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

import avila
from avila import errors

if TYPE_CHECKING:
    from pathlib import Path


def snapshot(db: avila.Database) -> int:
    """Return the number of the lake's last snapshot."""
    row = db.sql("SELECT max(snapshot_id) FROM lake.snapshots()").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def events(db: avila.Database) -> avila.Database:
    db.sql("CREATE TABLE lake.events (id INTEGER, kind VARCHAR)")
    db.sql("INSERT INTO lake.events VALUES (1, 'a'), (2, 'b')")
    return db


def test_a_lake_table_is_a_table(events: avila.Database) -> None:
    events.sql("UPDATE lake.events SET kind = 'c' WHERE id = 2")
    events.sql("DELETE FROM lake.events WHERE id = 1")
    assert events.sql("FROM lake.events").fetchall() == [(2, "c")]
    events.sql("USE lake")
    assert events.sql("FROM events").fetchall() == [(2, "c")]
    events.sql("CREATE TABLE more AS FROM events")
    events.sql("USE native")
    assert events.sql("FROM lake.more").fetchall() == [(2, "c")]
    with pytest.raises(errors.UndefinedTable, match="table events does not exist") as caught:
        events.sql("FROM events")
    assert "lake.events" in str(caught.value)


def test_native_and_lake_join(events: avila.Database) -> None:
    events.sql("CREATE TABLE kind (name VARCHAR PRIMARY KEY, weight INTEGER)")
    events.sql("INSERT INTO kind VALUES ('a', 10), ('b', 20)")
    assert events.sql("SELECT sum(weight) FROM lake.events JOIN kind ON name = kind").fetchone() == (30,)
    events.sql("CREATE TABLE copied AS FROM lake.events")
    events.sql("INSERT INTO lake.events SELECT id + 10, kind FROM copied")
    assert events.sql("SELECT count(*) FROM lake.events").fetchone() == (4,)


def test_time_travel_by_version_and_by_time(events: avila.Database) -> None:
    before = snapshot(events)
    moment = events.sql("SELECT max(snapshot_time) FROM lake.snapshots()").fetchone()[0]
    events.sql("DELETE FROM lake.events WHERE id = 1")
    events.sql("INSERT INTO lake.events VALUES (3, 'c')")
    assert events.sql(f"SELECT id FROM lake.events AT (VERSION => {before}) ORDER BY id").fetchall() == [
        (1,),
        (2,),
    ]
    assert events.sql("SELECT id FROM lake.events AT (TIMESTAMP => ?) ORDER BY id", [moment]).fetchall() == [
        (1,),
        (2,),
    ]
    assert events.sql("SELECT id FROM lake.events ORDER BY id").fetchall() == [(2,), (3,)]
    # Both states in one statement.
    gone = f"SELECT id FROM lake.events AT (VERSION => {before}) EXCEPT SELECT id FROM lake.events"
    assert events.sql(gone).fetchall() == [(1,)]
    with pytest.raises(errors.Error, match=r"version 999|snapshot"):
        events.sql("FROM lake.events AT (VERSION => 999)")


def test_schema_evolution_keeps_the_past(events: avila.Database) -> None:
    before = snapshot(events)
    events.sql("ALTER TABLE lake.events ADD COLUMN mag DOUBLE DEFAULT 1.5")
    events.sql("ALTER TABLE lake.events RENAME COLUMN kind TO sort")
    events.sql("ALTER TABLE lake.events ALTER COLUMN id SET DATA TYPE BIGINT")
    events.sql("INSERT INTO lake.events VALUES (3, 'c', 2.5)")
    assert events.sql("FROM lake.events ORDER BY id").fetchall() == [
        (1, "a", 1.5),
        (2, "b", 1.5),
        (3, "c", 2.5),
    ]
    old = events.sql(f"FROM lake.events AT (VERSION => {before}) ORDER BY id")
    assert [column.name for column in old.columns] == ["id", "kind"]
    assert old.fetchall() == [(1, "a"), (2, "b")]
    events.sql("ALTER TABLE lake.events DROP COLUMN sort")
    assert [column.name for column in events.sql("FROM lake.events").columns] == ["id", "mag"]


def test_the_change_feed_says_what_changed(events: avila.Database) -> None:
    first = snapshot(events)
    events.sql("UPDATE lake.events SET kind = 'z' WHERE id = 2")
    events.sql("DELETE FROM lake.events WHERE id = 1")
    feed = events.sql(
        "SELECT change_type, id, kind FROM lake.table_changes('events', ?, ?) ORDER BY snapshot_id, change_type",
        [first + 1, snapshot(events)],
    ).fetchall()
    assert feed == [("update_postimage", 2, "z"), ("update_preimage", 2, "b"), ("delete", 1, "a")]


def test_a_transaction_is_one_snapshot_or_none(events: avila.Database) -> None:
    before = snapshot(events)
    with events.transaction():
        events.sql("INSERT INTO lake.events VALUES (3, 'c')")
        events.sql("INSERT INTO lake.events VALUES (4, 'd')")
    assert snapshot(events) == before + 1
    with pytest.raises(ZeroDivisionError), events.transaction():
        events.sql("INSERT INTO lake.events VALUES (5, 'e')")
        raise ZeroDivisionError
    assert snapshot(events) == before + 1
    assert events.sql("SELECT count(*) FROM lake.events").fetchone() == (4,)


def test_one_transaction_cannot_write_to_both_stores(events: avila.Database) -> None:
    events.sql("CREATE TABLE t (n INTEGER)")
    events.sql("BEGIN")
    events.sql("INSERT INTO t VALUES (1)")
    with pytest.raises(errors.FeatureNotSupported, match="single transaction can only write to a single"):
        events.sql("INSERT INTO lake.events VALUES (9, 'x')")
    events.sql("ROLLBACK")
    assert events.sql("SELECT count(*) FROM t").fetchone() == (0,)


def test_maintenance_compacts_and_expires(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db", lake_retention_days=0) as db:
        db.sql("CREATE TABLE lake.t (n INTEGER)")
        for start in range(0, 200, 20):
            db.sql("INSERT INTO lake.t SELECT * FROM range(?, ?)", [start, start + 20])
        data = tmp_path / "db" / "lake" / "data"
        db.sql("VACUUM")
        files = list(data.rglob("*.parquet"))
        assert files, "small inserts are written to files"
        current = db.sql("SELECT count(*) FROM ducklake_list_files('lake', 't')").fetchone()
        assert current == (1,), "and the files are merged"
        assert db.sql("SELECT count(*), sum(n) FROM lake.t").fetchone() == (200, 19900)
        assert db.sql("SELECT count(*) FROM lake.snapshots()").fetchone()[0] <= 2, "old snapshots are gone"


def test_snapshots_within_the_retention_stay(events: avila.Database) -> None:
    before = snapshot(events)
    events.sql("DELETE FROM lake.events")
    events.sql("VACUUM")
    assert events.sql(f"SELECT count(*) FROM lake.events AT (VERSION => {before})").fetchone() == (2,)


def test_the_lake_is_encrypted(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db") as db:
        db.sql("CREATE TABLE lake.t AS SELECT 'a very secret name' AS secret_column FROM range(100000)")
    for path in (tmp_path / "db").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"a very secret name" not in content, path
            # The audit log keeps statements without their values.
            assert b"secret_column" not in content or path.parent.name == "audit", path


def test_the_lake_moves_with_its_directory(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db") as db:
        db.sql("CREATE TABLE lake.t AS FROM range(100000)")
    (tmp_path / "db").rename(tmp_path / "moved")
    with avila.connect(tmp_path / "moved") as db:
        assert db.sql("SELECT count(*) FROM lake.t").fetchone() == (100_000,)
        db.sql("INSERT INTO lake.t SELECT * FROM range(100000)")
        assert db.sql("SELECT count(*) FROM lake.t").fetchone() == (200_000,)
    assert not (tmp_path / "db").exists()


def test_the_lake_can_be_left_out(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db", lake=False) as db:
        with pytest.raises(errors.Error, match="lake"):
            db.sql("CREATE TABLE lake.t (n INTEGER)")
        assert not (tmp_path / "db" / "lake").exists()


def test_the_lakes_own_catalog_is_nobodys(events: avila.Database) -> None:
    with pytest.raises(errors.UndefinedTable):
        events.sql("FROM __ducklake_metadata_lake.ducklake_snapshot")


def test_threads_write_to_one_lake_table(events: avila.Database) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def write(start: int) -> int:
        retried = 0
        with events.session() as session:
            for n in range(start, start + 10):
                while True:
                    try:
                        session.sql("INSERT INTO lake.events VALUES (?, 'x')", [n])
                        break
                    except errors.Error as error:
                        assert error.retryable, error
                        retried += 1
        return retried

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(100, 500, 100)))
    assert events.sql("SELECT count(DISTINCT id) FROM lake.events WHERE id >= 100").fetchone() == (40,)


def test_times_are_the_commits_times(events: avila.Database) -> None:
    moment = events.sql("SELECT max(snapshot_time) FROM lake.snapshots()").fetchone()[0]
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=1)

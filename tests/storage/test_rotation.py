"""Rotating data keys while the database is open: nothing changes but the keys, and nobody is disturbed."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

import avila
from avila import errors
from avila.kernel.duckdb import encrypted_file
from avila.storage import rotation
from avila.storage.keys import KeyFile
from avila.storage.stores import LakeStore, NativeStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROTATE = "ALTER DATABASE ROTATE DATA KEYS"

EVERYTHING = """
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE SEQUENCE numbers START 100;
CREATE TABLE parent (id INTEGER PRIMARY KEY, name VARCHAR UNIQUE, CHECK (id > 0));
CREATE TABLE child (
    id BIGINT DEFAULT nextval('numbers'), parent INTEGER REFERENCES parent (id), c colour, twice BIGINT AS (id * 2)
);
CREATE INDEX child_parent ON child (parent);
CREATE VIEW pairs AS SELECT p.name, c.twice FROM parent p JOIN child c ON c.parent = p.id;
CREATE MACRO half(x) AS x / 2;
CREATE SCHEMA other;
CREATE TABLE other.nested (a STRUCT(b INTEGER[], c MAP(VARCHAR, DOUBLE)));
COMMENT ON TABLE parent IS 'those who came first';
INSERT INTO parent VALUES (1, 'a'), (2, 'b');
INSERT INTO child (parent, c) SELECT 1 + i % 2, 'red' FROM range(1000) t(i);
DELETE FROM child WHERE twice % 7 = 0;
INSERT INTO other.nested VALUES ({'b': [1, 2], 'c': MAP {'x': 0.5}});
CREATE TABLE lake.events AS SELECT range AS n, 'event ' || range AS s FROM range(1000);
DELETE FROM lake.events WHERE n % 3 = 0;
"""
DESCRIBED = (
    "SELECT table_schema, table_name, column_name, data_type, column_default FROM information_schema.columns WHERE table_schema <> 'avila' ORDER BY ALL",
    "SELECT schema_name, index_name, sql FROM duckdb_indexes() ORDER BY ALL",
    "SELECT schema_name, view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL",
    "SELECT table_name, comment FROM duckdb_tables() WHERE database_name = 'native' AND schema_name <> 'avila' ORDER BY ALL",
    "SELECT table_name, constraint_text FROM duckdb_constraints() WHERE database_name = 'native' AND schema_name <> 'avila' ORDER BY ALL",
    "FROM child ORDER BY ALL",
    "FROM pairs ORDER BY ALL",
    "FROM other.nested",
    "SELECT half(3)",
    "FROM lake.events ORDER BY ALL",
)


def described(db: avila.Database) -> list[object]:
    return [db.execute(query).fetchall() for query in DESCRIBED]


def store_file(target: Path) -> Path:
    second = target / "avila.db.2"
    return second if second.exists() else target / "avila.db"


def test_nothing_changes_but_the_keys(tmp_path: Path) -> None:
    target = tmp_path / "db"
    with avila.connect(target) as db:
        db.execute(EVERYTHING)
        before = described(db)
        old = KeyFile.open(target / "avila.keys").keys
        answer = db.execute(ROTATE).fetchall()
        assert [(store, version) for store, version, *_ in answer] == [("native", 2), ("lake", 2)]
        assert described(db) == before
        new = KeyFile.open(target / "avila.keys").keys
        assert encrypted_file.fits(store_file(target), new.secret("native"))
        assert not encrypted_file.fits(store_file(target), old.secret("native"))
        assert old.secret("lake") != new.secret("lake")
        assert old.secret("audit") == new.secret("audit")
        with pytest.raises(errors.UniqueViolation):
            db.execute("INSERT INTO parent VALUES (3, 'a')")
        with pytest.raises(errors.ForeignKeyViolation):
            db.execute("INSERT INTO child (parent) VALUES (9)")
    with avila.connect(target) as db:
        assert described(db) == before
        [(drawn,)] = db.execute("INSERT INTO child (parent) VALUES (1) RETURNING id").fetchall()
        assert drawn >= 1100
        assert db.execute("SELECT count(*) FROM lake.events AT (VERSION => 1)").fetchall() == [(1000,)]
    assert store_file(target).name == "avila.db"


def test_what_is_only_in_the_log_is_taken_along(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db", checkpoint_interval_s=0) as db:
        db.execute("CREATE TABLE t (n INTEGER)")
        db.execute("INSERT INTO t SELECT * FROM range(10)")
        db.execute(ROTATE)
        db.execute("INSERT INTO t VALUES (99)")
        assert db.execute("SELECT count(*), max(n) FROM t").fetchall() == [(11, 99)]
    with avila.connect(tmp_path / "db") as db:
        assert db.execute("SELECT count(*), max(n) FROM t").fetchall() == [(11, 99)]


def test_rotations_follow_each_other(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db") as db:
        db.execute("CREATE TABLE t (n INTEGER); CREATE TABLE lake.t (n INTEGER)")
        for number in range(4):
            db.execute(ROTATE)
            db.execute("INSERT INTO t VALUES (?)", [number])
            db.execute("INSERT INTO lake.t VALUES (?)", [number])
        assert db.execute("SELECT list(n ORDER BY n) FROM t").fetchall() == [([0, 1, 2, 3],)]
        assert db.execute("SELECT list(n ORDER BY n) FROM lake.t").fetchall() == [([0, 1, 2, 3],)]


def test_an_answer_that_is_being_read_goes_on(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db") as db:
        db.execute("CREATE TABLE t AS SELECT range AS n FROM range(500000)")
        db.execute("CREATE TABLE lake.t AS SELECT range AS n FROM range(500000)")
        with db.session() as one, db.session() as other:
            native, lake = one.execute("FROM t"), other.execute("FROM lake.t")
            native.fetchmany(10)
            lake.fetchmany(10)
            db.execute(ROTATE)
            db.execute("DELETE FROM t")
            db.execute("DELETE FROM lake.t")
            assert len(native.fetchall()) == 499_990
            assert len(lake.fetchall()) == 499_990


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rotations give up soon."""
    monkeypatch.setattr(rotation, "PATIENCE_S", 0.2)
    monkeypatch.setattr(rotation, "WRITERS_WAIT_MS", 50)
    monkeypatch.setattr(rotation, "TRANSACTIONS_WAIT_MS", 50)


@pytest.mark.parametrize("table", ["t", "lake.t"])
@pytest.mark.parametrize("statement", ["SELECT count(*) FROM {}", "INSERT INTO {} VALUES (2)"])
def test_open_transactions_are_waited_for(
    tmp_path: Path, impatient: None, table: str, statement: str
) -> None:
    with avila.connect(tmp_path / "db") as db, db.session() as other:
        db.execute(f"CREATE TABLE {table} AS SELECT 1 AS n")
        other.execute("BEGIN")
        other.execute(statement.format(table)).fetchall()
        with pytest.raises(errors.LockNotAvailable, match="open for 50 ms") as caught:
            db.execute(ROTATE)
        assert caught.value.retryable
        assert other.execute(f"SELECT min(n) FROM {table}").fetchall() == [(1,)]
        assert other.execute("SELECT count(*) FROM duckdb_tables()").fetchall()
        other.execute("COMMIT")
        db.execute(ROTATE)
        assert other.execute(f"SELECT min(n) FROM {table}").fetchall() == [(1,)]


def test_a_listing_that_is_being_read_is_waited_for(tmp_path: Path, impatient: None) -> None:
    with avila.connect(tmp_path / "db") as db, db.session() as other:
        db.execute("CREATE VIEW listed AS SELECT * FROM duckdb_functions() a, range(1000)")
        for query in ("FROM duckdb_functions(), range(1000)", "FROM listed"):
            answer = other.execute(query)
            answer.fetchmany(1)
            with pytest.raises(errors.LockNotAvailable):
                db.execute(ROTATE)
            answer.close()
        db.execute(ROTATE)


def test_a_file_that_is_still_read_is_not_overwritten(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db") as db, db.session() as reader:
        db.execute("CREATE TABLE t AS SELECT range AS n FROM range(500000)")
        answer = reader.execute("FROM t")
        answer.fetchmany(1)
        db.execute(ROTATE)
        keys = (tmp_path / "db" / "avila.keys").read_bytes()
        with pytest.raises(errors.ObjectInUse, match="still read the file"):
            db.execute(ROTATE)
        assert (tmp_path / "db" / "avila.keys").read_bytes() == keys
        db.execute("INSERT INTO t VALUES (2)")
        assert len(answer.fetchall()) == 499_999
        db.execute(ROTATE)
        assert db.execute("SELECT count(*) FROM t").fetchall() == [(500_001,)]
    with avila.connect(tmp_path / "db") as db:
        assert db.execute("SELECT count(*) FROM t").fetchall() == [(500_001,)]


def test_nobody_fails_and_nothing_is_lost_while_everybody_works(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db") as db:
        db.execute("CREATE SEQUENCE s; CREATE TABLE t (n BIGINT DEFAULT nextval('s') PRIMARY KEY, k VARCHAR)")
        db.execute("CREATE TABLE lake.t (n BIGINT)")
        db.execute("CREATE TABLE big AS SELECT range AS n, random() AS r FROM range(200000)")
        work, drawn = Work(db), list[tuple[int]]()
        work.start("insert", lambda s: s.execute("INSERT INTO t (k) VALUES ('auto')"))
        work.start("lake", lambda s: s.execute("INSERT INTO lake.t VALUES (1)"))
        work.start("transaction", _read_and_write)
        work.start("draw", lambda s: drawn.extend(s.execute("SELECT nextval('s')").fetchall()))
        work.start("read", lambda s: s.execute("SELECT count(*), max(r) FROM big").fetchall())
        work.start("define", _define)
        work.start("list", lambda s: s.execute("SELECT count(*) FROM duckdb_tables()").fetchall())
        work.start("list in a transaction", _list_and_read)
        work.start("read the lake", lambda s: s.execute("SELECT count(*) FROM lake.t").fetchall())
        for _ in range(4):
            work.wait_for_more()
            db.execute(ROTATE)
        work.wait_for_more()
        work.stop()
        assert work.failures == [], work.failures[0]
        written = work.done["insert"] + work.done["transaction"]
        assert db.execute("SELECT count(*) FROM t").fetchall() == [(written,)]
        assert db.execute("SELECT count(*) FROM lake.t").fetchall() == [(work.done["lake"],)]
        numbers = {n for (n,) in db.execute("SELECT n FROM t").fetchall()} | {n for (n,) in drawn}
        assert len(numbers) == written + len(drawn), "a sequence gave a number twice"


def _read_and_write(session: avila.Session) -> None:
    with session.transaction():
        session.execute("SELECT count(*) FROM t").fetchall()
        session.execute("INSERT INTO t (k) VALUES ('transaction')")


def _list_and_read(session: avila.Session) -> None:
    with session.transaction():
        session.execute("SELECT count(*) FROM duckdb_tables()").fetchall()
        session.execute("SELECT count(*) FROM lake.t").fetchall()
        session.execute("SELECT count(*) FROM information_schema.columns").fetchall()


def _define(session: avila.Session) -> None:
    session.execute("CREATE TABLE defined (i INTEGER)")
    session.execute("DROP TABLE defined")


class Work:
    """Sessions that repeat something, each in its thread."""

    def __init__(self, db: avila.Database) -> None:
        self._db = db
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.done: dict[str, int] = {}
        self.failures: list[tuple[str, BaseException]] = []

    def start(self, name: str, once: Callable[[avila.Session], object]) -> None:
        self.done[name] = 0
        self._threads.append(threading.Thread(target=self._run, args=(name, once), daemon=True))
        self._threads[-1].start()

    def _run(self, name: str, once: Callable[[avila.Session], object]) -> None:
        with self._db.session() as session:
            while not self._stopping.is_set():
                try:
                    once(session)
                except Exception as error:  # noqa: BLE001 (whatever it is, it is a failure)
                    self.failures.append((name, error))
                    return
                finally:
                    with self._changed:
                        self.done[name] += 1
                        self._changed.notify_all()

    def wait_for_more(self) -> None:
        """Wait until every thread has done its thing a few times more."""
        wanted = {name: count + 3 for name, count in self.done.items()}
        with self._changed:
            self._changed.wait_for(
                lambda: self.failures or all(self.done[name] >= count for name, count in wanted.items()), 60
            )

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(60)


@pytest.mark.parametrize("owner", [NativeStore, LakeStore])
@pytest.mark.parametrize("problem", [errors.IoError("no"), KeyboardInterrupt()])
def test_an_exchange_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, problem: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise problem

    target = tmp_path / "db"
    with avila.connect(target) as db:
        db.execute("CREATE TABLE t AS SELECT 1 AS n")
        db.execute("CREATE TABLE lake.t AS SELECT 1 AS n")
        with monkeypatch.context() as patch:
            patch.setattr(owner, "attach_spare", fail)
            with pytest.raises(type(problem)):
                db.execute(ROTATE)
        db.execute("INSERT INTO t VALUES (2)")
        db.execute("INSERT INTO lake.t VALUES (2)")
    with avila.connect(target) as db:
        assert db.execute("SELECT count(*) FROM t").fetchall() == [(2,)]
        assert db.execute("SELECT count(*) FROM lake.t").fetchall() == [(2,)]
        db.execute(ROTATE)
        assert db.execute("SELECT count(*) FROM t").fetchall() == [(2,)]


def test_a_block_that_cannot_be_read_stops_a_rotation(tmp_path: Path) -> None:
    target = tmp_path / "db"
    with avila.connect(target, checkpoint_interval_s=0) as db:
        db.execute("CREATE TABLE t AS SELECT range AS n, random() AS r FROM range(300000)")
    with (target / "avila.db").open("r+b") as file:
        file.seek(encrypted_file.BLOCKS_AT + 262_144 + 5_000)
        file.write(b"damage")
    with avila.connect(target) as db:
        before = (target / "avila.keys").read_bytes()
        with pytest.raises(errors.CorruptedDatabase, match=r"block 1 of .* cannot be read"):
            db.execute(ROTATE)
        assert (target / "avila.keys").read_bytes() == before
        assert not list(target.glob("*.part"))
        db.execute("CREATE TABLE still_works (n INTEGER)")


def test_a_file_of_another_make_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    with pytest.raises(errors.FeatureNotSupported, match="does not know"):
        encrypted_file.Sealing(bytes(4096), bytes(32))
    assert not encrypted_file.fits(file, bytes(32))
    file.write_bytes(b"short")
    assert not encrypted_file.fits(file, bytes(32))


def test_who_may_rotate_and_when(db: avila.Database, memory: avila.Database) -> None:
    db.execute("CREATE ROLE analyst LOGIN")
    with db.session(role="analyst") as analyst:
        for statement in (ROTATE, "ALTER DATABASE ROTATE WRAPPING KEY"):
            with pytest.raises(errors.InsufficientPrivilege):
                analyst.execute(statement)
            with pytest.raises(errors.FeatureNotSupported, match="in memory"):
                memory.execute(statement)
    db.execute("BEGIN")
    with pytest.raises(errors.ActiveSqlTransaction):
        db.execute(ROTATE)
    db.execute("ROLLBACK")
    assert db.execute("ALTER DATABASE ROTATE WRAPPING KEY TO file DESTROY OLD").fetchall() == [("file", 2)]
    with pytest.raises(errors.ConfigurationError, match="no key provider 'safe'"):
        db.execute("ALTER DATABASE ROTATE WRAPPING KEY TO safe")


def test_another_process_asks_the_owner(tmp_path: Path) -> None:
    target = tmp_path / "db"
    with avila.connect(target) as db:
        db.execute("CREATE TABLE t AS SELECT 1 AS n")
        for options in ([], ["--data"]):
            subprocess.run(
                [sys.executable, "-c", "from avila.cli import main; main()", "keys", "rotate", str(target), *options],
                check=True,
            )  # fmt: skip
        assert db.execute("FROM t").fetchall() == [(1,)]
        document = KeyFile.open(target / "avila.keys").document
        assert (document.wrapping.number, document.keys["native"].version) == (2, 2)

"""Sessions: answers that outlive the next statement, threads, transactions, sources that are left half read."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pytest

import avila
from avila import errors

MIXED = "SELECT i, i::VARCHAR AS t, uuid() AS u, INTERVAL (i) DAY AS d, ('a')::ENUM('a', 'b') AS e FROM range({}) r(i)"


def test_an_answer_outlives_the_next_statement(memory: avila.Database) -> None:
    first = memory.sql("FROM range(100000)")
    second = memory.sql("FROM range(3)")
    assert second.fetchall() == [(0,), (1,), (2,)]
    assert len(first.fetchall()) == 100_000


def test_rows_go_on_where_they_were_when_another_statement_came_between(memory: avila.Database) -> None:
    result = memory.sql("FROM range(10000)")
    taken = [result.fetchone(), *result.fetchmany(2500)]
    memory.sql("SELECT 1").fetchall()
    taken += result.fetchmany(2500)
    memory.sql("SELECT 2").fetchall()
    taken += result
    assert taken == [(i,) for i in range(10_000)]


def test_a_stream_goes_on_when_another_statement_came_between(memory: avila.Database) -> None:
    reader = memory.sql("FROM range(500000)").reader(1000)
    batches = [reader.read_next_batch() for _ in range(3)]
    memory.sql("CREATE TABLE t AS SELECT 1")
    batches += list(reader)
    assert pa.Table.from_batches(batches).column(0).to_pylist() == list(range(500_000))


def test_what_was_taken_one_by_one_can_still_become_arrow(memory: avila.Database) -> None:
    whole = memory.sql(MIXED.format(5000)).to_arrow()
    result = memory.sql(MIXED.format(5000))
    row = result.fetchone()
    assert row is not None
    assert (row[0], row[1], row[3], row[4]) == (0, "0", timedelta(0), "a")
    assert isinstance(row[2], UUID)
    rest = result.to_arrow()
    assert rest.schema == whole.schema
    for name in ("i", "t", "d", "e"):
        assert rest.column(name).to_pylist() == whole.column(name).to_pylist()[1:]


def test_a_table_taken_whole_is_kept(memory: avila.Database) -> None:
    result = memory.sql("FROM range(3)")
    assert result.to_arrow() is result.to_arrow()
    assert result.to_pandas()["range"].tolist() == result.to_polars()["range"].to_list() == [0, 1, 2]
    assert result.fetchone() == (0,)
    assert result.fetchall() == [(1,), (2,)]
    assert result.fetchone() is None


def test_threads_that_share_a_session_wait_for_each_other(memory: avila.Database) -> None:
    def ask(number: int) -> bool:
        for _ in range(30):
            result = memory.sql(f"SELECT i, {number} FROM range(3000) r(i)")
            if result.fetchmany(10) + result.fetchall() != [(i, number) for i in range(3000)]:
                return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(4)))


def test_threads_with_sessions_of_their_own(db: avila.Database) -> None:
    db.sql("CREATE TABLE t (n INTEGER PRIMARY KEY)")

    def write(start: int) -> None:
        with db.session() as session:
            for n in range(start, start + 50):
                session.execute("INSERT INTO t VALUES (?)", [n])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(0, 400, 100)))
    assert db.sql("SELECT count(*) FROM t").fetchone() == (200,)


def test_a_commit_that_committed_nothing_says_so(db: avila.Database) -> None:
    db.sql("CREATE TABLE t (n INTEGER PRIMARY KEY)")
    db.sql("BEGIN")
    db.sql("INSERT INTO t VALUES (1)")
    with pytest.raises(errors.UniqueViolation):
        db.sql("INSERT INTO t VALUES (1)")
    with pytest.raises(errors.InFailedSqlTransaction):
        db.sql("INSERT INTO t VALUES (2)")
    with pytest.raises(errors.InFailedSqlTransaction, match="was rolled back"):
        db.sql("COMMIT")
    assert not db.in_transaction
    assert db.sql("SELECT count(*) FROM t").fetchone() == (0,)
    db.sql("INSERT INTO t VALUES (1)")


def test_a_mistake_that_the_kernel_forgives_does_not_end_the_transaction(db: avila.Database) -> None:
    db.sql("CREATE TABLE t (n INTEGER)")
    with db.transaction():
        db.sql("INSERT INTO t VALUES (1)")
        with pytest.raises(errors.UndefinedTable):
            db.sql("FROM nothing")
        db.sql("INSERT INTO t VALUES (2)")
    assert db.sql("SELECT count(*) FROM t").fetchone() == (2,)


def test_a_transaction_sees_its_own_definitions_and_others_do_not(db: avila.Database) -> None:
    with db.session() as other:
        db.sql("BEGIN")
        db.sql("CREATE TABLE t (n INTEGER)")
        db.sql("INSERT INTO t VALUES (1)")
        assert db.sql("FROM t").fetchall() == [(1,)]
        with pytest.raises(errors.UndefinedTable):
            other.sql("FROM t")
        db.sql("ROLLBACK")
        with pytest.raises(errors.UndefinedTable):
            db.sql("FROM t")
        db.sql("CREATE TABLE t AS SELECT 2 AS n")
        assert other.sql("FROM t").fetchall() == [(2,)]


def test_temporary_tables_are_a_sessions_own(db: avila.Database) -> None:
    db.sql("CREATE TABLE t AS SELECT 'everybody' AS whose")
    with db.session() as other:
        other.sql("CREATE TEMP TABLE t AS SELECT 'mine' AS whose")
        assert other.sql("SELECT whose FROM t").fetchone() == ("mine",)
        assert db.sql("SELECT whose FROM t").fetchone() == ("everybody",)


def test_closing_a_session_rolls_back(db: avila.Database) -> None:
    db.sql("CREATE TABLE t (n INTEGER)")
    session = db.session()
    session.sql("BEGIN")
    session.sql("INSERT INTO t VALUES (1)")
    session.close()
    session.close()
    assert db.sql("SELECT count(*) FROM t").fetchone() == (0,)
    db.sql("ALTER TABLE t ADD COLUMN m INTEGER")  # the closed session has left the write gate


def test_closing_waits_for_the_running_statement(tmp_path: Path) -> None:
    db = avila.connect(tmp_path / "db")
    db.sql("CREATE TABLE t (n BIGINT)")
    started = threading.Event()

    def load() -> None:
        with db.session() as session:
            session.sql("SELECT 1")
            started.set()
            session.sql("INSERT INTO t SELECT i FROM range(2000000) r(i)")

    thread = threading.Thread(target=load)
    thread.start()
    started.wait()
    thread.join(0.01)
    db.close()
    thread.join()
    with avila.connect(tmp_path / "db") as again:
        assert again.sql("SELECT count(*) FROM t").fetchone() in {(2_000_000,), (0,)}


class Slow:
    """A source of more rows than anybody takes, made by Python itself."""

    schema = pa.schema([("n", pa.int64())])

    def scan(self, columns: list[str], predicate: object):
        for start in range(1000):
            yield pa.record_batch([pa.array(range(start * 1000, start * 1000 + 1000))], schema=self.schema)


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "what",
    [
        "SELECT * FROM slow LIMIT 5",
        "SELECT sum(n) FROM slow",
        "SELECT (CASE WHEN n < 9000 THEN '1' ELSE 'x' END)::INT FROM slow",
    ],
)
def test_a_source_of_pythons_left_half_read_does_not_hang(what: str) -> None:
    """In a process of its own: what this guards against is a hang, or the end of the process."""
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import avila
from test_session import Slow
db = avila.connect()
slow = Slow()
for _ in range(3):
    try:
        result = db.sql({what!r})
        result.fetchone()
    except avila.Error as error:
        print(type(error).__name__)
    del result if "result" in dir() else None
    print(db.sql("SELECT 42").fetchone())
db.close()
"""
    script = script.replace('    del result if "result" in dir() else None\n', "    result = None\n")
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=100
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.count("(42,)") == 3


def test_predicates_hold_whatever_the_source_does(memory: avila.Database) -> None:
    assert memory.sql(
        "SELECT count(*), min(n) FROM s WHERE n % 2 = 0 AND n >= 999000", s=Slow()
    ).fetchone() == (500, 999_000)
    memory.register("kept", Slow())
    assert memory.sql("SELECT max(n) FROM kept").fetchone() == (999_999,)


def test_frames_by_name(memory: avila.Database) -> None:
    frame = pa.table({"a": [1, 2, 3]})
    assert memory.sql("SELECT sum(a) FROM frame").fetchone() == (6,)
    frame = pa.table({"a": [10]})  # noqa: F841 (found by its name)
    assert memory.sql("SELECT sum(a) FROM frame").fetchone() == (10,), "the variable's value now"
    assert memory.sql("SELECT sum(a) FROM frame", frame=pa.table({"a": [7]})).fetchone() == (7,)
    memory.sql("CREATE TABLE frame AS SELECT 99 AS a")
    assert memory.sql("SELECT sum(a) FROM frame").fetchone() == (99,), "a table comes before a variable"


@pytest.mark.parametrize("library", ["pandas", "polars", "lazy", "dataset", "batch", "reader", "result"])
def test_anything_that_speaks_arrow_is_a_table(memory: avila.Database, library: str) -> None:
    import pandas
    import polars
    import pyarrow.dataset

    table = pa.table({"a": [1, 2, 3], "b": ["x", "y", None]})
    frame = {  # noqa: F841 (found by its name)
        "pandas": lambda: pandas.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None]}),
        "polars": lambda: polars.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None]}),
        "lazy": lambda: polars.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None]}).lazy(),
        "dataset": lambda: pyarrow.dataset.dataset(table),
        "batch": lambda: table.to_batches()[0],
        "reader": table.to_reader,
        "result": lambda: memory.session().sql(
            "SELECT * FROM (VALUES (1, 'x'), (2, 'y'), (3, NULL)) v(a, b)"
        ),
    }[library]()
    assert memory.sql("SELECT a, b FROM frame ORDER BY a").fetchall() == [(1, "x"), (2, "y"), (3, None)]


def test_prepared_statements(memory: avila.Database) -> None:
    memory.sql("CREATE TABLE t AS SELECT i AS id, i * 2 AS v FROM range(10) r(i)")
    memory.sql("PREPARE one AS SELECT v FROM t WHERE id = $1")
    assert memory.sql("EXECUTE one(3)").fetchall() == [(6,)]
    memory.sql("PREPARE named AS SELECT v FROM t WHERE id BETWEEN $low AND $high")
    assert memory.sql("EXECUTE named(low := 2, high := 3)").fetchall() == [(4,), (6,)]
    memory.sql("PREPARE mark AS SELECT ?::INTEGER + ?::INTEGER")
    assert memory.sql("EXECUTE mark(1, 2)").fetchall() == [(3,)]
    memory.sql("DEALLOCATE one")
    with pytest.raises(errors.UndefinedObject, match="no prepared statement one"):
        memory.sql("EXECUTE one(1)")
    with pytest.raises(errors.UndefinedTable):
        memory.sql("PREPARE bad AS SELECT * FROM nothing")


def test_settings_are_a_sessions_own(memory: avila.Database) -> None:
    memory.sql("SET integer_division = true")
    assert memory.sql("SELECT 7 / 2").fetchone() == (3,)
    assert memory.sql("SHOW integer_division").fetchone() == ("true",)
    with memory.session() as other:
        assert other.sql("SELECT 7 / 2").fetchone() == (3.5,)
    memory.sql("RESET integer_division")
    assert memory.sql("SELECT 7 / 2").fetchone() == (3.5,)
    memory.sql("SET timezone = 'Asia/Tokyo'")
    assert (
        str(memory.sql("SELECT TIMESTAMPTZ '2024-01-01 00:00:00+00'").fetchone()[0])
        == "2024-01-01 09:00:00+09:00"
    )
    assert ("statement_timeout", "0") in [row[:2] for row in memory.sql("SHOW ALL").fetchall()]


def test_the_history_remembers_and_is_bounded() -> None:
    with avila.connect(history_statements=3) as db:
        for n in range(5):
            db.sql(f"SELECT {n}")
        with pytest.raises(errors.UndefinedTable):
            db.sql("FROM nothing")
        entries = db._link.history.entries()
        assert [entry.text for entry in entries] == ["SELECT ?", "SELECT ?", "FROM nothing"], "no literals"
        assert [entry.outcome for entry in entries] == ["00000", "00000", "42P01"]


def test_a_repeated_statement_is_planned_once(
    memory: avila.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from avila.planner import planner

    planned = []
    plan = planner.plan
    monkeypatch.setattr(planner, "plan", lambda *given: planned.append(1) or plan(*given))
    memory.sql("CREATE TABLE t AS SELECT 1 AS n")
    planned.clear()
    for n in range(5):
        memory.sql("SELECT n FROM t WHERE n = ?", [n])
    with memory.session() as other:
        other.sql("SELECT n FROM t WHERE n = ?", [1])
    assert len(planned) == 1
    memory.sql("ALTER TABLE t ADD COLUMN m INTEGER")
    assert memory.sql("FROM t").fetchone() == (1, None)
    planned.clear()
    memory.sql("SELECT n FROM t WHERE n = ?", [1])
    assert len(planned) == 1, "a definition ends what was planned before it"

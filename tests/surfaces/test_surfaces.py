"""What holds on every surface: answers, errors, transactions, frames, types, cancelling, settings."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading
import uuid
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

import avila
from avila import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPRESSIONS = (Path(__file__).parents[1] / "kernel" / "types.txt").read_text(encoding="utf-8").splitlines()
ENDLESS = "SELECT sum(i % 7) FROM range(100_000_000_000_000) t(i)"


def shape(value: Any) -> Any:
    """Return a value with the types of all it holds."""
    if isinstance(value, dict):
        return dict, [(shape(key), shape(held)) for key, held in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [shape(held) for held in value]
    return type(value), repr(value)


def test_rows_are_taken_once_and_in_order(surface: avila.Database) -> None:
    result = surface.execute("SELECT i, 'v' || i AS v FROM range(10) t(i)")
    assert [tuple(column) for column in result.columns] == [("i", "BIGINT"), ("v", "VARCHAR")]
    assert result.rowcount == -1
    assert result.fetchone() == (0, "v0")
    assert result.fetchmany(2) == [(1, "v1"), (2, "v2")]
    assert next(iter(result)) == (3, "v3")
    assert result.fetchall()[-1:] in ([(9, "v9")], [])
    assert result.fetchone() is None


def test_rows_as_arrow(surface: avila.Database) -> None:
    table = surface.execute("SELECT i, i::DECIMAL(9,2) AS d, [i] AS l FROM range(3) t(i)").to_arrow()
    assert table.schema.types == [pa.int64(), pa.decimal128(9, 2), pa.list_(pa.field("l", pa.int64()))]
    assert table.column("i").to_pylist() == [0, 1, 2]
    empty = surface.execute("SELECT 1 AS a WHERE false").to_arrow()
    assert (empty.num_rows, empty.schema.names) == (0, ["a"])


def test_a_large_answer_is_streamed(surface: avila.Database) -> None:
    rows, total = 0, 0
    for batch in surface.execute("SELECT i, i % 7 AS m FROM range(10_000_000) t(i)").reader():
        rows += batch.num_rows
        total += batch.column(0)[0].as_py()
    assert rows == 10_000_000
    assert total > 0


def test_an_answer_outlives_the_next_statement(surface: avila.Database) -> None:
    first = surface.execute("SELECT i FROM range(200_000) t(i)")
    assert first.fetchmany(3) == [(0,), (1,), (2,)]
    second = surface.execute("SELECT i FROM range(100_000, 300_000) t(i)")
    assert surface.execute("SELECT 1").fetchall() == [(1,)]
    assert second.fetchone() == (100_000,)
    assert sum(row[0] for row in first.fetchall()) == sum(range(3, 200_000))
    assert len(second.fetchall()) == 199_999


def test_an_answer_outlives_its_session(surface: avila.Database) -> None:
    with surface.session() as session:
        result = session.execute("SELECT i FROM range(200_000) t(i)")
        offset = session.execute("SELECT '12:00:00+02'::TIMETZ FROM range(20_000)")
        assert result.fetchone() == (0,)
    assert len(result.fetchall()) == 199_999
    assert len(offset.fetchall()) == 20_000


def test_row_counts(surface: avila.Database) -> None:
    assert surface.execute("CREATE TABLE t (a INTEGER)").rowcount == -1
    assert surface.execute("INSERT INTO t SELECT * FROM range(5)").rowcount == 5
    assert surface.execute("UPDATE t SET a = 0 WHERE a > 2").rowcount == 2
    assert surface.execute("DELETE FROM t").rowcount == 5
    assert surface.execute("INSERT INTO t VALUES (1) RETURNING a + 1").fetchall() == [(2,)]


@pytest.mark.parametrize("sql", [
    "SELECT nope FROM range(3) t(i)", "SELEC 1", "SELECT * FROM missing", "SELECT nofunction(1)",
    "SELECT 'x'::INTEGER", "SELECT 300::TINYINT", "INSERT INTO k VALUES (1), (1)", "INSERT INTO k VALUES (NULL)",
    "COMMIT", "EXECUTE nothing", "SET nothing = 1", "SELECT ?", "CREATE TABLE k (a INTEGER)",
    "SELECT * FROM k k2\nWHERE  nix = 1",
])  # fmt: skip
def test_errors_are_the_same_in_all_they_say(
    surface: avila.Database, memory: avila.Database, sql: str
) -> None:
    raised = []
    for database in (surface, memory):
        database.execute("CREATE TABLE k (a INTEGER PRIMARY KEY)")
        with pytest.raises(errors.Error) as caught:
            database.execute(sql).fetchall()
        raised.append(caught.value)
    ours, embedded = raised
    assert type(ours) is type(embedded)
    assert str(ours) == str(embedded)
    assert (ours.hint, ours.position, ours.statement) == (
        embedded.hint,
        embedded.position,
        embedded.statement,
    )
    assert surface.execute("SELECT 1").fetchall() == [(1,)]


def test_transactions(surface: avila.Database) -> None:
    surface.execute("CREATE TABLE t (a INTEGER)")
    with surface.transaction():
        assert surface.in_transaction
        surface.execute("INSERT INTO t VALUES (1)")
        with surface.session() as other:
            assert other.execute("SELECT count(*) FROM t").fetchall() == [(0,)]
    assert not surface.in_transaction
    with pytest.raises(ZeroDivisionError), surface.transaction():
        surface.execute("INSERT INTO t VALUES (2)")
        raise ZeroDivisionError
    assert surface.execute("SELECT a FROM t").fetchall() == [(1,)]
    with surface.session() as other:
        other.execute("BEGIN; INSERT INTO t VALUES (3)")
        assert other.in_transaction
    assert surface.execute("SELECT a FROM t").fetchall() == [(1,)]


def test_frames_are_tables(surface: avila.Database) -> None:
    mine = pa.table({"a": [1, 2, 3]})  # noqa: F841 (the statements name it)
    assert surface.sql("SELECT sum(a) FROM mine").fetchall() == [(6,)]
    assert surface.sql(
        "SELECT sum(x.a * y.b) FROM mine x JOIN given y ON x.a = y.b", given=pa.table({"b": [2]})
    ).fetchall() == [(4,)]
    surface.sql("CREATE TABLE kept AS SELECT * FROM mine; INSERT INTO kept SELECT a + 10 FROM mine")
    assert surface.execute("SELECT count(*), max(a) FROM kept").fetchall() == [(6, 13)]
    with pytest.raises(errors.UndefinedTable):
        surface.sql("SELECT * FROM nobodys")
    with pytest.raises(errors.UndefinedTable):
        surface.execute("SELECT * FROM mine")


def test_large_frames(surface: avila.Database) -> None:
    large = pa.table({"a": range(3_000_000)})
    assert surface.sql("SELECT count(*), max(a) FROM large").fetchall() == [(3_000_000, 2_999_999)]
    nothing = large.slice(0, 0)  # noqa: F841 (the statement names it)
    assert surface.sql("SELECT count(*) FROM nothing").fetchall() == [(0,)]


def test_registered_frames(surface: avila.Database) -> None:
    surface.register("f", pa.table({"a": [1, 2], "d": pa.array(["x", "y"]).dictionary_encode()}))
    assert surface.execute("SELECT a, d FROM f").fetchall() == [(1, "x"), (2, "y")]
    with surface.session() as other, pytest.raises(errors.UndefinedTable):
        other.execute("SELECT * FROM f")
    surface.unregister("f")
    with pytest.raises(errors.UndefinedTable):
        surface.execute("SELECT * FROM f")


class Broken:
    """A frame that fails in the middle."""

    schema = pa.schema([("a", pa.int64())])

    def scan(self, columns: Any, predicate: Any) -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_pydict({"a": [1]}, schema=self.schema)
        raise errors.IoError("the disk is gone")


def test_a_frame_that_fails_fails_its_statement_only(surface: avila.Database) -> None:
    with pytest.raises((errors.Error, OSError), match="disk is gone"):
        surface.sql("SELECT * FROM f", f=Broken()).fetchall()
    assert surface.execute("SELECT 1").fetchall() == [(1,)]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_types(surface: avila.Database, memory: avila.Database, expression: str) -> None:
    answers = []
    for database in (surface, memory):
        database.execute("SET timezone = 'Europe/Berlin'")
        result = database.execute(
            f"SELECT x FROM range(5) t(i) LEFT JOIN (SELECT {expression} AS x) ON i % 3 <> 1 ORDER BY i"
        )
        arrow = None
        if "VARIANT" not in expression:
            arrow = database.execute(f"SELECT {expression} AS x").to_arrow()
        answers.append((result.columns, shape(result.fetchall()), arrow))
    assert answers[0][:2] == answers[1][:2]
    if answers[0][2] is not None:
        assert answers[0][2].schema == answers[1][2].schema
        assert answers[0][2].equals(answers[1][2]) or "nan" in expression


BERLIN = dt.timezone(dt.timedelta(hours=2))
PARAMETERS = [
    None, True, 7, -(2**40), 2**100, 1.5, float("inf"), Decimal("12.340"), "höhe\x00 '\"", "", b"\x00\xff",
    dt.date(2020, 2, 29), dt.time(1, 2, 3, 4), dt.time(1, 2, tzinfo=BERLIN), dt.datetime(2020, 1, 1, 2, 3, 4, 5),
    dt.datetime(2020, 1, 1, tzinfo=BERLIN), dt.timedelta(days=-3, seconds=4, microseconds=5), uuid.UUID(int=7),
    [1, 2, None], ["a", "b"], [uuid.UUID(int=7)], {"a": 1, "b": "x"}, [[1], [2, 3]], [],
]  # fmt: skip


@pytest.mark.parametrize("value", PARAMETERS, ids=repr)
def test_parameters(surface: avila.Database, memory: avila.Database, value: Any) -> None:
    sql = "SELECT $1 AS x, typeof($1)"
    embedded = memory.execute(sql, [value]).fetchall()
    assert shape(surface.execute(sql, [value]).fetchall()) == shape(embedded)
    named = surface.execute("SELECT $v", {"v": value}).fetchall()
    assert shape(named) == shape(memory.execute("SELECT $v", {"v": value}).fetchall())


def test_a_parameter_that_is_no_value(surface: avila.Database) -> None:
    with pytest.raises((errors.Error, TypeError)):
        surface.execute("SELECT ?", [object()]).fetchall()
    assert surface.execute("SELECT 1").fetchall() == [(1,)]


def test_cancel_from_another_thread(surface: avila.Database) -> None:
    surface.execute("SELECT 1").fetchall()
    timer = threading.Timer(0.3, surface.cancel)
    timer.start()
    with pytest.raises(errors.QueryCanceled):
        surface.execute(ENDLESS).fetchall()
    timer.join()
    assert surface.execute("SELECT 1").fetchall() == [(1,)]


@pytest.mark.usefixtures("interactive")
def test_ctrl_c_ends_the_statement_and_not_the_session(surface: avila.Database) -> None:
    surface.execute("CREATE TEMP TABLE mine AS SELECT 1 AS a")
    timer = threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    with pytest.raises((errors.QueryCanceled, KeyboardInterrupt)):
        surface.execute(ENDLESS).fetchall()
    timer.join()
    assert surface.execute("SELECT a FROM mine").fetchall() == [(1,)]


def test_a_statement_has_a_time_limit(surface: avila.Database) -> None:
    surface.execute("SET statement_timeout = 200")
    with pytest.raises(errors.QueryCanceled, match="statement_timeout"):
        surface.execute(ENDLESS).fetchall()


def test_prepared_statements(surface: avila.Database) -> None:
    surface.execute("PREPARE twice AS SELECT $1 * 2")
    assert surface.execute("EXECUTE twice(21)").fetchall() == [(42,)]
    with surface.session() as other, pytest.raises(errors.UndefinedObject):
        other.execute("EXECUTE twice(1)")
    surface.execute("DEALLOCATE twice")


def test_settings_are_the_sessions_own(surface: avila.Database) -> None:
    surface.execute("SET integer_division = true")
    assert surface.execute("SELECT 7 / 2").fetchall() == [(3,)]
    with surface.session() as other:
        assert other.execute("SELECT 7 / 2").fetchall() == [(3.5,)]
    surface.execute("RESET integer_division")
    assert surface.execute("SELECT 7 / 2").fetchall() == [(3.5,)]


def test_threads_share_a_session_in_turn(surface: avila.Database) -> None:
    found: list[Any] = []

    def ask(number: int) -> None:
        found.extend(surface.execute("SELECT ?", [number]).fetchall())

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [(number,) for number in range(8)]


def test_closed_is_closed(surface: avila.Database) -> None:
    session = surface.session()
    session.execute("SELECT 1")
    session.close()
    session.close()
    with pytest.raises(errors.ConnectionDoesNotExist):
        session.execute("SELECT 1")

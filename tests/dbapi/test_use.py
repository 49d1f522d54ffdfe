"""The DB-API in use: threads, values there and back, pandas."""

from __future__ import annotations

import threading
import uuid
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from avila import dbapi


@pytest.mark.parametrize(
    "value",
    [
        None, True, 0, -1, 2**31, 2**63 - 1, -(2**63), 2**100, 1.5, float("inf"), "", "é漢🎉", b"", b"\x00\xff",
        Decimal("1.50"), Decimal("-12345678901234567890.123456789"), date(2024, 2, 29), date(1, 1, 1),
        time(23, 59, 59, 999999), datetime(2024, 2, 29, 1, 2, 3, 4), timedelta(days=3, seconds=5, microseconds=7),
        uuid.UUID(int=2**127 + 1), [1, 2, None], ["a"], {"a": 1, "b": [1.5]}, [[1], [2, 3]],
    ],
    ids=repr,
)  # fmt: skip
def test_parameters_come_back(connection, value):
    cursor = connection.cursor()
    (back,) = cursor.execute("SELECT ?", [value]).fetchone()
    assert (back, type(back)) == (value, type(value))
    # And once the rows had to wait for another statement.
    cursor.execute("SELECT ?", [value])
    connection.cursor().execute("SELECT 1")
    (back,) = cursor.fetchone()
    assert (back, type(back)) == (value, type(value))


def test_an_instant_comes_back(connection):
    cursor = connection.cursor()
    cursor.execute("SET timezone = 'Europe/Berlin'")
    (back,) = cursor.execute("SELECT ?", [datetime(2024, 7, 1, 12, tzinfo=UTC)]).fetchone()
    assert back == datetime(2024, 7, 1, 12, tzinfo=UTC)
    assert back.utcoffset() == timedelta(hours=2)


def test_threads_with_a_connection_each(connect):
    setup = connect(autocommit=True)
    setup.cursor().execute("CREATE TABLE t (worker INTEGER, n INTEGER)")
    connections = [connect() for _ in range(2)]

    def work(worker):
        for n in range(20):
            with connections[worker] as connection:
                connection.cursor().execute("INSERT INTO t VALUES (?, ?)", [worker, n])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    rows = setup.cursor().execute("SELECT worker, count(*) FROM t GROUP BY ALL ORDER BY ALL").fetchall()
    assert rows == [(0, 20), (1, 20)]


def test_threads_that_share_a_connection(connection):
    """threadsafety 2: every cursor gets its own rows, whole, whatever the others do in between."""
    ready = threading.Barrier(4)

    def work(base):
        ready.wait()
        for _ in range(10):
            cursor = connection.cursor().execute("SELECT ? + range FROM range(5000)", [base])
            first = cursor.fetchmany(10)
            rest = cursor.fetchall()
            assert [row[0] for row in first + rest] == list(range(base, base + 5000))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [0, 10_000, 20_000, 30_000]))


def test_cancel(connection):
    cursor = connection.cursor()
    timer = threading.Timer(0.3, connection.cancel)
    timer.start()
    with pytest.raises(dbapi.OperationalError):
        cursor.execute(
            "SELECT sum(a.range * b.range) FROM range(1000000) AS a, range(1000000) AS b"
        ).fetchall()
    timer.join()
    connection.rollback()
    assert cursor.execute("SELECT 1").fetchone() == (1,)


def test_pandas(connection):
    pandas = pytest.importorskip("pandas")
    connection.cursor().execute("CREATE TABLE t AS SELECT range AS a, 'x' || range AS b FROM range(3)")
    with warnings.catch_warnings():
        # pandas warns of every driver but SQLite's.
        warnings.simplefilter("ignore", UserWarning)
        frame = pandas.read_sql("SELECT * FROM t WHERE a > ?", connection, params=[0])
    assert frame.to_dict("list") == {"a": [1, 2], "b": ["x1", "x2"]}


def test_the_session_behind_it_shares_the_transaction(connection):
    connection.cursor().execute("CREATE TABLE t AS SELECT 1 AS a")
    assert connection.session.sql("SELECT a FROM t").to_arrow().to_pydict() == {"a": [1]}
    connection.rollback()
    assert not connection.session.in_transaction

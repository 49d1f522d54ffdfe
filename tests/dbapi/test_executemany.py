"""Many parameters: the same rows and counts whether they are loaded or bound one by one."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from avila import dbapi
from avila.dbapi import batches


@pytest.fixture(params=[1, 10**9], ids=["loaded", "one by one"])
def _path(request, monkeypatch):
    monkeypatch.setattr(batches, "LOADED_ROWS_MIN", request.param)


pytestmark = pytest.mark.usefixtures("_path")


def test_sequences(cursor):
    cursor.executemany("INSERT INTO beer VALUES (?, ?)", [("a", 1), ["b", 2]])
    assert cursor.rowcount == 2
    assert cursor.execute("SELECT * FROM beer").fetchall() == [("a", 1), ("b", 2)]


def test_mappings(cursor):
    cursor.executemany("INSERT INTO beer VALUES ($n, $p)", [{"n": "a", "p": 1}, {"n": "b", "p": 2}])
    assert cursor.rowcount == 2
    assert cursor.execute("SELECT * FROM beer").fetchall() == [("a", 1), ("b", 2)]


def test_a_generator(cursor):
    cursor.executemany("INSERT INTO beer (price) VALUES (?)", ((n,) for n in range(100)))
    assert cursor.rowcount == 100
    assert cursor.execute("SELECT sum(price), count(name) FROM beer").fetchone() == (4950, 0)


def test_nothing(cursor):
    cursor.executemany("INSERT INTO beer VALUES (?, ?)", [])
    assert cursor.rowcount == 0


def test_updates_and_deletes(cursor):
    cursor.executemany("INSERT INTO beer VALUES (?, ?)", [(str(n), n) for n in range(10)])
    cursor.executemany("UPDATE beer SET price = price + ? WHERE price >= ?", [(100, 8), (100, 5)])
    assert cursor.rowcount == 2 + 5
    cursor.executemany("DELETE FROM beer WHERE price = ?", [(0,), (1,), (77,)])
    assert cursor.rowcount == 2


def test_rows_that_are_answered_are_dropped(cursor):
    cursor.executemany("INSERT INTO beer VALUES (?, ?) RETURNING name", [("a", 1), ("b", 2)])
    assert cursor.description is None
    assert cursor.execute("SELECT count(*) FROM beer").fetchone() == (2,)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("INTEGER", [1, None, -5]),
        ("HUGEINT", [1, 2**100, None]),
        ("DOUBLE", [1.5, float("inf"), None]),
        ("DOUBLE", [1, 2.5, None]),
        ("BOOLEAN", [True, False, None]),
        ("VARCHAR", ["a", "", None, "é漢🎉"]),
        ("VARCHAR", [1, 2.5, "x", True, None]),
        ("VARCHAR", [Decimal("1.50"), Decimal("2.5")]),
        ("BLOB", [b"a", b"\x00\xff", None]),
        ("DATE", [date(2024, 1, 1), None]),
        ("DATE", ["2024-01-01", None]),
        ("TIME", [time(1, 2, 3, 4), None]),
        ("TIMESTAMP", [datetime(2024, 1, 1, 2, 3, 4, 5), None]),
        ("TIMESTAMPTZ", [datetime(2024, 1, 1, tzinfo=UTC), None]),
        ("DECIMAL(10, 2)", [Decimal("1.25"), 3, None]),
        ("UUID", [uuid.UUID(int=7), None]),
        ("INTEGER[]", [[1, 2], [], None]),
        ("STRUCT(a INTEGER)", [{"a": 1}, None]),
        ("INTEGER", [None, None]),
    ],
)
def test_values_are_the_ones_execute_would_write(connection, kind, values):
    cursor = connection.cursor()
    cursor.execute(f"CREATE TABLE many (i INTEGER, v {kind}); CREATE TABLE single (i INTEGER, v {kind})")
    rows = list(enumerate(values))
    cursor.executemany("INSERT INTO many VALUES (?, ?)", rows)
    assert cursor.rowcount == len(rows)
    for row in rows:
        cursor.execute("INSERT INTO single VALUES (?, ?)", row)
    many = cursor.execute("SELECT * FROM many ORDER BY i").fetchall()
    assert many == cursor.execute("SELECT * FROM single ORDER BY i").fetchall()


def test_order_and_defaults(cursor):
    cursor.execute("CREATE SEQUENCE s; CREATE TABLE t (id BIGINT DEFAULT nextval('s'), a INTEGER)")
    cursor.executemany("INSERT INTO t (a) VALUES (?)", [(n,) for n in range(1000)])
    assert cursor.execute("SELECT count(*) FROM t WHERE id = a + 1").fetchone() == (1000,)


def test_quoted_names(cursor):
    cursor.execute('CREATE TABLE "odd "" values" ("a, b" INTEGER, "select" VARCHAR)')
    cursor.executemany(
        'insert into  main."odd "" values" ( "select" , "a, b" )\n values ( ? , ? ) ;',
        [("x", n) for n in range(3)],
    )
    assert cursor.rowcount == 3
    assert cursor.execute('SELECT * FROM "odd "" values"').fetchall() == [(0, "x"), (1, "x"), (2, "x")]


def test_expressions_around_parameters(cursor):
    cursor.executemany("INSERT INTO beer VALUES (upper(?), ? + 1)", [("a", 1), ("b", 2)])
    assert cursor.execute("SELECT * FROM beer").fetchall() == [("A", 2), ("B", 3)]


def test_conflicts_are_settled_row_by_row(cursor):
    cursor.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, n INTEGER)")
    cursor.executemany(
        "INSERT INTO t VALUES (?, ?) ON CONFLICT (a) DO UPDATE SET n = n + excluded.n",
        [(1, 1), (1, 2), (1, 3)],
    )
    assert cursor.execute("SELECT * FROM t").fetchall() == [(1, 6)]


def test_a_table_that_refers_to_itself(cursor):
    cursor.execute("CREATE TABLE part (id INTEGER PRIMARY KEY, whole INTEGER REFERENCES part (id))")
    cursor.executemany("INSERT INTO part VALUES (?, ?)", [(0, None), (1, 0), (2, 1)])
    assert cursor.rowcount == 3


def test_wrong_lengths_raise(cursor):
    with pytest.raises(dbapi.ProgrammingError):
        cursor.executemany("INSERT INTO beer VALUES (?, ?)", [("a", 1), ("b",)])


def test_a_text_is_no_row(cursor):
    cursor.execute("CREATE TABLE letters (a VARCHAR, b VARCHAR)")
    with pytest.raises(dbapi.Error):
        cursor.executemany("INSERT INTO letters VALUES (?, ?)", ["ab", "cd"])


def test_all_or_nothing_under_autocommit(connect):
    connection = connect(autocommit=True)
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE one (a INTEGER PRIMARY KEY)")
    with pytest.raises(dbapi.IntegrityError):
        cursor.executemany("INSERT INTO one VALUES (?)", [(1,), (2,), (1,)])
    assert not connection.session.in_transaction
    assert cursor.execute("SELECT count(*) FROM one").fetchone() == (0,)


def test_more_than_one_batch(cursor, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_ROWS", 7)
    cursor.executemany("INSERT INTO beer (price) VALUES (?)", [(n,) for n in range(30)])
    assert cursor.rowcount == 30
    assert cursor.execute("SELECT price FROM beer").fetchall() == [(n,) for n in range(30)]

"""PEP 249, attribute by attribute and rule by rule."""

from __future__ import annotations

import time
from datetime import date, datetime

import pytest

from avila import dbapi, errors

BEERS = [("Victoria Bitter", 3), ("Coopers", 4), ("Boags", 5), ("Export", 2), ("Redback", 6)]


def fill(cursor):
    cursor.executemany("INSERT INTO beer VALUES (?, ?)", BEERS)


# --- the module ---


def test_apilevel():
    assert dbapi.apilevel == "2.0"


def test_threadsafety():
    assert dbapi.threadsafety == 2


def test_paramstyle():
    assert dbapi.paramstyle == "qmark"


def test_connect_to_a_directory(tmp_path):
    connection = dbapi.connect(tmp_path / "db", lake=False)
    connection.cursor().execute("CREATE TABLE t AS SELECT 1 AS a")
    connection.commit()
    connection.close()
    again = dbapi.connect(tmp_path / "db", lake=False)
    assert again.cursor().execute("SELECT a FROM t").fetchall() == [(1,)]
    again.close()


def test_connect_to_memory_by_default():
    connection = dbapi.connect()
    assert connection.cursor().execute("SELECT 1").fetchone() == (1,)
    connection.close()


def test_connect_passes_settings():
    connection = dbapi.connect(integer_division=True)
    assert connection.cursor().execute("SELECT 3 / 2").fetchone() == (1,)
    connection.close()


def test_connect_refuses_settings_of_an_open_database(memory):
    with pytest.raises(dbapi.InterfaceError, match="threads"):
        dbapi.connect(memory, threads=1)


def test_closing_a_further_connection_leaves_the_database_open(memory):
    dbapi.connect(memory).close()
    assert memory.execute("SELECT 1").fetchone() == (1,)


# --- exceptions ---


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("Warning", Exception),
        ("Error", Exception),
        ("InterfaceError", dbapi.Error),
        ("DatabaseError", dbapi.Error),
        ("DataError", dbapi.DatabaseError),
        ("OperationalError", dbapi.DatabaseError),
        ("IntegrityError", dbapi.DatabaseError),
        ("InternalError", dbapi.DatabaseError),
        ("ProgrammingError", dbapi.DatabaseError),
        ("NotSupportedError", dbapi.DatabaseError),
    ],
)
def test_exception_hierarchy(name, parent):
    assert issubclass(getattr(dbapi, name), parent)


@pytest.mark.parametrize(
    "name",
    ["Warning", "Error", "InterfaceError", "DatabaseError", "DataError", "OperationalError", "IntegrityError",
     "InternalError", "ProgrammingError", "NotSupportedError"],
)  # fmt: skip
def test_exceptions_are_attributes_of_connections(connection, name):
    assert getattr(connection, name) is getattr(dbapi, name)


def test_warning_is_no_error():
    assert not issubclass(dbapi.Warning, dbapi.Error)


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT * FROM nowhere", dbapi.ProgrammingError),
        ("SELECT FROM WHERE", dbapi.ProgrammingError),
        ("SELECT CAST('x' AS INTEGER)", dbapi.DataError),
        ("INSERT INTO one VALUES (1)", dbapi.IntegrityError),
        ("LOAD httpfs", dbapi.NotSupportedError),
    ],
)
def test_what_the_database_raises_is_of_the_right_class(connection, sql, kind):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE one (a INTEGER PRIMARY KEY)")
    cursor.execute("INSERT INTO one VALUES (1)")
    connection.commit()
    with pytest.raises(kind):
        cursor.execute(sql).fetchall()


# --- type objects and constructors ---


@pytest.mark.parametrize(
    ("sql", "family"),
    [
        ("'a'", "STRING"),
        ("'a'::ENUM('a', 'b')", "STRING"),
        ("uuid()", "STRING"),
        ("'{}'::JSON", "STRING"),
        ("'a'::BLOB", "BINARY"),
        ("1", "NUMBER"),
        ("1::UTINYINT", "NUMBER"),
        ("1::HUGEINT", "NUMBER"),
        ("1.5", "NUMBER"),
        ("1.5::DOUBLE", "NUMBER"),
        ("true", "NUMBER"),
        ("DATE '2024-01-01'", "DATETIME"),
        ("TIME '12:00:00'", "DATETIME"),
        ("TIMESTAMP '2024-01-01 12:00:00'", "DATETIME"),
        ("TIMESTAMPTZ '2024-01-01 12:00:00+00'", "DATETIME"),
        ("INTERVAL 1 DAY", "DATETIME"),
        ("[1, 2]", None),
        ("{'a': 1}", None),
        ("map {'a': 1}", None),
        ("[DATE '2024-01-01']", None),
    ],
)
def test_type_codes_equal_their_type_object(connection, sql, family):
    code = connection.cursor().execute(f"SELECT {sql}").description[0][1]
    equal = {
        name for name in ("STRING", "BINARY", "NUMBER", "DATETIME", "ROWID") if code == getattr(dbapi, name)
    }
    assert equal == ({family} if family else set())


def test_type_objects_differ_and_hash():
    assert len({dbapi.STRING, dbapi.BINARY, dbapi.NUMBER, dbapi.DATETIME, dbapi.ROWID}) == 5
    assert dbapi.STRING != dbapi.NUMBER
    assert dbapi.STRING != 1


def test_date():
    assert dbapi.Date(2002, 12, 25) == date(2002, 12, 25)


def test_time():
    assert str(dbapi.Time(13, 45, 30)) == "13:45:30"


def test_timestamp():
    assert dbapi.Timestamp(2002, 12, 25, 13, 45, 30) == datetime(2002, 12, 25, 13, 45, 30)


def test_constructors_from_ticks():
    ticks = time.mktime((2002, 12, 25, 13, 45, 30, 0, 0, -1))
    assert dbapi.DateFromTicks(ticks) == dbapi.Date(2002, 12, 25)
    assert dbapi.TimeFromTicks(ticks) == dbapi.Time(13, 45, 30)
    assert dbapi.TimestampFromTicks(ticks) == dbapi.Timestamp(2002, 12, 25, 13, 45, 30)


@pytest.mark.parametrize("data", [b"Something", b"", bytearray(b"a"), memoryview(b"b")])
def test_binary(data):
    assert dbapi.Binary(data) == bytes(data)


# --- connections ---


def test_commit_without_a_transaction_does_nothing(connection):
    connection.commit()
    connection.commit()


def test_rollback_without_a_transaction_does_nothing(connection):
    connection.rollback()


def test_rollback_undoes(connection, cursor):
    connection.commit()
    fill(cursor)
    connection.rollback()
    assert cursor.execute("SELECT count(*) FROM beer").fetchone() == (0,)


def test_commit_lasts(connect):
    first, second = connect(), connect()
    cursor = first.cursor()
    cursor.execute("CREATE TABLE t (a INTEGER)")
    first.commit()
    cursor.execute("INSERT INTO t VALUES (1)")
    assert second.cursor().execute("SELECT count(*) FROM t").fetchone() == (0,)
    second.rollback()
    first.commit()
    assert second.cursor().execute("SELECT count(*) FROM t").fetchone() == (1,)


def test_definitions_are_in_the_transaction(connection, cursor):
    connection.rollback()
    with pytest.raises(dbapi.ProgrammingError):
        cursor.execute("SELECT * FROM beer")


def test_close_rolls_back(connect):
    first = connect()
    first.cursor().execute("CREATE TABLE t (a INTEGER)")
    first.close()
    with pytest.raises(dbapi.ProgrammingError):
        connect().cursor().execute("SELECT * FROM t")


def test_close_may_be_repeated(connection):
    connection.close()
    connection.close()
    assert connection.closed


@pytest.mark.parametrize("method", ["commit", "rollback", "cursor", "__enter__"])
def test_a_closed_connection_raises(connection, method):
    connection.close()
    with pytest.raises(dbapi.InterfaceError, match="closed"):
        getattr(connection, method)()


def test_context_manager_commits(connect):
    first = connect()
    with first as entered:
        assert entered is first
        first.cursor().execute("CREATE TABLE t AS SELECT 1 AS a")
    assert connect().cursor().execute("SELECT a FROM t").fetchall() == [(1,)]
    first.cursor()  # still open


def test_context_manager_rolls_back(connect):
    def fail(connection):
        with connection:
            connection.cursor().execute("CREATE TABLE t (a INTEGER)")
            raise KeyError("x")

    with pytest.raises(KeyError):
        fail(connect())
    with pytest.raises(dbapi.ProgrammingError):
        connect().cursor().execute("SELECT * FROM t")


def test_context_manager_leaves_a_closed_connection_alone(connection):
    with connection:
        connection.close()


def test_autocommit_is_off_by_default(connection):
    assert connection.autocommit is False
    connection.cursor().execute("SELECT 1")
    assert connection.session.in_transaction


def test_autocommit(connect):
    first = connect(autocommit=True)
    first.cursor().execute("CREATE TABLE t AS SELECT 1 AS a")
    assert not first.session.in_transaction
    assert connect().cursor().execute("SELECT a FROM t").fetchall() == [(1,)]


def test_setting_autocommit_commits(connect):
    first = connect()
    first.cursor().execute("CREATE TABLE t AS SELECT 1 AS a")
    first.autocommit = True
    assert connect().cursor().execute("SELECT a FROM t").fetchall() == [(1,)]
    first.autocommit = False
    first.cursor().execute("INSERT INTO t VALUES (2)")
    first.rollback()
    assert first.cursor().execute("SELECT a FROM t").fetchall() == [(1,)]


@pytest.mark.parametrize("begin", ["BEGIN", "  begin transaction", "-- so\n/* it\nis */ START TRANSACTION"])
def test_a_transaction_opened_by_hand(connection, begin):
    cursor = connection.cursor()
    cursor.execute(begin)
    cursor.execute("CREATE TABLE t (a INTEGER)")
    cursor.execute("ROLLBACK")
    assert not connection.session.in_transaction
    with pytest.raises(dbapi.ProgrammingError):
        cursor.execute("SELECT * FROM t")


def test_commit_of_a_failed_transaction_raises_and_rolls_back(connection, cursor):
    connection.commit()
    cursor.execute("CREATE TABLE one (a INTEGER PRIMARY KEY)")
    cursor.execute("INSERT INTO one VALUES (1)")
    with pytest.raises(dbapi.IntegrityError):
        cursor.execute("INSERT INTO one VALUES (1)")
    with pytest.raises(dbapi.OperationalError, match="rolled back"):
        connection.commit()
    assert cursor.execute("SELECT count(*) FROM beer").fetchone() == (0,)
    with pytest.raises(dbapi.ProgrammingError):
        cursor.execute("SELECT * FROM one")


def test_commit_after_a_statement_that_was_refused(connection, cursor):
    fill(cursor)
    with pytest.raises(dbapi.ProgrammingError):
        cursor.execute("SELECT * FROM nowhere")
    connection.commit()
    assert cursor.execute("SELECT count(*) FROM beer").fetchone() == (5,)


def test_a_failed_transaction_is_over_after_rollback(connection, cursor):
    connection.commit()
    with pytest.raises(dbapi.DataError):
        cursor.execute("SELECT CAST(name AS INTEGER) FROM (VALUES ('x')) AS t (name)").fetchall()
    connection.rollback()
    assert cursor.execute("SELECT 1").fetchone() == (1,)


def test_repr(connection):
    assert "Connection" in repr(connection)
    connection.close()
    assert "closed" in repr(connection)


# --- cursors ---


def test_cursor_has_its_connection(connection):
    assert connection.cursor().connection is connection


def test_description_before_execute(connection):
    assert connection.cursor().description is None


def test_description_of_a_definition(cursor):
    assert cursor.description is None


def test_description_of_a_query(cursor):
    cursor.execute("SELECT name, price FROM beer")
    assert [len(column) for column in cursor.description] == [7, 7]
    assert [column[0] for column in cursor.description] == ["name", "price"]
    assert cursor.description[0][1] == dbapi.STRING
    assert cursor.description[1][1] == dbapi.NUMBER


def test_description_of_a_decimal(cursor):
    cursor.execute("SELECT CAST(1 AS DECIMAL(10, 3))")
    assert cursor.description[0][4:6] == (10, 3)


def test_description_goes_with_the_next_statement(cursor):
    cursor.execute("SELECT 1")
    cursor.execute("INSERT INTO beer VALUES ('x', 1)")
    assert cursor.description is None


def test_rowcount_before_execute(connection):
    assert connection.cursor().rowcount == -1


def test_rowcount_of_a_definition(cursor):
    assert cursor.rowcount == -1


def test_rowcount_of_writes(cursor):
    fill(cursor)
    assert cursor.rowcount == 5
    assert cursor.execute("INSERT INTO beer VALUES ('a', 1), ('b', 2)").rowcount == 2
    assert cursor.execute("UPDATE beer SET price = 9 WHERE price > 3").rowcount == 3
    assert cursor.execute("DELETE FROM beer WHERE price = 9").rowcount == 3


def test_rowcount_of_a_query(cursor):
    assert cursor.execute("SELECT * FROM beer").rowcount in (-1, 0)


def test_lastrowid(cursor):
    fill(cursor)
    assert cursor.lastrowid is None


def test_execute_returns_the_cursor(cursor):
    assert cursor.execute("SELECT 1") is cursor


def test_execute_with_question_marks(cursor):
    cursor.execute("INSERT INTO beer VALUES (?, ?)", ("Cooper's", 4))
    assert cursor.execute("SELECT name FROM beer WHERE price = ?", [4]).fetchone() == ("Cooper's",)


def test_execute_with_names(cursor):
    cursor.execute("INSERT INTO beer VALUES ($name, $price)", {"name": "Boags", "price": 5})
    assert cursor.execute("SELECT * FROM beer WHERE name = $n", {"n": "Boags"}).fetchall() == [("Boags", 5)]


@pytest.mark.parametrize(
    "text", ["it's", "?", "%s", "$1", ":a", '"', "\\", "; DROP TABLE beer", "\n", "", "é漢🎉"]
)
def test_parameters_are_never_sql(cursor, text):
    assert cursor.execute("SELECT ?", [text]).fetchone() == (text,)


def test_wrong_number_of_parameters(cursor):
    with pytest.raises(dbapi.ProgrammingError):
        cursor.execute("SELECT ?, ?", [1])


def test_returning(cursor):
    cursor.execute("INSERT INTO beer VALUES ('a', 1), ('b', 2) RETURNING price")
    assert cursor.fetchall() == [(1,), (2,)]


def test_fetchone(cursor):
    fill(cursor)
    cursor.execute("SELECT name FROM beer WHERE price = 4")
    assert cursor.fetchone() == ("Coopers",)
    assert cursor.fetchone() is None
    assert cursor.fetchone() is None


def test_fetchmany(cursor):
    fill(cursor)
    cursor.execute("SELECT name FROM beer")
    assert len(cursor.fetchmany()) == 1
    assert len(cursor.fetchmany(3)) == 3
    assert len(cursor.fetchmany(3)) == 1
    assert cursor.fetchmany(3) == []


def test_arraysize(cursor):
    fill(cursor)
    assert cursor.arraysize == 1
    cursor.arraysize = 4
    cursor.execute("SELECT name FROM beer")
    assert len(cursor.fetchmany()) == 4
    assert cursor.arraysize == 4


def test_fetchall(cursor):
    fill(cursor)
    cursor.execute("SELECT * FROM beer")
    assert cursor.fetchall() == BEERS
    assert cursor.fetchall() == []


def test_fetchall_takes_what_is_left(cursor):
    fill(cursor)
    cursor.execute("SELECT * FROM beer")
    cursor.fetchone()
    cursor.fetchmany(2)
    assert cursor.fetchall() == BEERS[3:]


def test_fetch_from_an_empty_table(cursor):
    cursor.execute("SELECT * FROM beer")
    assert cursor.fetchone() is None
    assert cursor.fetchmany(2) == []
    assert cursor.fetchall() == []


def test_rows_are_sequences(cursor):
    assert tuple(cursor.execute("SELECT 1, NULL").fetchone()) == (1, None)


def test_iteration(cursor):
    fill(cursor)
    assert list(cursor.execute("SELECT * FROM beer")) == BEERS
    assert iter(cursor) is cursor
    with pytest.raises(StopIteration):
        next(cursor)


@pytest.mark.parametrize("method", ["fetchone", "fetchmany", "fetchall", "__next__"])
def test_fetching_without_a_query_raises(connection, method):
    cursor = connection.cursor()
    with pytest.raises(dbapi.Error):
        getattr(cursor, method)()
    cursor.execute("CREATE TABLE t (a INTEGER)")
    with pytest.raises(dbapi.Error):
        getattr(cursor, method)()


def test_fetching_after_a_failed_statement_raises(connection):
    cursor = connection.cursor().execute("SELECT 1")
    with pytest.raises(dbapi.ProgrammingError):
        cursor.execute("SELECT * FROM nowhere")
    with pytest.raises(dbapi.ProgrammingError, match="no rows"):
        cursor.fetchone()


def test_callproc(cursor):
    with pytest.raises(dbapi.NotSupportedError):
        cursor.callproc("lower", ["A"])


def test_nextset(cursor):
    assert cursor.execute("SELECT 1; SELECT 2").fetchall() == [(2,)]
    assert cursor.nextset() is None


def test_setinputsizes(cursor):
    cursor.setinputsizes((25,))
    assert cursor.execute("SELECT ?", ["a" * 50]).fetchone() == ("a" * 50,)


def test_setoutputsize(cursor):
    cursor.setoutputsize(1000)
    cursor.setoutputsize(2000, 0)
    assert cursor.execute("SELECT 1").fetchone() == (1,)


def test_close_cursor(cursor):
    cursor.close()
    cursor.close()


@pytest.mark.parametrize(
    ("method", "arguments"),
    [("execute", ["SELECT 1"]), ("executemany", ["SELECT ?", [[1]]]), ("fetchone", []), ("fetchmany", []),
     ("fetchall", []), ("nextset", []), ("callproc", ["x"]), ("__next__", []), ("__enter__", [])],
)  # fmt: skip
def test_a_closed_cursor_raises(connection, method, arguments):
    cursor = connection.cursor().execute("SELECT 1")
    cursor.close()
    with pytest.raises(dbapi.InterfaceError, match="closed"):
        getattr(cursor, method)(*arguments)


@pytest.mark.parametrize(
    ("method", "arguments"), [("execute", ["SELECT 1"]), ("fetchone", []), ("fetchall", [])]
)
def test_a_cursor_of_a_closed_connection_raises(connection, method, arguments):
    cursor = connection.cursor().execute("SELECT 1")
    connection.close()
    with pytest.raises(errors.ConnectionDoesNotExist):
        getattr(cursor, method)(*arguments)
    cursor.close()


def test_cursor_as_a_context_manager(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with pytest.raises(dbapi.InterfaceError):
        cursor.fetchone()


def test_cursors_share_the_transaction(connection, cursor):
    fill(cursor)
    assert connection.cursor().execute("SELECT count(*) FROM beer").fetchone() == (5,)


def test_rows_of_one_cursor_survive_another(connection, cursor):
    rows = 200_000
    cursor.execute("SELECT range FROM range(?)", [rows])
    assert cursor.fetchmany(2) == [(0,), (1,)]
    other = connection.cursor().execute("SELECT range FROM range(3)")
    assert cursor.fetchone() == (2,)
    assert other.fetchone() == (0,)
    connection.cursor().execute("CREATE TABLE t (a INTEGER)")
    assert other.fetchall() == [(1,), (2,)]
    connection.commit()
    left = cursor.fetchall()
    assert (left[0], left[-1], len(left)) == ((3,), (rows - 1,), rows - 3)


def test_rows_of_one_cursor_survive_a_rollback(connection, cursor):
    fill(cursor)
    cursor.execute("SELECT * FROM beer")
    assert cursor.fetchone() == BEERS[0]
    connection.rollback()
    assert cursor.fetchall() == BEERS[1:]

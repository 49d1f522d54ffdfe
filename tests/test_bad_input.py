"""Bad input: one clear error that names what was wrong and where; the session goes on and nothing is half done."""

from __future__ import annotations

import os
import resource
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


def still_works(db: avila.Database) -> bool:
    return db.sql("SELECT 42").fetchone() == (42,)


# --- where a database should be ---


def test_a_path_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "stars.csv").write_text("id\n1\n")
    with pytest.raises(
        errors.InvalidCatalogName, match=r"stars\.csv is a file, and a database is a directory"
    ) as caught:
        avila.connect(tmp_path / "stars.csv")
    assert "read_csv" in str(caught.value)


def test_a_directory_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    with pytest.raises(errors.InvalidCatalogName, match=r"it holds photo\.jpg but no avila\.keys"):
        avila.connect(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_a_directory_that_cannot_be_written_to(tmp_path: Path) -> None:
    script = textwrap.dedent(f"""
        import avila
        try:
            avila.connect({str(tmp_path / "db")!r})
        except avila.Error as error:
            print(type(error).__name__, error)
    """)
    (tmp_path / "db").mkdir()
    (tmp_path / "db").chmod(0o555)
    # The superuser may write anywhere, so it gives that right up first.
    powerless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.getuid() == 0 else []
    shown = subprocess.run(
        [*powerless, sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert shown.stdout.startswith("ReadOnlySqlTransaction"), shown.stdout + shown.stderr
    assert str(tmp_path / "db") in shown.stdout


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(errors.IoError, match="cannot use"):
        avila.connect(tmp_path / "file" / "db")


# --- what is in it ---


def test_a_damaged_native_file(tmp_path: Path) -> None:
    avila.connect(tmp_path / "db").close()
    path = tmp_path / "db" / "avila.db"
    path.write_bytes(b"\0" * path.stat().st_size)
    with pytest.raises(errors.CorruptedDatabase, match=r"avila\.db cannot be opened"):
        avila.connect(tmp_path / "db")


def test_settings_that_are_not(tmp_path: Path) -> None:
    (tmp_path / "avila.toml").write_text("memory_limt = '1GB'")
    with pytest.raises(errors.UndefinedObject, match="no setting memory_limt") as caught:
        avila.connect(tmp_path)
    assert "memory_limit" in str(caught.value)
    (tmp_path / "avila.toml").write_text("threads = 'many'")
    with pytest.raises(errors.ConfigurationError, match=r"setting threads in .*avila\.toml is 'many'"):
        avila.connect(tmp_path)
    (tmp_path / "avila.toml").write_text("= 3")
    with pytest.raises(errors.ConfigurationError, match=r"avila\.toml cannot be read"):
        avila.connect(tmp_path)
    (tmp_path / "avila.toml").write_text("memory_limit = 'a lot'")
    with pytest.raises(errors.ConfigurationError, match="the kernel refuses its settings"):
        avila.connect(tmp_path)
    (tmp_path / "avila.toml").write_text("threads = 1")
    with avila.connect(tmp_path) as db:
        assert db.sql("SHOW threads").fetchone() == ("1",)


# --- statements ---


@pytest.mark.parametrize(
    ("sql", "condition", "message", "place", "hint"),
    [
        ("SELECT lenght('a')", errors.UndefinedFunction, "function lenght does not exist", "lenght", "length"),
        ("SELECT * FROM flight", errors.UndefinedTable, "table flight does not exist", "flight", "flights"),
        ("SELECT carier FROM flights", errors.UndefinedColumn, 'column "carier" not found', "carier", "carrier"),
        ("SELECT 1 +", errors.SyntaxError, "", None, None),
        ("SELEC 1", errors.SyntaxError, "", "SELEC", None),
        ("SELECT 1; SELEC 2", errors.SyntaxError, "", "SELEC", None),
        ("SELECT id FROM flights, planes", errors.AmbiguousColumn, "id", "id", None),
        ("SELECT id, count(*) FROM flights", errors.GroupingError, "id", "id", None),
        ("SELECT 'x'::INTEGER", errors.InvalidTextRepresentation, "'x'", None, None),
        ("SELECT 300::TINYINT", errors.NumericValueOutOfRange, "300", None, None),
        ("INSTALL httpfs", errors.StatementNotAllowed, "", None, None),
        ("SET memory_limt = '1GB'", errors.UndefinedObject, "no setting memory_limt", None, "memory_limit"),
        ("SET threads = 'many'", errors.ConfigurationError, "setting threads", None, None),
        ("USE nowhere", errors.InvalidSchemaName, "no schema nowhere", None, None),
        ("EXECUTE nothing", errors.UndefinedObject, "no prepared statement nothing", None, None),
        ("COMMIT", errors.NoActiveSqlTransaction, "COMMIT without a transaction", None, None),
        ("CREATE TABLE flights (id INTEGER)", errors.DuplicateTable, "flights", None, None),
        ("DROP TABLE nothing", errors.UndefinedTable, "nothing", "nothing", None),
        ("SELECT * FROM 'nothing.csv'", errors.UndefinedFile, r"nothing\.csv", None, None),
        ("FROM read_parquet('nothing.parquet')", errors.UndefinedFile, r"nothing\.parquet", None, None),
        ("PRAGMA enable_profiling", errors.StatementNotAllowed, "PRAGMA enable_profiling", None, None),
        ("SELECT (SELECT id FROM flights)", errors.CardinalityViolation, "More than one row", None, None),
        ("SELECT * FROM flights WHERE id = ?", errors.UndefinedParameter, "", None, None),
    ],
)  # fmt: skip
def test_one_clear_error(
    memory: avila.Database,
    sql: str,
    condition: type[errors.Error],
    message: str,
    place: str | None,
    hint: str | None,
) -> None:
    memory.sql("CREATE TABLE flights (id INTEGER, carrier VARCHAR)")
    memory.sql("INSERT INTO flights VALUES (1, 'UA'), (2, 'AA')")
    memory.sql("CREATE TABLE planes (id INTEGER)")
    with pytest.raises(condition, match=message) as caught:
        memory.sql(sql).fetchall()
    assert type(caught.value) is condition
    assert "\x1b" not in str(caught.value)
    if place is not None:
        assert caught.value.position is not None
        assert sql[caught.value.position :].startswith(place)
        assert "^" in str(caught.value)
    if hint is not None:
        assert hint in (caught.value.hint or "")
    assert still_works(memory)


def test_a_statement_with_two_meanings(memory: avila.Database) -> None:
    """Two statements in one text run one after the other; parameters for both at once could mean either."""
    assert memory.sql("SELECT 1; SELECT 2").fetchall() == [(2,)]
    with pytest.raises(errors.UndefinedParameter, match="parameters were given for 2 statements"):
        memory.sql("SELECT ?; SELECT ?", [1])
    memory.sql("CREATE TABLE t (n INTEGER)")
    with pytest.raises(errors.SyntaxError):
        memory.sql("INSERT INTO t VALUES (1); INSERT INTO t VALUES (")
    assert memory.sql("SELECT count(*) FROM t").fetchone() == (0,), (
        "a text that does not parse runs not at all"
    )


@pytest.mark.parametrize(
    ("sql", "parameters", "condition"),
    [
        ("SELECT ?::INTEGER", ["x"], errors.InvalidTextRepresentation),
        ("SELECT ?", [object()], errors.DatatypeMismatch),
        ("SELECT ? + 1", ["x"], errors.BindingError),
        ("SELECT ?, ?", [1], errors.UndefinedParameter),
        ("SELECT ?", [1, 2], errors.UndefinedParameter),
        ("SELECT $a", {"b": 1}, errors.UndefinedParameter),
        ("FROM read_csv(?)", [3], errors.DatatypeMismatch),
        ("FROM read_csv(?)", [], errors.UndefinedParameter),
    ],
)
def test_a_parameter_of_the_wrong_type(
    memory: avila.Database, sql: str, parameters: object, condition: type[errors.Error]
) -> None:
    with pytest.raises(condition):
        memory.sql(sql, parameters).fetchall()
    assert still_works(memory)


def test_a_frame_that_is_none(memory: avila.Database) -> None:
    with pytest.raises(errors.DatatypeMismatch, match="int is not a table"):
        memory.register("df", 3)
    frame = 3  # noqa: F841 (a variable of the name that the statement looks for)
    with pytest.raises(errors.UndefinedTable, match="table frame does not exist"):
        memory.sql("FROM frame")


# --- files ---


def test_a_csv_with_ragged_rows(memory: avila.Database, tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n" + "1,2\n" * 3000 + "1,2,3,4\n" + "5,6\n")
    memory.sql("CREATE TABLE t (a INTEGER, b INTEGER)")
    with pytest.raises(errors.BadCopyFileFormat, match=r"ragged\.csv") as caught:
        memory.sql(
            f"INSERT INTO t FROM read_csv('{path}', header = true, columns = {{'a': 'INT', 'b': 'INT'}})"
        )
    assert "3002" in caught.value.message, "the line is named"
    assert memory.sql("SELECT count(*) FROM t").fetchone() == (0,), "nothing is half loaded"
    with pytest.raises(errors.BadCopyFileFormat):
        memory.sql(f"COPY t FROM '{path}' (HEADER)")
    assert memory.sql("SELECT count(*) FROM t").fetchone() == (0,)


def test_a_parquet_file_that_is_none(memory: avila.Database, tmp_path: Path) -> None:
    (tmp_path / "no.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(errors.BadCopyFileFormat, match=r"no\.parquet"):
        memory.sql(f"FROM '{tmp_path / 'no.parquet'}'")
    (tmp_path / "no.json").write_text('[{"a": 1}, {"a": ')
    with pytest.raises(errors.BadCopyFileFormat, match=r"no\.json"):
        memory.sql(f"FROM '{tmp_path / 'no.json'}'").fetchall()


def test_the_databases_own_files_are_not_data(db: avila.Database, tmp_path: Path) -> None:
    db.sql("CREATE TABLE t AS SELECT 1 AS a")
    for path in (
        "db/avila.keys",
        "db/*",
        "*/avila.keys",
        "db/lake/data/x.parquet",
        "elsewhere/../db/avila.keys",
    ):
        for sql in (f"FROM read_text('{tmp_path / path}')", f"FROM glob('{tmp_path / path}')"):
            with pytest.raises(errors.InsufficientPrivilege, match="directory of the database itself"):
                db.sql(sql)
    (tmp_path / "link").symlink_to(tmp_path / "db")
    with pytest.raises(errors.InsufficientPrivilege):
        db.sql("FROM read_blob(?)", [str(tmp_path / "link" / "avila.keys")])
    with pytest.raises(errors.InsufficientPrivilege):
        db.sql(f"COPY t TO '{tmp_path / 'db' / 'avila.toml'}'")
    with pytest.raises(errors.InsufficientPrivilege):
        db.sql(f"ATTACH '{tmp_path / 'db' / 'avila.db'}' AS other")
    for path in (
        f"file://{tmp_path}/db/avila.keys",
        f"FILE:{tmp_path}/db/avila.keys",
        f"file://localhost{tmp_path}/db/x",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            db.sql(f"FROM read_text('{path}')")
        with pytest.raises(errors.InsufficientPrivilege):
            db.sql(f"COPY t TO '{path}'")
    db.sql(f"COPY t TO '{tmp_path / 'fine.csv'}'")


@pytest.mark.parametrize(
    "path", ["/dev/stdout", "/proc/self/environ", "/proc/self/fd/1", "/dev/../dev/stdin"]
)
def test_doors_to_the_process_are_no_files(memory: avila.Database, path: str) -> None:
    for sql in (f"COPY (SELECT 1) TO '{path}'", f"FROM read_text('{path}')"):
        with pytest.raises(errors.InsufficientPrivilege, match="no file but a door"):
            memory.sql(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "DETACH lake",
        "DETACH native",
        "ATTACH ':memory:' AS lake",
        "ATTACH 'ducklake:x.db' AS y (DATA_PATH '/tmp')",
        "ATTACH 'sqlite:x.db' AS y",
        "ATTACH 'x.db' AS y (TYPE sqlite)",
        "ATTACH 'x.db' AS y (DATA_PATH '/tmp')",
        "ATTACH 'x.db' AS __ducklake_metadata_lake",
    ],
)
def test_the_stores_cannot_be_reached_around(db: avila.Database, sql: str) -> None:
    with pytest.raises(errors.StatementNotAllowed):
        db.sql(sql)
    db.sql("CREATE TABLE lake.still_there (n INTEGER)")


def test_other_files_of_the_kernels_format_come_and_go(db: avila.Database, tmp_path: Path) -> None:
    db.sql(f"ATTACH '{tmp_path / 'other.db'}' AS other")
    db.sql("CREATE TABLE other.t AS SELECT 7 AS n")
    assert db.sql("FROM other.t").fetchall() == [(7,)]
    db.sql("DETACH other")
    with pytest.raises(errors.UndefinedTable):
        db.sql("FROM other.t")


# --- resources ---


def test_a_full_disk(tmp_path: Path) -> None:
    """A file-size limit in a child stands for the disk: the kernel sees a write that the system refuses."""
    script = textwrap.dedent(f"""
        import resource, signal, avila
        db = avila.connect({str(tmp_path / "db")!r}, lake=False, checkpoint_interval_s=0)
        db.sql("CREATE TABLE t (n BIGINT PRIMARY KEY, filler VARCHAR)")
        db.sql("INSERT INTO t VALUES (1, 'kept')")
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
        for attempt in range(2):
            try:
                db.sql("INSERT INTO t SELECT i + 10, random()::VARCHAR FROM range(1000000) r(i)")
                print("it went through")
            except avila.Error as error:
                print(type(error).__name__, "|", error.message[:60])
            print(db.sql("SELECT count(*), min(filler) FROM t").fetchall())
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)) if False else None
    """)
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=os.environ
    )
    lines = shown.stdout.splitlines()
    assert [line.split(" |")[0] for line in lines[::2]] == ["DiskFull", "DiskFull"], (
        shown.stdout + shown.stderr
    )
    assert lines[1] == lines[3] == "[(1, 'kept')]", "the session goes on, and nothing is half written"
    with avila.connect(tmp_path / "db", lake=False) as db:
        assert db.sql("FROM t").fetchall() == [(1, "kept")]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_too_little_memory_and_nowhere_to_spill() -> None:
    with avila.connect(memory_limit="60MB", temp_limit="0KB", threads=1) as db:
        with pytest.raises(errors.Error) as caught:
            db.sql("SELECT list(i ORDER BY random()) FROM range(20000000) r(i)").fetchall()
        assert type(caught.value) in {errors.OutOfMemory, errors.DiskFull}
        assert still_works(db)


@pytest.mark.usefixtures("interactive")
def test_ctrl_c_ends_the_statement_and_not_the_session(memory: avila.Database) -> None:
    endless = "SELECT count(*) FROM range(1000000000000) r(i) WHERE i % 7 = 3"
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises((errors.QueryCanceled, KeyboardInterrupt)) as caught:
        memory.sql(endless).fetchall()
    timer.join()
    assert type(caught.value) is errors.QueryCanceled
    assert still_works(memory)


def test_a_statement_is_cancelled_from_another_thread(memory: avila.Database) -> None:
    timer = threading.Timer(0.3, memory.cancel)
    timer.start()
    with pytest.raises(errors.QueryCanceled):
        memory.sql("SELECT count(*) FROM range(1000000000000) r(i) WHERE i % 7 = 3").fetchall()
    timer.join()
    assert still_works(memory)


def test_a_statement_runs_no_longer_than_it_may(memory: avila.Database) -> None:
    memory.sql("SET statement_timeout = 200")
    with pytest.raises(errors.QueryCanceled, match="statement_timeout, which is 200 ms"):
        memory.sql("SELECT count(*) FROM range(1000000000000) r(i) WHERE i % 7 = 3").fetchall()
    assert still_works(memory)


def test_a_failed_statement_leaves_nothing_half_written(db: avila.Database) -> None:
    db.sql("CREATE TABLE t (n INTEGER PRIMARY KEY)")
    with pytest.raises(errors.InvalidTextRepresentation):
        db.sql(
            "INSERT INTO t SELECT CASE WHEN i < 99999 THEN i::VARCHAR ELSE 'x' END FROM range(100000) r(i)"
        )
    with pytest.raises(errors.UniqueViolation):
        db.sql("INSERT INTO t SELECT i % 5000 FROM range(10000) r(i)")
    assert db.sql("SELECT count(*) FROM t").fetchone() == (0,)


@pytest.mark.parametrize("call", ["sql", "execute", "table", "transaction", "session"])
def test_a_closed_database_says_so(tmp_path: Path, call: str) -> None:
    db = avila.connect(tmp_path / "db")
    db.close()
    db.close()
    with pytest.raises(errors.ConnectionDoesNotExist, match="closed"):
        if call == "transaction":
            with db.transaction():
                pass
        elif call == "session":
            db.session()
        else:
            getattr(db, call)("SELECT 1")

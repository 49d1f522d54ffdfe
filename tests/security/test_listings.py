"""Whatever lists things - every table function, pragma and view there is - tells a role nothing of what it may not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import avila
from avila import errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRETS = ("SECRET", "7000001", "7000002")
ARGUMENTS = (
    "", "1", "'vault'", "'main.vault'", "'native'", "'lake'", "'lake', 'vault'", "'lake', 'main', 'vault', 0, 100",
    "'vault', 'word'", "'FROM vault'", "'SELECT word FROM main.vault'", "'/etc/passwd'", "vault", "'sequence'",
)  # fmt: skip


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[avila.Database]:
    with avila.connect(tmp_path_factory.mktemp("listings") / "db") as database:
        for store in ("native", "lake"):
            database.execute(f"CREATE TABLE {store}.main.vault (id INTEGER, word VARCHAR, number INTEGER)")
            database.execute(
                f"INSERT INTO {store}.main.vault VALUES (1, 'SECRET 1', 7000001), (2, 'SECRET 2', 7000002)"
            )
        database.execute("CREATE UNIQUE INDEX by_word ON native.main.vault (word)")
        database.execute(
            "CREATE VIEW seen AS SELECT * FROM native.main.vault; CREATE SEQUENCE sequence START 7000001"
        )
        database.execute("SELECT nextval('sequence'), nextval('sequence')")
        database.execute(
            "PREPARE told AS SELECT 'SECRET 3'; SET VARIABLE told = 'SECRET 4'; SELECT 'SECRET 5'"
        )
        database.execute(
            "CREATE TEMP TABLE private AS SELECT 'SECRET 6' AS word; CREATE ROLE alice PASSWORD 'SECRET 7'"
        )
        yield database


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that many readers can read."""
    path = tmp_path_factory.mktemp("files") / "secret.csv"
    path.write_text("word,number\nSECRET 8,7000001\nSECRET 9,7000002\n")
    return path


@pytest.fixture(scope="module")
def alice(opened: avila.Database) -> Iterator[avila.Session]:
    with opened.session(role="alice") as session:
        yield session


def _told(session: avila.Session, sql: str) -> str:
    try:
        return repr(session.execute(sql).fetchall())
    except errors.Error as error:
        return f"{error} {error.hint} {error.__cause__}".replace(sql, "")


def test_table_functions_and_pragmas(opened: avila.Database, alice: avila.Session, file: Path) -> None:
    kinds = "('table', 'table_macro', 'pragma')"
    listed = opened.execute(
        f"SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN {kinds}"
    ).fetchall()
    assert len(listed) > 100, "the kernel has many, so this sees the wrong ones"
    told = []
    for (name,) in listed:
        statements = [f"FROM {name}({arguments})" for arguments in (*ARGUMENTS, f"'{file}'", f"['{file}']")]
        statements += [f"CALL {name}()", f"PRAGMA {name}", f"PRAGMA {name}('vault')"]
        told += [sql for sql in statements if any(secret in _told(alice, sql) for secret in SECRETS)]
    assert [sql for sql in told if not _is_definition(sql)] == []


def test_files(alice: avila.Session, file: Path) -> None:
    for sql in (
        f"FROM '{file}'",
        f"SELECT * FROM read_csv('{file}')",
        f"CREATE TEMP TABLE t AS FROM read_csv('{file}')",
        f"COPY (SELECT 1) TO '{file}'",
        f"CREATE TEMP TABLE copied (word VARCHAR, number INTEGER); COPY copied FROM '{file}'; FROM copied",
        f"ATTACH '{file}.db' AS mine",
        f"SELECT content FROM read_text('{file}')",
        f"PREPARE reading AS SELECT * FROM read_csv('{file}'); EXECUTE reading",
        f"CREATE TEMP VIEW reading AS SELECT * FROM read_csv('{file}'); FROM reading",
        f"CREATE TEMP MACRO reading() AS TABLE SELECT * FROM read_csv('{file}'); FROM reading()",
    ):
        assert "SECRET" not in _told(alice, sql), sql
    assert "SECRET 9" in file.read_text()
    assert not file.with_suffix(".csv.db").exists()


def test_views_and_tables(opened: avila.Database, alice: avila.Session) -> None:
    named = opened.execute(
        "SELECT database_name, schema_name, view_name FROM duckdb_views() UNION ALL "
        "SELECT database_name, schema_name, table_name FROM duckdb_tables()"
    ).fetchall()
    assert len(named) > 20
    told = []
    for names in named:
        sql = "FROM " + ".".join(f'"{name}"' for name in names)
        told += [sql for secret in SECRETS if secret in _told(alice, sql)]
    assert [sql for sql in told if not _is_definition(sql)] == []


def test_where_a_sequence_stands(alice: avila.Session) -> None:
    """How it is defined everybody may see, as in PostgreSQL; how far it is, only who may use it."""
    for sql in (
        "SELECT last_value FROM duckdb_sequences()",
        "SELECT last_value FROM pg_catalog.pg_sequences",
    ):
        assert "700000" not in _told(alice, sql), sql
    for sql in ("SELECT nextval('sequence')", "SELECT currval('sequence')", "FROM sequence"):
        with pytest.raises(errors.Error):
            alice.execute(sql).fetchall()


def test_what_belongs_to_another_session(alice: avila.Session) -> None:
    for sql in ("EXECUTE told", "SELECT getvariable('told')", "FROM private", "FROM temp.main.private"):
        assert "SECRET" not in _told(alice, sql), sql


def _is_definition(sql: str) -> bool:
    """Whether a statement lists sequences: where they start is part of what they are."""
    return "sequence" in sql

"""Keys are shown to nobody, by whatever way the kernel's lists are reached; functions that nobody may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import avila
from avila import errors
from avila.kernel.duckdb.engine import DuckDBEngine
from avila.planner.rules.hidden_keys import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[avila.Database]:
    """Return a database with rows in a file of its lake."""
    with avila.connect(tmp_path_factory.mktemp("keys") / "db") as database:
        database.execute("CREATE TABLE lake.main.t AS SELECT range AS i FROM range(10000)")
        yield database


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM duckdb_databases()",
        "FROM duckdb_databases",
        "FROM system.main.duckdb_databases AS d",
        "SELECT options FROM duckdb_databases() AS d (a, b, c, d, e, f, g)",
        "SELECT CAST(duckdb_databases AS VARCHAR) FROM duckdb_databases()",
        "WITH d AS (FROM duckdb_databases) SELECT * FROM d",
        "SUMMARIZE duckdb_databases",
        "SUMMARIZE FROM duckdb_databases()",
        "FROM query('FROM duckdb_databases()')",
        "FROM query_table('duckdb_databases')",
        "SELECT * FROM (VALUES (1)) v, LATERAL (SELECT options FROM duckdb_databases())",
        "PIVOT duckdb_databases ON type USING max(CAST(options AS VARCHAR))",
        "CREATE TABLE copied AS SELECT CAST(options AS VARCHAR) AS o FROM duckdb_databases(); FROM copied",
        "CREATE VIEW kept AS SELECT * FROM duckdb_databases(); FROM kept",
        "CREATE VIEW viewed AS SELECT * FROM duckdb_databases; FROM viewed",
        "CREATE MACRO listed() AS TABLE SELECT * FROM duckdb_databases(); FROM listed()",
        "CREATE MACRO told() AS (SELECT string_agg(CAST(options AS VARCHAR), '') FROM duckdb_databases()); SELECT told()",
    ],
)
def test_the_lakes_key_is_shown_by_nothing(opened: avila.Database, sql: str) -> None:
    try:
        shown = str(opened.execute(sql).fetchall())
    except errors.UndefinedColumn:  # renamed away
        return
    assert "meta_encryption_key" not in shown


def test_the_rest_is_still_shown(opened: avila.Database) -> None:
    found = opened.execute("SELECT database_name FROM duckdb_databases WHERE type = 'ducklake'").fetchall()
    assert found == [("lake",)]
    assert opened.execute("SELECT count(*) FROM duckdb_databases() WHERE options IS NOT NULL").fetchall() == [
        (0,)
    ]
    described = opened.execute("DESCRIBE duckdb_databases").fetchall()
    assert "options" in {row[0] for row in described}


def test_the_lakes_files_are_listed_without_their_keys(opened: avila.Database) -> None:
    rows = opened.execute(
        "SELECT data_file IS NOT NULL, data_file_encryption_key, delete_file_encryption_key"
        " FROM ducklake_list_files('lake', 't')"
    ).fetchall()
    assert rows
    assert set(rows) == {(True, None, None)}


def test_a_table_of_that_name_is_a_table(memory: avila.Database) -> None:
    memory.execute("CREATE TABLE ducklake_list_files (data_file_encryption_key VARCHAR)")
    memory.execute("INSERT INTO ducklake_list_files VALUES ('mine')")
    assert memory.execute("FROM ducklake_list_files").fetchall() == [("mine",)]


def test_no_other_listing_has_such_columns() -> None:
    engine = DuckDBEngine({})
    engine.load("ducklake")
    try:
        names = engine.execute(
            "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'table' AND"
            " function_name LIKE 'duckdb%' AND len(parameters) = 0"
        )
        telling = set()
        for (name,) in names:
            columns = {row[0] for row in engine.execute(f"DESCRIBE FROM {name}()")}
            telling |= (
                {name} if columns & {"options"} or any("encryption_key" in one for one in columns) else set()
            )
        assert telling <= KEYS.keys()
    finally:
        engine.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT json_serialize_plan('SELECT * FROM read_csv(''/etc/passwd'')')",
        "SELECT text(1, '0')",
        "SELECT excel_text(1, '0')",
    ],
)
def test_functions_that_nobody_may_call(memory: avila.Database, sql: str) -> None:
    with pytest.raises(errors.StatementNotAllowed):
        memory.execute(sql)

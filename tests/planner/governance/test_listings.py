"""What lists the catalog lists what a role may see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from commands.conftest import Acting, World


@pytest.fixture(scope="module")
def alice(world: World) -> Acting:
    world.owner(
        "CREATE ROLE alice LOGIN",
        "CREATE SCHEMA hidden_place",
        "CREATE TABLE hidden_place.hidden_c (a INTEGER)",
    )
    for store in ("native", "lake"):
        world.owner(
            f"CREATE TABLE {store}.main.{store}_seen (a INTEGER, b INTEGER)",
            f"CREATE TABLE {store}.main.{store}_hidden (a INTEGER, hidden_d INTEGER)",
            f"GRANT SELECT ON {store}.main.{store}_seen TO alice",
        )
    world.owner("CREATE VIEW hidden_view AS SELECT 1 AS a")
    return world.session("alice")


LISTINGS = {
    "tables": "SELECT table_name FROM information_schema.tables",
    "columns": "SELECT table_name, column_name FROM information_schema.columns",
    "pg_class": "SELECT relname FROM pg_catalog.pg_class",
    "pg_attribute": "SELECT attname FROM pg_catalog.pg_attribute",
    "pg_tables": "SELECT tablename FROM pg_catalog.pg_tables",
    "pg_views": "SELECT viewname FROM pg_catalog.pg_views",
    "duckdb_tables": "SELECT table_name FROM duckdb_tables()",
    "duckdb_columns": "SELECT table_name, column_name FROM duckdb_columns()",
    "duckdb_views": "SELECT view_name FROM duckdb_views()",
    "show": "SHOW TABLES",
    "show all": "SHOW ALL TABLES",
    "pragma": "PRAGMA show_tables",
}
REFUSED_TOO = frozenset({"show all", "pragma"})


@pytest.mark.parametrize("listing", LISTINGS)
def test_hidden_names_are_not_listed(world: World, alice: Acting, listing: str) -> None:
    sql = LISTINGS[listing]
    assert "hidden" in str(world.owner.rows(sql)), "the test would show nothing"
    if listing in REFUSED_TOO:
        assert alice.fails(sql) == "42501"
        return
    rows = alice.rows(sql)
    assert "hidden" not in str(rows)
    if "view" not in listing:
        assert "seen" in str(rows) or "a" in str(rows)


@pytest.mark.parametrize(
    "sql",
    [
        "DESCRIBE {}", "SUMMARIZE {}", "SHOW {}", "SELECT * FROM {}", "SELECT count(*) FROM {}", "PRAGMA table_info('{}')",
        "SELECT * FROM pragma_table_info('{}')", "FROM {} LIMIT 0",
    ],
)  # fmt: skip
def test_a_hidden_table_is_described_to_nobody(alice: Acting, store: str, sql: str) -> None:
    assert alice.fails(sql.format(f"{store}.main.{store}_hidden")) == "42501"


def test_what_may_be_read_is_described(alice: Acting, store: str) -> None:
    assert [row[0] for row in alice.rows(f"DESCRIBE {store}.main.{store}_seen")] == ["a", "b"]
    assert len(alice.rows(f"SUMMARIZE {store}.main.{store}_seen")) == 2


@pytest.mark.parametrize(
    "sql",
    [
        "EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT 1", "SELECT * FROM duckdb_settings()",
        "SELECT * FROM pragma_storage_info('native_seen')", "SELECT stats(a) FROM native_seen", "SELECT * FROM avila.changes",
        "SELECT * FROM pg_catalog.pg_settings",
    ],
)  # fmt: skip
def test_what_superusers_alone_see(alice: Acting, sql: str) -> None:
    assert alice.fails(sql) == "42501"


def test_privileges_of_ones_own_are_answered(alice: Acting) -> None:
    assert alice.rows(
        "SELECT has_table_privilege('native_seen', 'SELECT'), has_table_privilege('native_hidden', 'SELECT')"
    ) == [(True, False)]

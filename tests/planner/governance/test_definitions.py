"""Definitions: who may make, change and drop what, and what becomes of rights with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from commands.conftest import Acting, World


@pytest.fixture(scope="module")
def alice(world: World) -> Acting:
    world.owner("CREATE ROLE alice LOGIN", "CREATE ROLE bob LOGIN")
    world.owner("GRANT CREATE ON SCHEMA main TO alice", "GRANT CREATE ON SCHEMA lake.main TO alice")
    world.owner(
        "CREATE TABLE others (a INTEGER, b INTEGER)", "CREATE TABLE lake.others (a INTEGER, b INTEGER)"
    )
    return world.session("alice")


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE others", "DROP TABLE lake.others", "ALTER TABLE others ADD COLUMN c INTEGER",
        "ALTER TABLE others RENAME TO mine", "CREATE INDEX i ON others (a)", "CREATE OR REPLACE TABLE others (a INTEGER)",
        "COMMENT ON TABLE others IS 'mine'", "COMMENT ON COLUMN others.a IS 'mine'", "CREATE SCHEMA s", "DROP SCHEMA main CASCADE",
        "CREATE TABLE mine AS SELECT * FROM others", "ATTACH ':memory:' AS x",
        "CREATE TABLE avila.mine (a INTEGER)",
    ],
)  # fmt: skip
def test_what_needs_rights(alice: Acting, sql: str) -> None:
    assert alice.fails(sql) == "42501"


def test_without_create_nothing_is_made_but_temporary(world: World, alice: Acting) -> None:
    bob = world.session("bob")
    for sql in ("CREATE TABLE t (a INTEGER)", "CREATE VIEW v AS SELECT 1", "CREATE SEQUENCE s",
                "CREATE TYPE e AS ENUM ('a')", "CREATE MACRO m(x) AS x", "CREATE TABLE lake.t (a INTEGER)"):  # fmt: skip
        assert bob.fails(sql) == "42501", sql
    bob("CREATE TEMP TABLE t (a INTEGER)", "INSERT INTO t VALUES (1)", "DROP TABLE t")


def test_who_makes_owns(world: World, alice: Acting, store: str) -> None:
    name = f"{store}.main.{store}_mine"
    alice(
        f"CREATE TABLE {name} (a INTEGER)",
        f"INSERT INTO {name} VALUES (1)",
        f"ALTER TABLE {name} ADD COLUMN b INTEGER",
    )
    bob = world.session("bob")
    assert bob.fails(f"SELECT * FROM {name}") == "42501"
    alice(f"GRANT SELECT ON {name} TO bob")
    assert bob.rows(f"SELECT a FROM {name}") == [(1,)]
    alice(f"DROP TABLE {name}", f"CREATE TABLE {name} (a INTEGER)")
    assert bob.fails(f"SELECT * FROM {name}") == "42501", "grants end with what they were on"
    alice(f"DROP TABLE {name}")


def test_rights_and_policies_follow_a_new_name(world: World, alice: Acting, store: str) -> None:
    old, new = f"{store}.main.{store}_old", f"{store}.main.{store}_new"
    world.owner(
        f"CREATE TABLE {old} (a INTEGER)", f"INSERT INTO {old} VALUES (1), (2)", f"GRANT SELECT ON {old} TO bob",
        f"CREATE POLICY one ON {old} USING (a = 1)", f"ALTER TABLE {old} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {old} RENAME TO {store}_new",
    )  # fmt: skip
    bob = world.session("bob")
    assert bob.rows(f"SELECT a FROM {new}") == [(1,)]
    world.owner(f"DROP TABLE {new}", f"CREATE TABLE {new} (a INTEGER)", f"CREATE TABLE {old} (a INTEGER)")
    for name in (old, new):
        assert bob.fails(f"SELECT a FROM {name}") == "42501"


def test_a_column_that_a_policy_uses_stays(world: World, alice: Acting, store: str) -> None:
    name = f"{store}.main.{store}_used"
    world.owner(f"CREATE TABLE {name} (a INTEGER, b INTEGER)", f"CREATE POLICY one ON {name} USING (a = 1)")
    assert world.owner.fails(f"ALTER TABLE {name} DROP COLUMN a") == "2BP01"
    world.owner(f"ALTER TABLE {name} DROP COLUMN b", f"DROP POLICY one ON {name}")


def test_what_is_rolled_back_leaves_no_rights(world: World, alice: Acting) -> None:
    name = "native.main.undone"
    alice("BEGIN", f"CREATE TABLE {name} (a INTEGER)", f"GRANT SELECT ON {name} TO bob", "ROLLBACK")
    world.owner(f"CREATE TABLE {name} (a INTEGER)")
    assert alice.fails(f"SELECT * FROM {name}") == "42501"
    assert world.session("bob").fails(f"SELECT * FROM {name}") == "42501"
    world.owner("BEGIN", f"GRANT SELECT ON {name} TO alice", "COMMIT")
    assert alice.rows(f"SELECT * FROM {name}") == []


def test_if_not_exists_takes_nothing_over(world: World, alice: Acting) -> None:
    alice("CREATE TABLE IF NOT EXISTS others (a INTEGER)")
    assert alice.fails("SELECT * FROM others") == "42501"
    assert alice.fails("DROP TABLE others") == "42501"


def test_default_privileges(world: World, alice: Acting, store: str) -> None:
    schema = "main" if store == "native" else "lake.main"
    alice(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO bob")
    alice(f"CREATE TABLE {store}.main.{store}_given (a INTEGER)")
    assert world.session("bob").rows(f"SELECT * FROM {store}.main.{store}_given") == []
    alice(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE SELECT ON TABLES FROM bob")


def test_functions_of_users(world: World, alice: Acting) -> None:
    assert alice.fails("CREATE MACRO lower(x) AS 'mine'") == "42939"
    alice("CREATE MACRO of_others() AS TABLE SELECT a FROM others", "CREATE MACRO twice(x) AS x * 2")
    assert alice.rows("SELECT twice(4)") == [(8,)]
    assert alice.fails("SELECT * FROM of_others()") == "42501"
    assert world.session("bob").fails("SELECT * FROM of_others()") == "42501"


def test_a_temporary_table_is_ones_own(world: World, alice: Acting) -> None:
    alice("CREATE TEMP TABLE others AS SELECT 5 AS a", "INSERT INTO others VALUES (6)")
    assert alice.rows("SELECT a FROM others ORDER BY a") == [(5,), (6,)]
    assert alice.fails("SELECT a FROM native.main.others") == "42501"
    alice("DROP TABLE temp.others")

"""What commands that touch no one table need: predefined roles, ownership, or a superuser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from commands.conftest import World


@pytest.mark.parametrize(
    ("sql", "role"),
    [("CHECKPOINT", "pg_checkpoint"), ("VACUUM", "pg_maintain"), ("VACUUM ANALYZE", "pg_maintain"), ("ANALYZE", "pg_maintain")],
)  # fmt: skip
def test_predefined_roles(world: World, sql: str, role: str) -> None:
    alice = world.role("alice")
    assert alice.fails(sql) == "42501"
    world.owner(f"GRANT {role} TO alice", sql)
    alice(sql)


@pytest.mark.parametrize("sql", ["VACUUM t", "VACUUM ANALYZE t", "ANALYZE t"])
def test_a_table_is_maintained_by_its_owner_and_by_those_who_may(world: World, sql: str) -> None:
    alice = world.role("alice")
    world.owner("CREATE TABLE t (i INTEGER)", "GRANT SELECT, INSERT, UPDATE, DELETE ON t TO alice", sql)
    assert alice.fails(sql) == "42501"
    world.owner("GRANT MAINTAIN ON t TO alice")
    alice(sql)
    world.owner("REVOKE MAINTAIN ON t FROM alice", "ALTER TABLE t OWNER TO alice")
    alice(sql)
    world.owner("ALTER TABLE t OWNER TO owner", "GRANT pg_maintain TO alice")
    alice(sql)


def test_a_table_with_policies_is_maintained_whole(world: World) -> None:
    alice = world.role("alice")
    world.owner(
        "CREATE TABLE t (i INTEGER)",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "GRANT MAINTAIN ON t TO alice",
    )
    alice("ANALYZE t", "VACUUM t")


@pytest.mark.parametrize("sql", ["CREATE EXTENSION IF NOT EXISTS signal", "DROP EXTENSION IF EXISTS signal"])
def test_extensions_are_for_superusers(world: World, sql: str) -> None:
    alice = world.role("alice", "CREATEROLE CREATEDB")
    assert alice.fails(sql) == "42501"
    world.owner(sql)


@pytest.mark.parametrize("sql", ["USE s", "USE native.s", "SET schema = 's'", "SET search_path = 's'"])
def test_a_schema_is_used_with_usage_on_it(world: World, sql: str) -> None:
    alice = world.role("alice")
    world.owner("CREATE SCHEMA s")
    assert alice.fails(sql) == "42501"
    alice("USE main", "USE native")
    world.owner("GRANT USAGE ON SCHEMA s TO alice")
    alice(sql)
    assert alice.rows("SELECT current_schema()") == [("s",)]


def test_what_is_the_sessions_own(world: World) -> None:
    """Prepared statements and settings need no rights, and settings show no secrets."""
    alice = world.role("alice")
    world.owner("CREATE TABLE t (i INTEGER)")
    assert alice.fails("PREPARE p AS SELECT * FROM t") == "42501"
    alice(
        "PREPARE p AS SELECT 1", "EXECUTE p", "SET lock_timeout = 1000", "RESET lock_timeout", "DEALLOCATE p"
    )
    names = {name for name, _, _ in alice.rows("SHOW ALL")}
    assert "lock_timeout" in names
    assert not {name for name in names if "secret" in name or "password" in name}


def test_what_was_prepared_asks_for_rights_when_it_runs(world: World) -> None:
    alice = world.role("alice")
    world.owner("CREATE TABLE t (i INTEGER)", "GRANT SELECT ON t TO alice")
    alice("PREPARE p AS SELECT * FROM t", "EXECUTE p")
    world.owner("REVOKE SELECT ON t FROM alice")
    assert alice.fails("EXECUTE p") == "42501"

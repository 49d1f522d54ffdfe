"""CREATE, ALTER, RENAME and DROP ROLE, as PostgreSQL 16's documentation has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila.security import passwords

if TYPE_CHECKING:
    from commands.conftest import World

FLAGS = ("SUPERUSER", "CREATEDB", "CREATEROLE", "INHERIT", "LOGIN", "REPLICATION", "BYPASSRLS")


def test_the_documented_examples(world: World) -> None:
    """Run the examples of the pages CREATE ROLE, CREATE USER, ALTER ROLE and DROP ROLE."""
    world.owner(
        "CREATE ROLE jonathan LOGIN",
        "CREATE USER davide WITH PASSWORD 'jw8s0F4'",
        "CREATE ROLE miriam WITH LOGIN PASSWORD 'jw8s0F4' VALID UNTIL '2005-01-01'",
        "CREATE ROLE admin WITH CREATEDB CREATEROLE",
        "ALTER ROLE davide WITH PASSWORD 'hu8jmn3'",
        "ALTER ROLE davide WITH PASSWORD NULL",
        "CREATE ROLE chris",
        "ALTER ROLE chris VALID UNTIL 'May 4 12:00:00 2015 +1'",
        "CREATE ROLE fred VALID UNTIL 'infinity'",
        "ALTER ROLE miriam CREATEROLE CREATEDB",
        "DROP ROLE jonathan",
    )
    roles = world.owner.catalog.roles
    assert "jonathan" not in roles
    assert roles["davide"].login
    assert roles["davide"].scram is None
    assert roles["admin"].createdb
    assert roles["admin"].createrole
    assert not roles["admin"].login
    assert roles["chris"].valid_until == "2015-05-04 11:00:00+00:00"
    assert roles["fred"].valid_until == "infinity"
    assert roles["miriam"].createrole
    assert roles["miriam"].valid_until == "2005-01-01 00:00:00+00:00"


@pytest.mark.parametrize("flag", FLAGS)
def test_each_attribute_can_be_given_and_taken(world: World, flag: str) -> None:
    world.owner(f"CREATE ROLE a NO{flag}", f"CREATE ROLE b {flag}")
    roles = world.owner.catalog.roles
    assert not getattr(roles["a"], flag.lower())
    assert getattr(roles["b"], flag.lower())
    world.owner(f"ALTER ROLE a {flag}", f"ALTER ROLE b NO{flag}")
    roles = world.owner.catalog.roles
    assert getattr(roles["a"], flag.lower())
    assert not getattr(roles["b"], flag.lower())


def test_a_user_logs_in_and_a_role_does_not(world: World) -> None:
    world.owner("CREATE USER u", "CREATE ROLE r", "CREATE GROUP g", "CREATE USER v NOLOGIN")
    roles = world.owner.catalog.roles
    assert roles["u"].login
    assert not (roles["r"].login)
    assert not (roles["g"].login)
    assert not (roles["v"].login)


def test_names_are_folded_unless_in_quotes(world: World) -> None:
    world.owner("CREATE ROLE Alice", 'CREATE ROLE "Alice"')
    assert {"alice", "Alice"} <= world.owner.catalog.roles.roles.keys()
    assert world.owner.fails("CREATE ROLE ALICE") == "42710"


def test_names_that_are_taken_or_reserved(world: World) -> None:
    world.owner("CREATE ROLE a", "CREATE ROLE IF NOT EXISTS a SUPERUSER")
    assert not world.owner.catalog.roles["a"].superuser
    assert world.owner.fails("CREATE ROLE a") == "42710"
    for name in ("pg_a", "public", "none", "current_user", "session_user"):
        assert world.owner.fails(f"CREATE ROLE {name}") == "42939", name
    assert world.owner.fails("ALTER ROLE pg_monitor LOGIN") == "42939"


def test_options_are_said_once(world: World) -> None:
    assert world.owner.fails("CREATE ROLE a LOGIN NOLOGIN") == "42601"
    assert world.owner.fails("CREATE ROLE a IN ROLE owner IN GROUP owner") == "42601"
    assert world.owner.fails("CREATE ROLE a CONNECTION LIMIT -2") == "22023"
    for moment in ("Mai 4 2015", "2015-13-01", "tomorrow"):
        assert str(world.owner.fails(f"CREATE ROLE a VALID UNTIL '{moment}'")).startswith("22"), moment


def test_a_password_is_kept_as_hashes_only(world: World) -> None:
    world.owner("CREATE USER a PASSWORD 'correct horse'")
    role = world.owner.catalog.roles["a"]
    assert role.scram is not None
    assert role.argon2 is not None
    assert "correct horse" not in repr(world.owner.catalog)
    kept = passwords.Password(role.scram, role.argon2)
    assert passwords.verify("correct horse", kept)
    assert not passwords.verify("correct hors", kept)
    verifier = str(passwords.Verifier.of("other", b"0123456789abcdef"))
    world.owner(f"ALTER USER a PASSWORD '{verifier}'")
    role = world.owner.catalog.roles["a"]
    assert (role.scram, role.argon2) == (verifier, None)
    assert world.owner.fails("ALTER USER a PASSWORD ''") == "22023"


def test_memberships_that_come_with_a_role(world: World) -> None:
    world.owner(
        "CREATE ROLE g",
        "CREATE ROLE a",
        "CREATE ROLE b NOINHERIT",
        "CREATE ROLE n IN ROLE g ROLE a, b ADMIN owner",
    )
    held = world.owner.catalog.roles.memberships
    assert held["g", "n", "owner"].inherit
    assert not held["g", "n", "owner"].admin
    assert held["n", "a", "owner"].inherit
    assert not held["n", "b", "owner"].inherit
    assert held["n", "owner", "owner"].admin
    assert world.owner.fails("CREATE ROLE m IN ROLE nobody") == "42704"
    assert "m" not in world.owner.catalog.roles


def test_who_has_createrole_makes_roles_and_administers_them(world: World) -> None:
    maker = world.role("maker", "LOGIN CREATEROLE")
    maker("CREATE ROLE made LOGIN PASSWORD 'x' CONNECTION LIMIT 2")
    made = world.owner.catalog.roles.memberships["made", "maker", "owner"]
    assert (made.admin, made.inherit, made.set) == (True, False, False)
    maker("ALTER ROLE made VALID UNTIL 'infinity'", "ALTER ROLE made RENAME TO mine", "DROP ROLE mine")


def test_createrole_gives_away_nothing_that_it_lacks(world: World) -> None:
    maker = world.role("maker", "LOGIN CREATEROLE CREATEDB")
    for flag in ("SUPERUSER", "REPLICATION", "BYPASSRLS"):
        assert maker.fails(f"CREATE ROLE a {flag}") == "42501", flag
    maker("CREATE ROLE a CREATEDB CREATEROLE")
    for flag in ("SUPERUSER", "NOSUPERUSER", "REPLICATION", "BYPASSRLS", "NOBYPASSRLS"):
        assert maker.fails(f"ALTER ROLE a {flag}") == "42501", flag
    maker("ALTER ROLE a NOCREATEDB")
    assert maker.fails("ALTER ROLE maker BYPASSRLS") == "42501"
    assert maker.fails("ALTER ROLE maker CREATEDB") == "42501"  # nobody has ADMIN on oneself
    assert maker.fails("ALTER ROLE owner PASSWORD 'x'") == "42501"


def test_createrole_reaches_only_the_roles_it_administers(world: World) -> None:
    maker = world.role("maker", "LOGIN CREATEROLE")
    world.owner("CREATE ROLE other", "CREATE ROLE boss SUPERUSER")
    for sql in (
        "ALTER ROLE other LOGIN",
        "ALTER ROLE other PASSWORD 'x'",
        "ALTER ROLE other RENAME TO another",
        "DROP ROLE other",
        "GRANT other TO maker",
        "DROP ROLE boss",
        "GRANT boss TO maker",
        "ALTER ROLE boss PASSWORD 'x'",
    ):
        assert maker.fails(sql) == "42501", sql
    world.owner("GRANT other TO maker WITH ADMIN OPTION")
    maker("ALTER ROLE other LOGIN", "ALTER ROLE other PASSWORD 'x'", "DROP ROLE other")


def test_anybody_changes_the_own_password_and_nothing_else(world: World) -> None:
    a = world.role("a")
    world.owner("CREATE ROLE b")
    a("ALTER ROLE a PASSWORD 'x'", "ALTER USER CURRENT_USER PASSWORD 'y'")
    assert world.owner.catalog.roles["a"].scram is not None
    assert a.fails("ALTER ROLE a VALID UNTIL 'infinity'") == "42501"
    assert a.fails("ALTER ROLE a PASSWORD 'x' CONNECTION LIMIT 9") == "42501"
    assert a.fails("ALTER ROLE b PASSWORD 'x'") == "42501"
    assert a.fails("CREATE ROLE c") == "42501"
    assert a.fails("CREATE ROLE IF NOT EXISTS b") == "42501"
    assert a.fails("DROP ROLE b") == "42501"


def test_a_new_name_is_the_name_everywhere(world: World) -> None:
    world.owner(
        "CREATE ROLE a",
        "CREATE ROLE g ROLE a",
        "CREATE TABLE t (x int)",
        "GRANT SELECT ON t TO a",
        "ALTER ROLE a RENAME TO b",
    )
    assert ("g", "b", "owner") in world.owner.catalog.roles.memberships
    assert {grant.grantee for grant in world.owner.catalog.grants.entries} == {"b"}
    assert world.owner.fails("ALTER ROLE g RENAME TO b") == "42710"
    assert world.owner.fails("ALTER ROLE g RENAME TO pg_g") == "42939"
    assert world.owner.fails("ALTER ROLE owner RENAME TO somebody") == "0A000"


def test_what_keeps_a_role(world: World) -> None:
    world.owner("CREATE ROLE a", "CREATE TABLE t (x int)", "GRANT SELECT ON t TO a")
    error = world.owner.error("DROP ROLE a")
    assert error.sqlstate == "2BP01"
    assert "privileges for table t" in str(error)
    world.owner("REVOKE SELECT ON t FROM a", "DROP ROLE a")


def test_roles_go_together(world: World) -> None:
    maker = world.role("maker", "LOGIN CREATEROLE")
    maker("CREATE ROLE a", "CREATE ROLE b", "GRANT a TO b")
    assert world.owner.fails("DROP ROLE maker") == "2BP01"  # b is a member of a by its grant
    world.owner("DROP ROLE maker, b")
    assert {"maker", "b"}.isdisjoint(world.owner.catalog.roles.roles)


def test_dropping_who_is_not_there_or_needed(world: World) -> None:
    assert world.owner.fails("DROP ROLE a") == "42704"
    world.owner("DROP ROLE IF EXISTS a", "CREATE ROLE b", "DROP ROLE IF EXISTS a, b")
    assert "b" not in world.owner.catalog.roles
    assert world.owner.fails("DROP ROLE owner") == "55006"
    assert world.owner.fails("DROP ROLE current_user") == "22023"
    assert world.owner.fails("DROP ROLE pg_monitor") == "2BP01"
    other = world.role("other", "LOGIN SUPERUSER")
    assert other.fails("DROP ROLE owner") == "2BP01"
    assert other.fails("ALTER ROLE owner NOSUPERUSER") == "0A000"


def test_a_rollback_takes_roles_back(world: World) -> None:
    world.owner("BEGIN", "CREATE ROLE a", "ROLLBACK")
    assert "a" not in world.owner.catalog.roles
    world.owner("BEGIN", "CREATE ROLE a", "GRANT a TO owner", "COMMIT")
    assert ("a", "owner", "owner") in world.owner.catalog.roles.memberships

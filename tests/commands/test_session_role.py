"""SET ROLE and SET SESSION AUTHORIZATION: nobody becomes more than whom the session was opened for may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila.security.authority import Principal

if TYPE_CHECKING:
    from commands.conftest import Acting, World


def acting(session: Acting) -> tuple[str, str]:
    """Return whose a session is, and as whom it acts."""
    principal = session.executor.principal
    return principal.session_user, principal.current_user


@pytest.mark.parametrize(
    "sql",
    ["SET ROLE a", "SET ROLE 'a'", 'SET ROLE "a"', "SET SESSION ROLE a", "SET ROLE TO a", "SET role = a"],
)
def test_the_ways_to_say_it(world: World, sql: str) -> None:
    world.owner("CREATE ROLE a", sql)
    assert acting(world.owner) == ("owner", "a")


@pytest.mark.parametrize("sql", ["SET ROLE NONE", "RESET ROLE", "SET ROLE owner", "SET ROLE 'none'"])
def test_the_ways_back(world: World, sql: str) -> None:
    world.owner("CREATE ROLE a", "SET ROLE a", sql)
    assert acting(world.owner) == ("owner", "owner")


def test_a_role_does_not_get_back_by_itself(world: World) -> None:
    """What a session may become is decided by whose it is, not by as whom it acts."""
    world.owner("CREATE ROLE g", "CREATE ROLE h", "CREATE ROLE stranger")
    a = world.role("a")
    world.owner("GRANT g TO a", "GRANT h TO a")
    a("SET ROLE g", "SET ROLE h")
    assert acting(a) == ("a", "h")
    for role in ("owner", "stranger", "pg_read_all_data"):
        assert a.fails(f"SET ROLE {role}") == "42501", role
    assert acting(a) == ("a", "h")
    a("SET ROLE a")


def test_rights_are_those_of_the_current_role(world: World) -> None:
    world.owner("CREATE ROLE a")
    world.owner("SET ROLE a")
    assert world.owner.fails("CREATE ROLE b") == "42501"
    world.owner("RESET ROLE", "CREATE ROLE b")


def test_an_unknown_role(world: World) -> None:
    assert world.owner.fails("SET ROLE nobody") == "22023"
    assert world.owner.fails("SET SESSION AUTHORIZATION nobody") == "22023"
    assert world.owner.fails("SET ROLE public") == "22023"


def test_a_rollback_undoes_it(world: World) -> None:
    world.owner("CREATE ROLE a", "CREATE ROLE b", "SET ROLE a", "BEGIN", "SET ROLE b", "ROLLBACK")
    assert acting(world.owner) == ("owner", "a")
    world.owner("BEGIN", "SET ROLE b", "COMMIT")
    assert acting(world.owner) == ("owner", "b")
    world.owner("BEGIN", "RESET ROLE", "ROLLBACK")
    assert acting(world.owner) == ("owner", "b")


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_local_lasts_as_long_as_the_transaction(world: World, end: str) -> None:
    world.owner("CREATE ROLE a", "CREATE ROLE b", "SET ROLE a")
    world.owner("BEGIN", "SET LOCAL ROLE b")
    assert acting(world.owner) == ("owner", "b")
    world.owner(end)
    assert acting(world.owner) == ("owner", "a")


def test_the_last_lasting_one_of_a_transaction_stays(world: World) -> None:
    world.owner("CREATE ROLE a", "CREATE ROLE b")
    world.owner("BEGIN", "SET LOCAL ROLE a", "SET ROLE b", "COMMIT")
    assert acting(world.owner) == ("owner", "b")
    world.owner("BEGIN", "SET ROLE a", "SET LOCAL ROLE b", "SET LOCAL ROLE owner", "COMMIT")
    assert acting(world.owner) == ("owner", "a")


def test_local_needs_a_transaction(world: World) -> None:
    world.owner("CREATE ROLE a")
    assert world.owner.fails("SET LOCAL ROLE a") == "25P01"
    assert acting(world.owner) == ("owner", "owner")


def test_a_superuser_s_session_becomes_another_s(world: World) -> None:
    world.owner("CREATE ROLE a", "CREATE ROLE g ROLE a", "CREATE ROLE stranger")
    world.owner("SET SESSION AUTHORIZATION a")
    assert world.owner.executor.principal == Principal("a", "a", "owner")
    assert world.owner.fails("SET ROLE owner") == "42501"
    assert world.owner.fails("SET ROLE stranger") == "42501"
    world.owner("SET ROLE g")
    assert acting(world.owner) == ("a", "g")
    world.owner("RESET ROLE")
    assert acting(world.owner) == ("a", "a")
    world.owner("SET SESSION AUTHORIZATION stranger")  # whoever opened it is a superuser still
    world.owner("SET SESSION AUTHORIZATION DEFAULT")
    assert acting(world.owner) == ("owner", "owner")
    world.owner("SET SESSION AUTHORIZATION a", "RESET SESSION AUTHORIZATION")
    assert acting(world.owner) == ("owner", "owner")


def test_no_other_session_does(world: World) -> None:
    a = world.role("a")
    world.owner("CREATE ROLE g ROLE a")
    a("SET SESSION AUTHORIZATION a", "SET SESSION AUTHORIZATION DEFAULT")
    assert a.fails("SET SESSION AUTHORIZATION g") == "42501"
    assert a.fails("SET SESSION AUTHORIZATION owner") == "42501"


def test_a_superuser_that_is_one_no_more(world: World) -> None:
    boss = world.role("boss", "LOGIN SUPERUSER")
    world.owner("CREATE ROLE a", "ALTER ROLE boss NOSUPERUSER")
    assert boss.fails("SET ROLE a") == "42501"
    assert boss.fails("SET SESSION AUTHORIZATION a") == "42501"
    assert boss.fails("CREATE ROLE b") == "42501"

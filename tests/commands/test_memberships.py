"""GRANT and REVOKE of roles, by PostgreSQL 16's rules: each membership knows who made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from commands.conftest import World


def members(world: World) -> set[tuple[str, str, str]]:
    """Return every membership as (role, member, grantor)."""
    return set(world.owner.catalog.roles.memberships)


def test_the_documented_example(world: World) -> None:
    """Run the example of role membership: privileges come by inheritance, or by SET ROLE alone."""
    world.owner(
        "CREATE ROLE joe LOGIN",
        "CREATE ROLE admin",
        "CREATE ROLE wheel",
        "CREATE ROLE island",
        "GRANT admin TO joe WITH INHERIT TRUE",
        "GRANT wheel TO admin WITH INHERIT FALSE",
        "GRANT island TO joe WITH INHERIT TRUE, SET FALSE",
    )
    roles = world.owner.catalog.roles
    assert roles.inherited("joe") == {"joe", "admin", "island"}
    assert roles.settable("joe") == {"joe", "admin", "wheel"}
    joe = world.session("joe")
    joe("SET ROLE admin", "SET ROLE wheel", "SET ROLE joe", "SET ROLE NONE", "RESET ROLE")
    assert joe.fails("SET ROLE island") == "42501"


def test_options_keep_what_is_not_said(world: World) -> None:
    world.owner("CREATE ROLE g", "CREATE ROLE a NOINHERIT", "GRANT g TO a")
    key = ("g", "a", "owner")
    held = world.owner.catalog.roles.memberships[key]
    assert (held.admin, held.inherit, held.set) == (False, False, True)
    world.owner("GRANT g TO a WITH ADMIN OPTION, INHERIT TRUE", "GRANT g TO a WITH SET FALSE")
    held = world.owner.catalog.roles.memberships[key]
    assert (held.admin, held.inherit, held.set) == (True, True, False)
    world.owner("REVOKE INHERIT OPTION FOR g FROM a", "REVOKE ADMIN OPTION FOR g FROM a")
    held = world.owner.catalog.roles.memberships[key]
    assert (held.admin, held.inherit, held.set) == (False, False, False)
    assert world.owner.fails("GRANT g TO a WITH SET TRUE, SET FALSE") == "42601"


def test_there_are_no_circles(world: World) -> None:
    world.owner("CREATE ROLE a", "CREATE ROLE b", "CREATE ROLE c", "GRANT a TO b", "GRANT b TO c")
    assert world.owner.fails("GRANT c TO a") == "0LP01"
    assert world.owner.fails("GRANT a TO a") == "0LP01"
    assert world.owner.fails("GRANT a TO public") == "42704"
    assert world.owner.fails("GRANT nobody TO a") == "42704"


def test_only_who_has_admin_grants(world: World) -> None:
    a = world.role("a")
    world.owner("CREATE ROLE g", "CREATE ROLE b", "GRANT g TO a")
    assert a.fails("GRANT g TO b") == "42501"
    assert a.fails("REVOKE g FROM a") == "42501"
    world.owner("GRANT g TO a WITH ADMIN OPTION")
    a("GRANT g TO b")
    assert ("g", "b", "a") in members(world)
    assert a.fails("GRANT owner TO b") == "42501"


def test_a_creator_takes_what_its_role_may(world: World) -> None:
    """ADMIN alone gives neither the rights nor SET ROLE, but lets a role grant itself both."""
    maker = world.role("maker", "LOGIN CREATEROLE")
    maker("CREATE ROLE made")
    assert maker.fails("SET ROLE made") == "42501"
    maker("GRANT made TO maker WITH INHERIT FALSE, SET TRUE", "SET ROLE made", "RESET ROLE")
    assert {("made", "maker", "owner"), ("made", "maker", "maker")} <= members(world)
    maker("REVOKE made FROM maker")
    assert ("made", "maker", "owner") in members(world)
    assert ("made", "maker", "maker") not in members(world)


def test_only_the_grantor_s_own_grant_is_revoked(world: World) -> None:
    a = world.role("a")
    world.owner("CREATE ROLE g", "CREATE ROLE b", "GRANT g TO a WITH ADMIN OPTION", "GRANT g TO b")
    a("GRANT g TO b", "REVOKE g FROM b")
    assert ("g", "b", "owner") in members(world)
    a("GRANT g TO b")
    world.owner("REVOKE g FROM b")
    assert ("g", "b", "a") in members(world)
    world.owner("REVOKE g FROM b GRANTED BY a")
    assert ("g", "b", "a") not in members(world)


def test_what_hangs_on_an_admin_option_goes_with_it(world: World) -> None:
    a, b = world.role("a"), world.role("b")
    world.owner("CREATE ROLE g", "CREATE ROLE c", "GRANT g TO a WITH ADMIN OPTION")
    a("GRANT g TO b WITH ADMIN OPTION")
    b("GRANT g TO c")
    for sql in ("REVOKE g FROM a", "REVOKE ADMIN OPTION FOR g FROM a"):
        assert world.owner.fails(sql) == "2BP01", sql
    world.owner("REVOKE SET OPTION FOR g FROM a", "REVOKE ADMIN OPTION FOR g FROM a CASCADE")
    assert members(world) == {("g", "a", "owner")}


def test_a_second_admin_grant_holds_what_hangs_on_it(world: World) -> None:
    a, b = world.role("a"), world.role("b")
    world.owner("CREATE ROLE g", "CREATE ROLE c", "GRANT g TO a, b WITH ADMIN OPTION")
    b("GRANT g TO a WITH ADMIN OPTION")
    a("GRANT g TO c")
    world.owner("REVOKE g FROM a")
    assert ("g", "c", "a") in members(world)
    assert b.fails("REVOKE g FROM a") == "2BP01"


def test_admin_is_not_granted_back(world: World) -> None:
    a, b = world.role("a"), world.role("b")
    world.owner("CREATE ROLE g", "GRANT g TO a WITH ADMIN OPTION")
    a("GRANT g TO b WITH ADMIN OPTION")
    assert b.fails("GRANT g TO a WITH ADMIN OPTION") == "0LP01"
    assert a.fails("GRANT g TO a WITH ADMIN OPTION") == "0LP01"
    b("GRANT g TO a")


def test_granted_by_names_a_role_that_could_have(world: World) -> None:
    a = world.role("a")
    world.owner(
        "CREATE ROLE g",
        "CREATE ROLE other",
        "CREATE ROLE b",
        "CREATE ROLE admins",
        "GRANT g TO admins WITH ADMIN OPTION",
    )
    assert a.fails("GRANT g TO b GRANTED BY admins") == "42501"
    world.owner("GRANT admins TO a")
    a("GRANT g TO b GRANTED BY admins")
    assert ("g", "b", "admins") in members(world)
    a("REVOKE g FROM b")  # the nearest role that may is admins again
    assert ("g", "b", "admins") not in members(world)
    assert world.owner.fails("GRANT g TO b GRANTED BY other") == "42501"


def test_admin_behind_a_role_that_is_not_inherited(world: World) -> None:
    a = world.role("a")
    world.owner("CREATE ROLE g", "CREATE ROLE admins ROLE a", "GRANT g TO admins WITH ADMIN OPTION")
    world.owner("GRANT admins TO a WITH INHERIT FALSE", "CREATE ROLE b")
    assert a.fails("GRANT g TO b") == "42501"
    a("SET ROLE admins", "GRANT g TO b")


@pytest.mark.parametrize("word", ["ADD", "DROP"])
def test_groups_are_the_old_way_to_say_it(world: World, word: str) -> None:
    world.owner("CREATE GROUP staff USER owner", "CREATE USER karl", "CREATE USER john")
    world.owner("ALTER GROUP staff ADD USER karl, john")
    world.owner(f"ALTER GROUP staff {word} USER john")
    assert (("staff", "john", "owner") in members(world)) == (word == "ADD")
    a = world.role("a")
    assert a.fails(f"ALTER GROUP staff {word} USER a") == "42501"

"""ALTER DEFAULT PRIVILEGES: what new objects give others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila.catalog.changes import fold
from avila.catalog.grant_changes import SetOwner
from avila.catalog.names import Object

if TYPE_CHECKING:
    from commands.conftest import World


def given(world: World, target: Object, creator: str = "owner") -> set[tuple[str, str, bool]]:
    """Return what an object gives others, as (privilege, grantee, option), when a role makes it now."""
    grants = fold([SetOwner(target, creator, created=True)], world.owner.catalog).grants
    return {(key.privilege, key.grantee, option) for key, option in grants.on(target)}


TABLE = Object.table("native", "myschema", "t")
ELSEWHERE = Object.table("native", "main", "t")
FUNCTION = Object("function", "native", "main", "f")


def test_the_documented_examples(world: World) -> None:
    world.owner("CREATE SCHEMA myschema", "CREATE ROLE webuser", "CREATE ROLE admin")
    world.owner(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA myschema GRANT SELECT ON TABLES TO PUBLIC",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA myschema GRANT INSERT ON TABLES TO webuser",
    )
    assert given(world, TABLE) == {("SELECT", "public", False), ("INSERT", "webuser", False)}
    assert given(world, ELSEWHERE) == set()
    assert given(world, TABLE, "admin") == set()
    world.owner(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA myschema REVOKE SELECT ON TABLES FROM PUBLIC",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA myschema REVOKE INSERT ON TABLES FROM webuser",
    )
    assert given(world, TABLE) == set()
    world.owner("ALTER DEFAULT PRIVILEGES FOR ROLE admin REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    for creator, everybody in (("admin", False), ("owner", True)):
        grants = fold([SetOwner(FUNCTION, creator, created=True)], world.owner.catalog).grants
        assert grants.built_in(FUNCTION, "EXECUTE", "public") == everybody
    world.owner("ALTER DEFAULT PRIVILEGES FOR ROLE admin GRANT EXECUTE ON FUNCTIONS TO PUBLIC")
    grants = fold([SetOwner(FUNCTION, "admin", created=True)], world.owner.catalog).grants
    assert grants.built_in(FUNCTION, "EXECUTE", "public")


def test_a_schema_takes_nothing_back(world: World) -> None:
    """As PostgreSQL documents: what every schema gives is not revoked for one of them."""
    world.owner("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    grants = fold([SetOwner(FUNCTION, "owner", created=True)], world.owner.catalog).grants
    assert grants.built_in(FUNCTION, "EXECUTE", "public")


def test_options_and_all(world: World) -> None:
    world.owner("CREATE ROLE a", "ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO a WITH GRANT OPTION")
    sequence = Object("sequence", "native", "main", "q")
    assert given(world, sequence) == {(word, "a", True) for word in ("SELECT", "UPDATE", "USAGE")}
    world.owner("ALTER DEFAULT PRIVILEGES REVOKE GRANT OPTION FOR SELECT ON SEQUENCES FROM a")
    assert ("SELECT", "a", False) in given(world, sequence)
    world.owner("ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM a")
    assert given(world, sequence) == set()


def test_an_owner_without_a_right_of_its_own(world: World) -> None:
    world.owner("ALTER DEFAULT PRIVILEGES REVOKE DELETE ON TABLES FROM owner")
    grants = fold([SetOwner(ELSEWHERE, "owner", created=True)], world.owner.catalog).grants
    assert not grants.built_in(ELSEWHERE, "DELETE", "owner")


@pytest.mark.parametrize(
    ("sql", "sqlstate"),
    [
        ("IN SCHEMA main GRANT USAGE ON SCHEMAS TO a", "0LP01"),
        ("IN SCHEMA nothing GRANT SELECT ON TABLES TO a", "3F000"),
        ("GRANT USAGE ON TABLES TO a", "0LP01"),
        ("GRANT SELECT (x) ON TABLES TO a", "0LP01"),
        ("GRANT SELECT ON TABLES TO PUBLIC WITH GRANT OPTION", "0LP01"),
        ("FOR ROLE nobody GRANT SELECT ON TABLES TO a", "42704"),
        ("GRANT SELECT ON TABLES TO nobody", "42704"),
    ],
)
def test_what_cannot_be_said(world: World, sql: str, sqlstate: str) -> None:
    world.owner("CREATE ROLE a")
    assert world.owner.fails(f"ALTER DEFAULT PRIVILEGES {sql}") == sqlstate
    assert not world.owner.catalog.grants.defaults


def test_for_whom(world: World) -> None:
    a = world.role("a")
    world.owner("CREATE ROLE g ROLE a", "CREATE ROLE b")
    a("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO b")
    a("ALTER DEFAULT PRIVILEGES FOR USER g GRANT SELECT ON TABLES TO b")
    assert a.fails("ALTER DEFAULT PRIVILEGES FOR ROLE b GRANT SELECT ON TABLES TO a") == "42501"
    assert given(world, ELSEWHERE, "a") == given(world, ELSEWHERE, "g") == {("SELECT", "b", False)}

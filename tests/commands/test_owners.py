"""OWNER TO, REASSIGN OWNED and DROP OWNED."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila.catalog.names import Object

if TYPE_CHECKING:
    from commands.conftest import World

THINGS = """
CREATE SCHEMA s; CREATE TABLE s.t (x INTEGER); CREATE VIEW s.v AS SELECT 1 AS x; CREATE SEQUENCE s.q;
CREATE TYPE s.mood AS ENUM ('calm'); CREATE MACRO s.twice(x) AS 2 * x; CREATE MACRO s.some() AS TABLE SELECT 1 AS x
"""
ALTERS = (
    ("TABLE s.t", Object.table("native", "s", "t")),
    ("VIEW s.v", Object.table("native", "s", "v")),
    ("TABLE s.v", Object.table("native", "s", "v")),
    ("SEQUENCE s.q", Object("sequence", "native", "s", "q")),
    ("TYPE s.mood", Object("type", "native", "s", "mood")),
    ("FUNCTION s.twice(INTEGER)", Object("function", "native", "s", "twice")),
    ("MACRO s.some", Object("function", "native", "s", "some")),
    ("SCHEMA s", Object("schema", "native", "s")),
    ("DATABASE native", Object("database", "native")),
)


@pytest.fixture
def things(world: World) -> World:
    """Return a database with an object of each kind, and a role that is to have them."""
    world.owner(*THINGS.split(";"), "CREATE ROLE a LOGIN", "CREATE ROLE b", "CREATE ROLE c ROLE a")
    return world


@pytest.mark.parametrize(("sql", "target"), ALTERS)
def test_every_kind_of_object_has_an_owner(things: World, sql: str, target: Object) -> None:
    assert things.owner.catalog.grants.owner(target) == "owner"
    things.owner(f"ALTER {sql} OWNER TO a")
    assert things.owner.catalog.grants.owner(target) == "a"
    things.owner(f"ALTER {sql} OWNER TO CURRENT_USER")
    assert things.owner.catalog.grants.owner(target) == "owner"
    a = things.session("a")
    things.owner("GRANT USAGE ON SCHEMA s TO a")
    assert a.fails(f"ALTER {sql} OWNER TO a") == "42501"


def test_what_is_not_there(things: World) -> None:
    a = things.session("a")
    things.owner("GRANT USAGE ON SCHEMA s TO a")
    assert a.fails("ALTER TABLE s.t OWNER TO owner") == "42501"  # though nothing would change
    for sql, sqlstate in (
        ("ALTER TABLE s.nothing OWNER TO a", "42P01"),
        ("ALTER SCHEMA nothing OWNER TO a", "3F000"),
        ("ALTER TABLE s.t OWNER TO nobody", "42704"),
        ("ALTER VIEW s.t OWNER TO a", "42809"),
        ("ALTER FUNCTION abs OWNER TO a", "42501"),
    ):
        assert things.owner.fails(sql) == sqlstate, sql
    things.owner("ALTER TABLE IF EXISTS s.nothing OWNER TO a")


def test_an_owner_gives_only_where_it_could_be(things: World) -> None:
    """The owner must be able to become the new one, who must be able to create in the schema."""
    a = things.session("a")
    things.owner("GRANT USAGE ON SCHEMA s TO a", "ALTER TABLE s.t OWNER TO a")
    assert a.fails("ALTER TABLE s.t OWNER TO b") == "42501"
    assert a.fails("ALTER TABLE s.t OWNER TO owner") == "42501"
    assert a.fails("ALTER TABLE s.t OWNER TO c") == "42501"
    a("ALTER TABLE s.t OWNER TO a")  # nothing changes, and nothing is asked
    things.owner("GRANT CREATE ON SCHEMA s TO c")
    a("ALTER TABLE s.t OWNER TO c")
    assert things.owner.catalog.grants.owner(ALTERS[0][1]) == "c"
    a("ALTER TABLE s.t OWNER TO c")  # a member of the owner may what the owner may


def test_an_owner_gives_schemas_and_databases(things: World) -> None:
    a = things.session("a")
    things.owner("ALTER SCHEMA s OWNER TO a", "ALTER DATABASE native OWNER TO a")
    assert a.fails("ALTER DATABASE native OWNER TO c") == "42501"
    things.owner("ALTER ROLE a CREATEDB")
    a("ALTER SCHEMA s OWNER TO c", "ALTER DATABASE native OWNER TO c")
    things.owner("ALTER SCHEMA s OWNER TO a", "ALTER DATABASE native OWNER TO owner")
    assert a.fails("ALTER SCHEMA s OWNER TO c") == "42501"
    things.owner("GRANT CREATE ON DATABASE native TO a")
    a("ALTER SCHEMA s OWNER TO c")


def test_what_the_old_owner_gave_is_the_new_one_s(things: World) -> None:
    table = ALTERS[0][1]
    things.owner("ALTER TABLE s.t OWNER TO a", "GRANT SELECT ON s.t TO b", "REVOKE DELETE ON s.t FROM a")
    things.owner("ALTER TABLE s.t OWNER TO c")
    grants = things.owner.catalog.grants
    assert {(key.grantee, key.grantor) for key in grants.entries} == {("b", "c")}
    assert not grants.built_in(table, "DELETE", "c")
    assert grants.built_in(table, "SELECT", "c")
    assert not grants.built_in(table, "SELECT", "a")


def test_reassign(things: World) -> None:
    things.owner(*(f"ALTER {sql} OWNER TO a" for sql, _ in ALTERS), "REASSIGN OWNED BY a TO b")
    grants = things.owner.catalog.grants
    assert {grants.owner(target) for _, target in ALTERS} == {"b"}
    things.owner("DROP ROLE a")
    assert things.owner.fails("REASSIGN OWNED BY owner TO b") == "2BP01"
    assert things.owner.fails("REASSIGN OWNED BY b TO nobody") == "42704"


def test_who_reassigns(things: World) -> None:
    a = things.session("a")
    things.owner("ALTER TABLE s.t OWNER TO c", "ALTER VIEW s.v OWNER TO b")
    assert a.fails("REASSIGN OWNED BY b TO a") == "42501"
    assert a.fails("REASSIGN OWNED BY c TO b") == "42501"
    a("REASSIGN OWNED BY c TO a")
    assert things.owner.catalog.grants.owner(ALTERS[0][1]) == "a"


def test_drop_owned_takes_rights(things: World) -> None:
    a = things.session("a")
    things.owner(
        "GRANT SELECT ON s.t TO a WITH GRANT OPTION",
        "GRANT USAGE ON SCHEMA s TO a",
        "GRANT UPDATE (x) ON s.t TO a",
        "GRANT SELECT ON s.t TO b",
        "CREATE ROLE g",
        "GRANT g TO a WITH ADMIN OPTION",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO a",
    )
    a("GRANT SELECT ON s.t TO c", "GRANT g TO b", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO b")
    assert things.owner.fails("DROP ROLE a") == "2BP01"
    things.owner("DROP OWNED BY a")
    catalog = things.owner.catalog
    assert {(key.privilege, key.grantee) for key in catalog.grants.entries} == {("SELECT", "b")}
    assert not catalog.grants.defaults
    assert set(catalog.roles.memberships) == {("c", "a", "owner"), ("g", "a", "owner")}
    things.owner("DROP ROLE a")


def test_drop_owned_drops_objects(things: World) -> None:
    things.owner(
        "CREATE TABLE s.parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE s.child (id INTEGER REFERENCES s.parent (id), m s.mood, n INTEGER DEFAULT nextval('s.q'))",
        "CREATE TABLE kept (x INTEGER)",
        *(f"ALTER {sql} OWNER TO a" for sql, _ in ALTERS),
        "ALTER TABLE s.parent OWNER TO a",
        "ALTER TABLE s.child OWNER TO a",
        "GRANT SELECT ON kept TO a",
    )
    things.owner("DROP OWNED BY a", "ALTER DATABASE native OWNER TO owner", "DROP ROLE a")
    assert things.owner.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name <> 'avila'") == [
        ("kept",)
    ]
    assert things.owner.rows("SELECT 1 FROM duckdb_schemas() WHERE schema_name = 's'") == []
    assert not things.owner.catalog.grants.entries


def test_drop_owned_keeps_what_others_need(things: World) -> None:
    things.owner("ALTER SCHEMA s OWNER TO a", "ALTER TABLE s.t OWNER TO a")
    assert things.owner.fails("DROP OWNED BY a") == "2BP01"  # s.v is not a's
    assert things.owner.rows("SELECT count(*) FROM s.t") == [(0,)]
    assert things.owner.catalog.grants.owner(ALTERS[0][1]) == "a"
    things.owner("DROP OWNED BY a CASCADE")
    assert things.owner.fails("SELECT * FROM s.v") == "42P01"


def test_drop_owned_in_a_transaction(things: World) -> None:
    things.owner("ALTER TABLE s.t OWNER TO a", "BEGIN", "DROP OWNED BY a", "ROLLBACK")
    assert things.owner.rows("SELECT count(*) FROM s.t") == [(0,)]
    assert things.owner.catalog.grants.owner(ALTERS[0][1]) == "a"


def test_drop_owned_in_both_stores(db_with_lake: World) -> None:
    db_with_lake.owner(
        "CREATE ROLE a", "CREATE SCHEMA lake.s", "CREATE TABLE lake.s.t (x INTEGER)", "CREATE TABLE here (x INTEGER)",
        *(f"ALTER {sql} OWNER TO a" for sql in ("TABLE lake.s.t", "SCHEMA lake.s", "TABLE here")),
        "DROP OWNED BY a", "DROP ROLE a",
    )  # fmt: skip
    assert db_with_lake.owner.fails("SELECT * FROM lake.s.t") == "42P01"
    assert db_with_lake.owner.fails("SELECT * FROM here") == "42P01"


def test_who_drops_owned(things: World) -> None:
    a = things.session("a")
    assert a.fails("DROP OWNED BY b") == "42501"
    assert things.owner.fails("DROP OWNED BY owner") == "2BP01"
    a("DROP OWNED BY c", "DROP OWNED BY a")

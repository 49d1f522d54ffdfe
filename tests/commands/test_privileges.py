"""GRANT and REVOKE of rights on objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila.catalog.grants import PRIVILEGES
from avila.catalog.names import Object

if TYPE_CHECKING:
    from commands.conftest import World

FILMS = Object.table("native", "main", "films")
KINDS = Object.table("native", "main", "kinds")


def rights(world: World, role: str, target: Object) -> set[tuple[str, str | None]]:
    """Return the rights that a role was granted on an object."""
    entries = world.owner.catalog.grants.entries
    return {(key.privilege, key.column) for key in entries if (key.grantee, key.object) == (role, target)}


@pytest.fixture
def films(world: World) -> World:
    """Return a database with some tables and roles."""
    world.owner(
        "CREATE TABLE films (code INTEGER, title VARCHAR)",
        "CREATE VIEW kinds AS SELECT 1 AS a",
        "CREATE ROLE manuel LOGIN",
        "CREATE ROLE joe LOGIN",
        "CREATE ROLE admins",
    )
    return world


def test_the_documented_examples(films: World) -> None:
    """Run the examples of the pages GRANT and REVOKE."""
    films.owner(
        "GRANT INSERT ON films TO PUBLIC", "GRANT ALL PRIVILEGES ON kinds TO manuel", "GRANT admins TO joe"
    )
    assert rights(films, "public", FILMS) == {("INSERT", None)}
    assert rights(films, "manuel", KINDS) == {(privilege, None) for privilege in PRIVILEGES["table"]}
    films.owner(
        "REVOKE INSERT ON films FROM PUBLIC",
        "REVOKE ALL PRIVILEGES ON kinds FROM manuel",
        "REVOKE admins FROM joe",
    )
    assert not films.owner.catalog.grants.entries
    assert not films.owner.catalog.roles.memberships


def test_rights_on_columns(films: World) -> None:
    films.owner("GRANT SELECT (code), UPDATE (title, code), INSERT ON films TO joe")
    assert rights(films, "joe", FILMS) == {
        ("SELECT", "code"), ("UPDATE", "title"), ("UPDATE", "code"), ("INSERT", None),
    }  # fmt: skip
    films.owner("REVOKE UPDATE (title) ON films FROM joe")
    assert ("UPDATE", "title") not in rights(films, "joe", FILMS)
    films.owner("REVOKE UPDATE, INSERT ON films FROM joe")  # of the table: of all its columns
    assert rights(films, "joe", FILMS) == {("SELECT", "code")}
    films.owner("GRANT ALL (code) ON films TO manuel")
    assert rights(films, "manuel", FILMS) == {
        (privilege, "code") for privilege in ("SELECT", "INSERT", "UPDATE", "REFERENCES")
    }
    for sql, sqlstate in (
        ("GRANT SELECT (nothing) ON films TO joe", "42703"),
        ("GRANT DELETE (code) ON films TO joe", "0LP01"),
        ("GRANT CREATE (code) ON SCHEMA main TO joe", "0LP01"),
    ):
        assert films.owner.fails(sql) == sqlstate, sql


@pytest.mark.parametrize(
    ("sql", "target"),
    [
        ("SCHEMA archive", Object("schema", "native", "archive")),
        ("SCHEMA native.archive", Object("schema", "native", "archive")),
        ("SCHEMA public", Object("schema", "native", "main")),
        ("DATABASE native", Object("database", "native")),
        ("SEQUENCE numbers", Object("sequence", "native", "main", "numbers")),
        ("numbers", Object("sequence", "native", "main", "numbers")),
        ("TYPE mood", Object("type", "native", "main", "mood")),
        ("FUNCTION twice", Object("function", "native", "main", "twice")),
        ("FUNCTION twice(INTEGER)", Object("function", "native", "main", "twice")),
        ("ROUTINE twice", Object("function", "native", "main", "twice")),
        ("PROCEDURE main.twice", Object("function", "native", "main", "twice")),
        ("FUNCTION abs", Object("function", "system", "main", "abs")),
        ("EXTENSION fits", Object("extension", "", "", "fits")),
        ("TABLE films", FILMS),
        ("main.films", FILMS),
        ("public.films", FILMS),
        ("native.main.films", FILMS),
        ("FILMS", FILMS),
        ("archive.old", Object.table("native", "archive", "old")),
    ],
)
def test_every_kind_of_object(films: World, sql: str, target: Object) -> None:
    films.owner(
        "CREATE SCHEMA archive",
        "CREATE TABLE archive.old (a INTEGER)",
        "CREATE SEQUENCE numbers",
        "CREATE TYPE mood AS ENUM ('calm')",
        "CREATE MACRO twice(x) AS 2 * x",
    )
    # What everybody may do with new objects is taken from PUBLIC first, or granting it again would say nothing.
    films.owner(f"REVOKE ALL ON {sql} FROM PUBLIC", f"GRANT ALL ON {sql} TO joe")
    assert {privilege for privilege, _ in rights(films, "joe", target)} == set(PRIVILEGES[target.kind])
    films.owner(f"REVOKE ALL ON {sql} FROM joe")
    assert not rights(films, "joe", target)


def test_the_lake_is_a_database(db_with_lake: World) -> None:
    db_with_lake.owner("CREATE TABLE lake.t (a INTEGER)", "CREATE ROLE joe")
    db_with_lake.owner("GRANT CREATE ON DATABASE lake TO joe", "GRANT SELECT (a) ON lake.main.t TO joe")
    db_with_lake.owner("GRANT USAGE ON SCHEMA lake.main TO joe")
    assert rights(db_with_lake, "joe", Object("database", "lake")) == {("CREATE", None)}
    assert rights(db_with_lake, "joe", Object.table("lake", "main", "t")) == {("SELECT", "a")}
    db_with_lake.owner(
        "GRANT CONNECT ON DATABASE observatory TO joe"
    )  # the directory's name is the native store's


def test_everything_in_a_schema(films: World) -> None:
    films.owner(
        "CREATE SCHEMA s", "CREATE TABLE s.a (x INTEGER)", "CREATE VIEW s.b AS SELECT 1 AS x",
        "CREATE SEQUENCE s.c", "CREATE MACRO s.d() AS 1", "CREATE TEMP TABLE e (x INTEGER)",
    )  # fmt: skip
    films.owner("GRANT SELECT ON ALL TABLES IN SCHEMA s, main TO joe")
    tables = {key.object.name for key in films.owner.catalog.grants.entries}
    assert tables == {"a", "b", "films", "kinds"}
    films.owner("GRANT USAGE ON ALL SEQUENCES IN SCHEMA s TO joe")
    assert rights(films, "joe", Object("sequence", "native", "s", "c")) == {("USAGE", None)}
    films.owner("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA s FROM PUBLIC")
    films.owner("GRANT EXECUTE ON ALL ROUTINES IN SCHEMA s TO joe")
    assert rights(films, "joe", Object("function", "native", "s", "d")) == {("EXECUTE", None)}
    films.owner("REVOKE ALL ON ALL TABLES IN SCHEMA main FROM joe")
    assert not rights(films, "joe", FILMS)


@pytest.mark.parametrize(
    ("sql", "sqlstate"),
    [
        ("GRANT SELECT ON nothing TO joe", "42P01"),
        ("GRANT SELECT ON films TO nobody", "42704"),
        ("GRANT USAGE ON films TO joe", "0LP01"),
        ("GRANT FLY ON films TO joe", "42601"),
        ("GRANT USAGE ON TABLE numbers TO joe", "42P01"),
        ("GRANT USAGE ON SCHEMA nothing TO joe", "3F000"),
        ("GRANT CONNECT ON DATABASE nothing TO joe", "3D000"),
        ("GRANT USAGE ON SEQUENCE nothing TO joe", "42P01"),
        ("GRANT EXECUTE ON FUNCTION nothing TO joe", "42883"),
        ("GRANT USAGE ON TYPE nothing TO joe", "42704"),
        ("GRANT USAGE ON EXTENSION nothing TO joe", "42704"),
        ("GRANT SELECT ON films TO PUBLIC WITH GRANT OPTION", "0LP01"),
        ("GRANT SELECT ON films TO joe GRANTED BY manuel", "0A000"),
        ("GRANT SELECT ON information_schema.tables TO joe", "42501"),
        ("GRANT SELECT ON avila.changes TO joe", "42501"),
        ("GRANT USAGE ON SCHEMA avila TO joe", "42501"),
        ("GRANT SELECT ON private TO joe", "0A000"),
    ],
)
def test_what_cannot_be_granted(films: World, sql: str, sqlstate: str) -> None:
    films.owner("CREATE SEQUENCE numbers", "CREATE TEMP TABLE private (x INTEGER)")
    before = films.owner.catalog
    assert films.owner.fails(sql) == sqlstate
    assert films.owner.catalog.grants == before.grants


def test_who_grants(films: World) -> None:
    joe, manuel = films.session("joe"), films.session("manuel")
    assert joe.fails("GRANT SELECT ON films TO manuel") == "42501"
    films.owner("GRANT SELECT ON films TO joe")
    assert joe.fails("GRANT SELECT ON films TO manuel") == "42501"
    films.owner("GRANT SELECT ON films TO joe WITH GRANT OPTION")
    joe("GRANT ALL ON films TO manuel GRANTED BY CURRENT_USER")  # of all, what it may
    assert rights(films, "manuel", FILMS) == {("SELECT", None)}
    assert manuel.fails("GRANT SELECT ON films TO admins") == "42501"
    joe("GRANT SELECT (code) ON films TO admins")
    assert rights(films, "admins", FILMS) == {("SELECT", "code")}
    joe("REVOKE SELECT ON films FROM manuel")
    assert not rights(films, "manuel", FILMS)


def test_a_member_grants_as_the_role_that_may(films: World) -> None:
    joe = films.session("joe")
    films.owner(
        "GRANT SELECT ON films TO admins WITH GRANT OPTION", "GRANT admins TO joe", "CREATE ROLE guest"
    )
    joe("GRANT SELECT ON films TO guest")
    assert {key.grantor for key in films.owner.catalog.grants.entries if key.grantee == "guest"} == {"admins"}
    films.owner("GRANT admins TO joe WITH INHERIT FALSE")
    assert joe.fails("GRANT SELECT ON films TO manuel") == "42501"


def test_what_was_passed_on(films: World) -> None:
    joe, manuel = films.session("joe"), films.session("manuel")
    films.owner("GRANT SELECT ON films TO joe WITH GRANT OPTION")
    joe("GRANT SELECT ON films TO manuel WITH GRANT OPTION")
    manuel("GRANT SELECT ON films TO admins")
    for sql in (
        "REVOKE SELECT ON films FROM joe",
        "REVOKE GRANT OPTION FOR SELECT ON films FROM joe RESTRICT",
    ):
        assert films.owner.fails(sql) == "2BP01", sql
    assert manuel.fails("GRANT SELECT ON films TO joe WITH GRANT OPTION") == "0LP01"
    manuel("GRANT SELECT ON films TO joe")
    films.owner("REVOKE GRANT OPTION FOR SELECT ON films FROM joe CASCADE")
    assert {key[3:] for key in films.owner.catalog.grants.entries} == {("joe", "owner")}


def test_an_owner_revokes_what_it_needs_not(films: World) -> None:
    films.owner("REVOKE UPDATE ON films FROM owner", "GRANT UPDATE ON films TO joe")
    grants = films.owner.catalog.grants
    assert not grants.built_in(FILMS, "UPDATE", "owner")
    assert grants.built_in(FILMS, "SELECT", "owner")
    films.owner("GRANT UPDATE ON films TO owner")
    assert films.owner.catalog.grants.built_in(FILMS, "UPDATE", "owner")


def test_names_in_a_schema_need_usage_on_it(films: World) -> None:
    joe = films.session("joe")
    films.owner(
        "CREATE SCHEMA s", "CREATE TABLE s.t (x INTEGER)", "GRANT SELECT ON s.t TO joe WITH GRANT OPTION"
    )
    for sql in ("GRANT SELECT ON s.t TO manuel", "GRANT SELECT ON ALL TABLES IN SCHEMA s TO manuel"):
        assert joe.fails(sql) == "42501", sql
    films.owner("GRANT USAGE ON SCHEMA s TO joe")
    joe("GRANT SELECT ON s.t TO manuel")


def test_functions_that_everybody_may_call(films: World) -> None:
    joe = films.session("joe")
    assert joe.rows("SELECT md5('a') = upper(md5('a'))") == [(False,)]
    films.owner("REVOKE EXECUTE ON FUNCTION md5 FROM PUBLIC")
    assert joe.fails("SELECT upper(md5('a'))") == "42501"
    joe("SELECT upper('a')")
    films.owner("GRANT EXECUTE ON FUNCTION md5 TO joe")
    joe("SELECT upper(md5('a'))")


def test_nothing_is_half_done(films: World) -> None:
    assert films.owner.fails("GRANT SELECT ON films, nothing TO joe") == "42P01"
    assert films.owner.fails("GRANT SELECT ON films TO joe, PUBLIC WITH GRANT OPTION") == "0LP01"
    assert not films.owner.catalog.grants.entries

"""Avila's own views: where they may stand, and that nobody can write or shadow them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila.system_views import VIEWS

if TYPE_CHECKING:
    from commands.conftest import World

NAMES = [view.name for view in VIEWS if not view.signature]


@pytest.mark.parametrize("name", NAMES)
def test_every_view_answers_its_columns(world: World, name: str) -> None:
    described = world.owner.rows(f"DESCRIBE avila.{name}")
    view = next(view for view in VIEWS if view.name == name)
    assert ", ".join(f"{column[0]}" for column in described) == ", ".join(view.schema.names)
    assert view.doc.endswith(".")
    for session in (world.owner, world.role("a")):
        session.rows(f"SELECT * FROM avila.{name}")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM avila.sessions",
        "SELECT count(*) FROM native.avila.sessions",
        "SELECT count(*) FROM AVILA.Sessions AS s WHERE s.number > 0",
        "SELECT count(sessions.number) FROM avila.sessions",
        "WITH x AS (SELECT * FROM avila.sessions) SELECT count(*) FROM x",
        "SELECT (SELECT count(*) FROM avila.sessions)",
        "SELECT count(*) FROM avila.sessions s JOIN avila.roles r ON s.role = r.name",
        "SELECT count(*) FROM (FROM avila.sessions UNION ALL FROM avila.sessions WHERE false)",
        "SELECT count(*) FROM avila.sessions WHERE number > $1 - $1",
    ],
)
def test_where_they_may_stand(world: World, sql: str) -> None:
    parameters = [1] if "$1" in sql else None
    assert world.owner.session.execute(sql, parameters).fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("sql", "sqlstate"),
    [
        ("INSERT INTO avila.sessions VALUES (1)", "42501"),
        ("UPDATE avila.roles SET superuser = true", "42501"),
        ("DELETE FROM avila.usage", "42501"),
        ("DROP TABLE avila.usage", "42501"),
        ("CREATE TABLE avila.sessions (i INTEGER)", "42501"),
        ("CREATE VIEW avila.sessions AS SELECT 1", "42501"),
        ("CREATE VIEW v AS SELECT * FROM avila.sessions", "0A000"),
        ("SELECT * FROM avila.nothing", "42P01"),
        ("SELECT * FROM avila.sessions(1)", "42883"),
        ("SELECT * FROM lake.avila.sessions", "42P01"),
    ],
)
def test_what_is_refused(world: World, sql: str, sqlstate: str) -> None:
    assert world.owner.fails(sql) == sqlstate


def test_a_user_cannot_put_something_in_their_place(world: World) -> None:
    world.owner("CREATE TABLE sessions AS SELECT -1 AS number")
    assert world.owner.rows("SELECT number FROM avila.sessions") == [(1,)]
    assert world.owner.rows("SELECT number FROM sessions") == [(-1,)]


def test_a_plan_is_not_another_sessions_answer(world: World) -> None:
    """Plans are shared by sessions that see the same; what they show is not."""
    first = world.role("a")
    world.owner("CREATE ROLE b LOGIN", "GRANT a TO b")
    second = world.session("a")
    sql = "SELECT number FROM avila.sessions WHERE state = 'active'"
    for session in (first, second, first):
        assert session.rows(sql) == [(session.executor.number,)]


def test_passwords_are_not_shown(world: World) -> None:
    world.owner("CREATE ROLE a LOGIN PASSWORD 'correct horse'")
    assert world.owner.rows("SELECT has_password FROM avila.roles WHERE name = 'a'") == [(True,)]
    shown = repr(world.owner.rows("SELECT * FROM avila.roles"))
    assert "SCRAM" not in shown
    assert "argon2" not in shown
    assert "horse" not in shown


def test_sessions(world: World) -> None:
    a = world.role("a")
    world.owner("CREATE ROLE g", "GRANT g TO a")
    a("BEGIN", "SELECT 1", "SET ROLE g")
    sql = "SELECT role, acting_as, state, statement FROM avila.sessions ORDER BY number"
    assert world.owner.rows(sql) == [
        ("owner", "owner", "active", sql),
        ("a", "g", "idle in transaction", None),
    ]


def test_statements_are_shown_without_their_literals(world: World) -> None:
    sql = "SELECT statement, 'secret' FROM avila.sessions"
    assert world.owner.rows(sql) == [("SELECT statement, ? FROM avila.sessions", "secret")]


def test_grants_memberships_and_tags(world: World) -> None:
    a = world.role("a")
    world.owner(
        "CREATE TABLE t (i INTEGER)",
        "GRANT SELECT (i) ON t TO a WITH GRANT OPTION",
        "CREATE ROLE g",
        "GRANT g TO a WITH ADMIN OPTION",
        "CREATE TAG team",
        "ALTER ROLE a SET TAG team = 'north'",
    )
    assert a.rows(
        "SELECT schema, name, column_name, privilege, grantee, grantable, owner FROM avila.grants"
    ) == [("main", "t", "i", "SELECT", "a", True, "owner")]
    assert a.rows("SELECT role, member, admin FROM avila.memberships") == [("g", "a", True)]
    assert a.rows("SELECT kind, name, tag, value FROM avila.tags") == [("role", "a", "team", "north")]

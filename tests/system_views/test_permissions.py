"""EXPLAIN PERMISSION and avila.permissions: what is decided, because of what, and who may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from commands.conftest import Acting, World


@pytest.fixture
def governed(world: World) -> World:
    """Return a database with a table that rights, policies, masks and tags are on."""
    world.owner(
        "CREATE ROLE alice",
        "CREATE ROLE reader",
        "CREATE ROLE carol",
        "GRANT reader TO alice",
        "CREATE TABLE t (id INTEGER, who VARCHAR, email VARCHAR, note VARCHAR)",
        "GRANT SELECT ON t TO reader",
        "GRANT INSERT, SELECT (id) ON t TO carol",
        "CREATE POLICY own ON t USING (who = current_user) WITH CHECK (id > 0)",
        "CREATE POLICY small ON t AS RESTRICTIVE FOR SELECT TO reader USING (id < 9)",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "CREATE TAG pii",
        "CREATE MASKING POLICY stars AS (v VARCHAR) RETURNS VARCHAR -> '***'",
        "CREATE MASKING POLICY gone AS (v VARCHAR) RETURNS VARCHAR -> NULL",
        "ALTER TABLE t ALTER COLUMN email SET TAG pii = 'mail'",
        "ALTER TAG pii SET MASKING POLICY stars",
        "ALTER TABLE t ALTER COLUMN note SET MASKING POLICY gone",
    )
    return world


def explained(session: Acting, sql: str, role: str = "") -> list[tuple[Any, ...]]:
    return session.rows(f"EXPLAIN PERMISSION {role and f'FOR ROLE {role} '}{sql}")


def test_what_gives_a_right_and_what_is_seen(governed: World) -> None:
    rows = explained(governed.session("alice"), "SELECT email FROM t")
    for row in (
        ("main", "schema", "USAGE", True, "PUBLIC has it on every new schema"),
        (
            "t",
            "table",
            "SELECT",
            True,
            "owner granted SELECT on table t to reader, and alice inherits from reader",
        ),
        (
            "own on table t",
            "policy",
            "SELECT",
            None,
            "permissive, for ALL to PUBLIC: USING (who = current_user) WITH CHECK (id > 0)",
        ),
        ("small on table t", "policy", "SELECT", None, "restrictive, for SELECT to reader: USING (id < 9)"),
        ("t.email", "tag", None, None, "pii = 'mail'"),
        ("t.email", "mask", "SELECT", None, "stars, by tag pii: '***'"),
        ("t.note", "mask", "SELECT", None, "gone, by itself: NULL"),
    ):
        assert row in rows
    assert rows[-1] == ("SELECT", "statement", None, True, "alice may run it")
    assert len(rows) == len(set(rows)) == 8


def test_what_is_denied_is_told_with_the_reason(governed: World) -> None:
    rows = explained(governed.session("alice"), "UPDATE t SET id = 1 WHERE id = 2")
    missing = "obody granted UPDATE on table t to alice, to a role it inherits from, or to PUBLIC"
    assert rows[-2:] == [
        ("t", "table", "UPDATE", False, f"n{missing}"),
        ("UPDATE", "statement", None, False, f"42501: permission denied for table t (N{missing}.)"),
    ]
    (*_, rest) = explained(governed.session("alice"), "SELECT * FROM nothing")
    assert rest == ("SELECT", "statement", None, False, "42P01: table nothing does not exist")


def test_rights_on_columns(governed: World) -> None:
    carol = governed.session("carol")
    rows = explained(carol, "SELECT id FROM t")
    assert ("t", "table", "SELECT (id)", True, "owner granted SELECT (id) on table t to carol") in rows
    assert not any(row[1] == "mask" for row in rows)  # of columns that carol may not read
    assert rows[-1][3]
    assert "SELECT (note)" in explained(carol, "SELECT id FROM t WHERE note = 'x'")[-1][4]
    inserted = explained(carol, "INSERT INTO t (id) VALUES (1)")
    assert not any(row[2] == "SELECT" for row in inserted)
    assert inserted[-1][3]


@pytest.mark.parametrize(
    ("sql", "asked"),
    [
        ("DROP TABLE t", ("t", "table", "OWNERSHIP", False, "table t belongs to owner")),
        (
            "ALTER TABLE t ADD COLUMN x INTEGER",
            ("t", "table", "OWNERSHIP", False, "table t belongs to owner"),
        ),
        (
            "SELECT * FROM read_csv('x.csv')",
            (
                "read files with read_csv()",
                "right",
                None,
                False,
                "alice is no member of pg_read_server_files",
            ),
        ),
        (
            "ATTACH 'x.db' AS x",
            ("attach and detach databases", "right", None, False, "alice is no superuser"),
        ),
    ],
)
def test_rights_that_no_grant_gives(governed: World, sql: str, asked: tuple[Any, ...]) -> None:
    rows = explained(governed.owner, sql, "alice")
    assert asked in rows
    assert not rows[-1][3]


def test_nothing_is_run(governed: World) -> None:
    assert explained(governed.owner, "DELETE FROM t", "owner")[-1][3]
    assert explained(governed.owner, "DROP TABLE t", "owner")[-1][3]
    assert governed.owner.rows("SELECT count(*) FROM t") == [(0,)]
    assert governed.owner.fails("EXPLAIN PERMISSION GRANT SELECT ON t TO carol") == "0A000"


def test_row_security_that_does_not_hold_or_lets_nothing_pass(governed: World) -> None:
    governed.owner(
        "DROP POLICY own ON t",
        "CREATE ROLE above BYPASSRLS",
        "GRANT SELECT ON t TO above",
        "GRANT owner TO carol",
    )
    for role, allowed, reason in (
        ("alice", False, "row security is on and no permissive policy is for this: no row"),
        ("above", True, "none holds: above bypasses row security"),
        ("carol", True, "none holds: carol owns the table"),
    ):
        assert ("t", "policies", "SELECT", allowed, reason) in explained(
            governed.owner, "SELECT id FROM t", role
        )


def test_a_view_is_explained_to_those_with_its_owners_rights(governed: World) -> None:
    governed.owner(
        "CREATE VIEW v AS SELECT id FROM t", "ALTER VIEW v OWNER TO reader", "GRANT SELECT ON v TO carol"
    )
    inside = ("t", "table", "SELECT", True, "as reader: owner granted SELECT on table t to reader")
    assert inside in explained(governed.owner, "SELECT * FROM v", "carol")
    mine = explained(governed.session("carol"), "SELECT * FROM v")
    assert ("reader", "role", None, None, "views are read with the rights of their owner") in mine
    assert not any(row[0] == "t" or "on table t" in row[0] for row in mine)


def test_who_may_ask_about_whom(governed: World) -> None:
    governed.owner("CREATE ROLE lent", "GRANT lent TO alice WITH INHERIT FALSE, SET TRUE")
    alice = governed.session("alice")
    assert explained(alice, "SELECT 1", "reader")[-1][3]
    assert explained(alice, "SELECT 1", "lent")[-1][3]
    assert explained(alice, "SELECT 1", "CURRENT_USER")[-1][3]
    for role, sqlstate in (("carol", "42501"), ("owner", "42501"), ("nobody", "42704")):
        assert alice.fails(f"EXPLAIN PERMISSION FOR ROLE {role} SELECT 1") == sqlstate
        assert alice.fails(f"SELECT * FROM avila.permissions('{role}', 't')") == sqlstate


def test_the_permissions_of_a_role_on_an_object(governed: World) -> None:
    rows = governed.owner.rows("SELECT * FROM avila.permissions('carol', 't')")
    assert ("t", "table", "INSERT", True, "owner granted INSERT on table t to carol") in rows
    assert ("t", "table", "SELECT (id)", True, "owner granted SELECT (id) on table t to carol") in rows
    allowed = {(row[2], row[3]) for row in rows if row[1] == "table"}
    assert {
        ("SELECT", False),
        ("SELECT (note)", False),
        ("UPDATE (id)", False),
        ("TRUNCATE", False),
    } <= allowed
    assert any(row[0] == "own on table t" and row[2] == "INSERT" for row in rows)
    assert not any(row[1] == "mask" for row in rows)
    shown = governed.session("alice").rows(
        "SELECT object FROM avila.permissions('alice', 't') WHERE kind = 'mask'"
    )
    assert shown == [("t.email",), ("t.note",)]
    schema = governed.owner.rows("SELECT privilege, allowed FROM avila.permissions('carol', 'main')")
    assert schema == [("CREATE", False), ("USAGE", True)]
    assert governed.owner.fails("SELECT * FROM avila.permissions('carol', 'nothing')") == "42P01"


def test_what_is_explained_is_what_happens(governed: World) -> None:
    """The verdict is that of the statement itself, for each of some statements and roles."""
    governed.owner("CREATE VIEW v AS SELECT * FROM t", "GRANT SELECT (id) ON v TO carol")
    statements = (
        "SELECT * FROM t",
        "SELECT id FROM t",
        "SELECT * FROM v",
        "SELECT id FROM v",
        "SELECT stats(id) FROM t",
        "INSERT INTO t (id, who) SELECT 1, current_user",
        "INSERT INTO t (id, who) VALUES (2, 'x') RETURNING note",
        "DELETE FROM t",
        "UPDATE t SET note = NULL",
        "TRUNCATE t",
        "CREATE TABLE own_table (i INTEGER)",
        "CREATE INDEX i ON t (id)",
        "EXPLAIN SELECT 1",
        "COPY t TO 'x.csv'",
    )
    for role in ("alice", "carol"):
        session = governed.session(role)
        for sql in statements:
            *_, verdict = explained(session, sql)
            if verdict[3] and "INSERT" not in sql:
                session(sql)
            elif not verdict[3]:
                assert verdict[4].startswith(f"{session.fails(sql)}: ")

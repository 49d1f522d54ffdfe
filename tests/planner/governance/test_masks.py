"""Masked columns are masked wherever a statement uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from commands.conftest import Acting, World


@pytest.fixture(scope="module")
def alice(world: World) -> Acting:
    world.owner("CREATE ROLE alice LOGIN", "CREATE ROLE carol LOGIN")
    world.owner(
        "CREATE MASKING POLICY first AS (val VARCHAR) RETURNS VARCHAR -> left(val, 1) || '***'",
        "CREATE MASKING POLICY consenting AS (val INTEGER, consent BOOLEAN) RETURNS INTEGER -> CASE WHEN consent THEN val END",
        "CREATE MASKING POLICY partial AS (val VARCHAR) RETURNS VARCHAR -> mask_partial(val, 1, 1)",
    )
    for store in ("native", "lake"):
        name = f"{store}.main.{store}_p"
        world.owner(
            f"CREATE TABLE {name} (id INTEGER, name VARCHAR, age INTEGER, consent BOOLEAN, city VARCHAR)",
            f"INSERT INTO {name} VALUES (1, 'ann', 30, true, 'Bonn'), (2, 'amy', 40, false, 'Bern'), (3, 'bob', 50, NULL, 'Rom')",
            f"GRANT SELECT, INSERT, UPDATE ON {name} TO alice",
            f"ALTER TABLE {name} ALTER name SET MASKING POLICY first",
            f"ALTER TABLE {name} ALTER age SET MASKING POLICY consenting USING (age, consent)",
            f"ALTER TABLE {name} ALTER city SET MASKING POLICY partial",
        )
    return world.session("alice")


@pytest.fixture
def p(store: str) -> str:
    return f"{store}.main.{store}_p"


def test_rows(alice: Acting, p: str) -> None:
    assert alice.rows(f"SELECT * FROM {p} ORDER BY id") == [
        (1, "a***", 30, True, "B**n"), (2, "a***", None, False, "B**n"), (3, "b***", None, None, "R*m"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT id FROM @ WHERE name = 'ann'", []),
        ("SELECT id FROM @ WHERE name = 'b***'", [(3,)]),
        ("SELECT count(*) FROM @ WHERE age = 50 OR age < 45", [(1,)]),
        ("SELECT count(*) FROM @ WHERE name LIKE 'am%'", [(0,)]),
        ("SELECT name, count(*) FROM @ GROUP BY name ORDER BY 1", [("a***", 2), ("b***", 1)]),
        ("SELECT count(DISTINCT name), max(age) FROM @", [(2, 30)]),
        ("SELECT max(id) FROM @ GROUP BY city HAVING city = 'Bonn'", []),
        ("SELECT a.id, b.id FROM @ AS a JOIN @ AS b USING (name) WHERE a.id < b.id", [(1, 2)]),
        ("SELECT q.id FROM @ AS q JOIN (VALUES ('ann')) AS w(name) ON q.name = w.name", []),
        ("SELECT id FROM @ ORDER BY name DESC, id LIMIT 1", [(3,)]),
        (
            "SELECT name FROM @ WHERE id = 1 UNION SELECT city FROM @ WHERE id = 3 ORDER BY 1",
            [("R*m",), ("a***",)],
        ),
        (
            "SELECT id FROM @ EXCEPT SELECT id FROM @ WHERE name IN ('ann', 'amy', 'bob') ORDER BY 1",
            [(1,), (2,), (3,)],
        ),
        ("SELECT rank() OVER (ORDER BY name) AS r FROM @ ORDER BY 1", [(1,), (1,), (3,)]),
        ("WITH w AS (SELECT name AS n FROM @) SELECT count(*) FROM w WHERE n = 'ann'", [(0,)]),
        ("SELECT (SELECT max(name) FROM @)", [("b***",)]),
        ("SELECT [x.name FOR x IN [q]] FROM @ AS q WHERE id = 1", [(["a***"],)]),
        ("SELECT struct_extract(q, 'name') FROM @ AS q WHERE id = 1", [("a***",)]),
        ("SELECT COLUMNS('na.*') FROM @ WHERE id = 1", [("a***",)]),
        ("SELECT * EXCLUDE (id, age, consent, city) FROM @ WHERE id = 1", [("a***",)]),
    ],
)
def test_filters_joins_and_groups_go_by_what_is_shown(
    alice: Acting, p: str, sql: str, rows: list[tuple[object, ...]]
) -> None:
    assert alice.rows(sql.replace("@", p)) == rows


def test_a_condition_that_fails_tells_the_masked_value_alone(alice: Acting, p: str) -> None:
    error = alice.error(f"SELECT id FROM {p} WHERE CAST(name AS INTEGER) > 1")
    assert "***" in str(error)
    assert not any(name in str(error) for name in ("ann", "amy", "bob"))


def test_summaries_and_descriptions(alice: Acting, p: str) -> None:
    shown = str(alice.rows(f"SUMMARIZE {p}")) + str(alice.rows(f"DESCRIBE {p}"))
    assert "a***" in shown
    assert not any(value in shown for value in ("ann", "bob", "Bonn"))


def test_a_masked_value_is_written_as_it_is_seen(world: World, alice: Acting, p: str, store: str) -> None:
    copy = f"{store}.main.{store}_copy"
    world.owner(
        f"CREATE TABLE {copy} (name VARCHAR, age INTEGER)", f"GRANT SELECT, INSERT, UPDATE ON {copy} TO alice"
    )
    alice(
        f"INSERT INTO {copy} SELECT name, age FROM {p}",
        f"UPDATE {copy} SET name = q.name || q.city FROM {p} AS q WHERE q.age = {copy}.age",
    )
    assert world.owner.rows(f"SELECT * FROM {copy} ORDER BY ALL") == [
        ("a***", None),
        ("a***B**n", 30),
        ("b***", None),
    ]


def test_who_sees_values(world: World, p: str) -> None:
    assert world.owner.rows(f"SELECT name FROM {p} WHERE name = 'ann'") == [("ann",)]
    world.owner(f"ALTER TABLE {p} OWNER TO carol")
    assert world.session("carol").rows(f"SELECT name FROM {p} WHERE id = 1") == [("ann",)]
    world.owner(f"ALTER TABLE {p} OWNER TO owner")


def test_a_view_shows_what_its_owner_sees(world: World, alice: Acting, p: str, store: str) -> None:
    world.owner(
        f"CREATE VIEW {store}_all AS SELECT name FROM {p} WHERE id = 1",
        f"CREATE VIEW {store}_masked WITH (security_invoker) AS SELECT name FROM {p} WHERE id = 1",
        f"GRANT SELECT ON {store}_all, {store}_masked TO alice",
    )
    assert alice.rows(f"SELECT name FROM {store}_all") == [("ann",)]
    assert alice.rows(f"SELECT name FROM {store}_masked") == [("a***",)]


def test_a_changed_policy_holds_at_once(world: World, alice: Acting) -> None:
    world.owner(
        "CREATE TABLE changing (v VARCHAR)", "INSERT INTO changing VALUES ('value')", "GRANT SELECT ON changing TO alice",
        "CREATE MASKING POLICY moving AS (val VARCHAR) RETURNS VARCHAR -> 'one'",
    )  # fmt: skip
    query = "SELECT v FROM changing"
    assert alice.rows(query) == [("value",)]
    world.owner("ALTER TABLE changing ALTER v SET MASKING POLICY moving")
    assert alice.rows(query) == [("one",)]
    world.owner("ALTER MASKING POLICY moving SET BODY -> 'two'")
    assert alice.rows(query) == [("two",)]
    world.owner("ALTER TABLE changing ALTER v UNSET MASKING POLICY")
    assert alice.rows(query) == [("value",)]


def test_a_frame_is_masked(alice: Acting) -> None:
    table = alice.session.table("native_p")
    assert sorted(table.name.execute().tolist()) == ["a***", "a***", "b***"]
    assert table.filter(table.name == "ann").count().execute() == 0

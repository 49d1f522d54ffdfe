"""Masking policies, and what they are attached to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila.catalog.masking import MaskingPolicy
from avila.catalog.names import Object

if TYPE_CHECKING:
    from commands.conftest import World

PEOPLE = Object.table("native", "main", "people")
HIDE = "CREATE MASKING POLICY hide AS (val VARCHAR) RETURNS VARCHAR -> '***'"


@pytest.fixture
def people(world: World) -> World:
    """Return a database with a table that has something to hide."""
    world.owner(
        "CREATE TABLE people (id INTEGER, name VARCHAR, born DATE, shares INTEGER[])",
        "CREATE TABLE consents (id INTEGER)",
        "CREATE TAG pii",
        "CREATE ROLE holder LOGIN",
    )
    return world


def test_a_policy_is_kept_as_it_was_said(people: World) -> None:
    people.owner(
        "CREATE MASKING POLICY Hide AS (val VARCHAR, who INTEGER) RETURNS VARCHAR -> "
        "CASE WHEN who IN (SELECT id FROM consents) THEN val ELSE mask_partial(val, 1, 0) END USING VALUE"
    )
    kept = people.owner.catalog.masking.policies["hide"]
    assert kept.parameters == (("val", "VARCHAR"), ("who", "INTEGER"))
    assert (kept.returns, kept.using_value) == ("VARCHAR", True)
    assert '"native"."main".consents' in kept.body
    assert "mask_partial(val, 1, 0)" in kept.body
    people.owner("ALTER MASKING POLICY hide SET BODY -> upper(val)")
    assert people.owner.catalog.masking.policies["hide"] == MaskingPolicy(
        "hide", kept.parameters, "VARCHAR", "upper(val)", using_value=True
    )


@pytest.mark.parametrize(
    ("sql", "sqlstate"),
    [
        ("(val VARCHAR) RETURNS VARCHAR -> nothing", "42703"),
        ("(val VARCHAR) RETURNS VARCHAR -> unknown(val)", "42883"),
        ("(val VARCHAR) RETURNS VARCHAR -> (SELECT name FROM nobody)", "42P01"),
        ("(val VARCHAR) RETURNS VARCHAR -> max(val)", "42803"),
        ("(val VARCHAR) RETURNS VARCHAR -> first_value(val) OVER ()", "42P20"),
        ("(val VARCHAR) RETURNS VARCHAR -> mask_partial(val)", "42883"),
        ("(val VARCHAR) RETURNS VARCHAR -> ?", "0A000"),
        ("(val VARCHAR, val INTEGER) RETURNS VARCHAR -> '*'", "42601"),
        ("(val nothing) RETURNS VARCHAR -> '*'", "42704"),
        ("(val VARCHAR) RETURNS nothing -> '*'", "42704"),
    ],
)
def test_what_is_no_body(people: World, sql: str, sqlstate: str) -> None:
    assert people.owner.fails(f"CREATE MASKING POLICY hide AS {sql}") == sqlstate
    assert not people.owner.catalog.masking.policies


def test_ready_made_masks_are_nowhere_else(people: World) -> None:
    assert people.owner.fails("SELECT mask_hash('a')") == "42883"
    assert people.owner.fails("CREATE POLICY p ON people USING (mask_hash(name) = 'a')") == "42883"


def test_names_that_are_taken(people: World) -> None:
    people.owner(HIDE)
    assert people.owner.fails(HIDE) == "42710"
    people.owner(HIDE.replace("POLICY hide", "POLICY IF NOT EXISTS hide").replace("'***'", "'?'"))
    assert people.owner.catalog.masking.policies["hide"].body == "'***'"
    people.owner(HIDE.replace("CREATE", "CREATE OR REPLACE").replace("'***'", "'?'"))
    assert people.owner.catalog.masking.policies["hide"].body == "'?'"
    assert people.owner.fails("DROP MASKING POLICY nothing") == "42704"
    assert people.owner.fails("ALTER MASKING POLICY nothing SET BODY -> 1") == "42704"
    people.owner(
        "DROP MASKING POLICY IF EXISTS nothing", "ALTER MASKING POLICY IF EXISTS nothing SET BODY -> 1"
    )


def test_columns_are_masked(people: World) -> None:
    people.owner(HIDE, "ALTER TABLE people ALTER COLUMN Name SET MASKING POLICY hide")
    assert people.owner.catalog.masking.columns == {(PEOPLE, "name"): ("hide", ("name",))}
    assert people.owner.fails("DROP MASKING POLICY hide") == "2BP01"
    assert people.owner.fails("ALTER TABLE people ALTER COLUMN name UNSET MASKING POLICY other") == "42704"
    people.owner("ALTER TABLE people ALTER COLUMN name UNSET MASKING POLICY")
    assert not people.owner.catalog.masking.columns
    assert people.owner.fails("ALTER TABLE people ALTER COLUMN name UNSET MASKING POLICY") == "42704"
    people.owner(
        "ALTER TABLE IF EXISTS nothing ALTER COLUMN name SET MASKING POLICY hide", "DROP MASKING POLICY hide"
    )


def test_a_policy_of_several_columns(people: World) -> None:
    people.owner(
        "CREATE MASKING POLICY own AS (val VARCHAR, who INTEGER) RETURNS VARCHAR -> CASE WHEN who > 1 THEN val END",
        "ALTER TABLE people MODIFY COLUMN name SET MASKING POLICY own USING (name, id)",
    )
    assert people.owner.catalog.masking.columns[PEOPLE, "name"] == ("own", ("name", "id"))
    for sql, sqlstate in (
        ("SET MASKING POLICY own", "22023"),
        ("SET MASKING POLICY own USING (id, name)", "22023"),
        ("SET MASKING POLICY own USING (name, nothing)", "42703"),
        ("SET MASKING POLICY nothing", "42704"),
    ):
        assert people.owner.fails(f"ALTER TABLE people ALTER COLUMN name {sql}") == sqlstate, sql
    assert (
        people.owner.fails("CREATE OR REPLACE MASKING POLICY own AS (val VARCHAR) RETURNS VARCHAR -> '*'")
        == "2BP01"
    )


def test_a_mask_must_fit_its_column(people: World) -> None:
    people.owner("CREATE MASKING POLICY year AS (val DATE) RETURNS DATE -> date_trunc('year', val)")
    people.owner("ALTER TABLE people ALTER COLUMN born SET MASKING POLICY year")
    error = people.owner.error("ALTER TABLE people ALTER COLUMN shares SET MASKING POLICY year")
    assert error.sqlstate is not None
    assert (PEOPLE, "shares") not in people.owner.catalog.masking.columns


def test_tags_are_masked(people: World) -> None:
    people.owner(HIDE, "ALTER TAG pii SET MASKING POLICY hide")
    assert people.owner.catalog.masking.tags == {"pii": "hide"}
    assert people.owner.fails("DROP TAG pii") == "2BP01"
    assert people.owner.fails("DROP MASKING POLICY hide") == "2BP01"
    people.owner(
        "ALTER TAG pii UNSET MASKING POLICY hide", "ALTER TAG IF EXISTS nothing SET MASKING POLICY hide"
    )
    assert not people.owner.catalog.masking.tags
    assert people.owner.fails("ALTER TAG nothing SET MASKING POLICY hide") == "42704"
    people.owner("CREATE MASKING POLICY two AS (a INTEGER, b INTEGER) RETURNS INTEGER -> a + b")
    assert people.owner.fails("ALTER TAG pii SET MASKING POLICY two") == "22023"


def test_who_makes_and_attaches(people: World) -> None:
    holder = people.session("holder")
    people.owner(HIDE, "GRANT ALL ON people TO holder")
    mine = HIDE.replace("hide", "mine")
    for sql in (
        mine,
        "ALTER MASKING POLICY hide SET BODY -> val",
        "DROP MASKING POLICY hide",
        "ALTER TABLE people ALTER COLUMN name SET MASKING POLICY hide",
        "ALTER TAG pii SET MASKING POLICY hide",
    ):
        assert holder.fails(sql) == "42501", sql
    people.owner("GRANT CREATE ON DATABASE native TO holder", "ALTER TABLE people OWNER TO holder")
    holder(
        mine,
        "ALTER MASKING POLICY mine SET BODY -> val",
        HIDE.replace("CREATE", "CREATE OR REPLACE").replace("hide", "mine"),
    )
    assert holder.fails(HIDE.replace("CREATE", "CREATE OR REPLACE")) == "42501"
    assert holder.fails("ALTER MASKING POLICY hide SET BODY -> val") == "42501"
    holder("ALTER TABLE people ALTER COLUMN name SET MASKING POLICY hide")
    people.owner(
        "REASSIGN OWNED BY holder TO owner",
        "DROP OWNED BY holder",
        "DROP ROLE holder",
        "DROP MASKING POLICY mine",
    )


def test_masks_follow_their_columns(people: World) -> None:
    people.owner(
        HIDE,
        "ALTER TABLE people ALTER COLUMN name SET MASKING POLICY hide",
        "ALTER TABLE people RENAME COLUMN name TO label",
    )
    assert people.owner.catalog.masking.columns == {(PEOPLE, "label"): ("hide", ("label",))}
    people.owner("ALTER TABLE people DROP COLUMN label", "DROP MASKING POLICY hide")

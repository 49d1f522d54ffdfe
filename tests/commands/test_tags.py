"""Tags on objects, columns and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila.catalog.names import Object

if TYPE_CHECKING:
    from commands.conftest import World

STARS = Object.table("native", "main", "stars")


@pytest.fixture
def tagged(world: World) -> World:
    """Return a database with a table and two tags."""
    world.owner(
        "CREATE TABLE stars (id INTEGER, name VARCHAR)",
        "CREATE VIEW bright AS SELECT * FROM stars",
        "CREATE TAG pii ALLOWED_VALUES 'name', 'email'",
        "CREATE TAG purpose",
        "CREATE ROLE holder LOGIN",
    )
    return world


def test_on_objects_and_columns(tagged: World) -> None:
    tagged.owner(
        "ALTER SCHEMA public SET TAG purpose = 'science'",
        "ALTER TABLE stars SET TAG purpose = 'survey', pii = 'name'",
        "ALTER TABLE stars ALTER COLUMN Name SET TAG PII = 'email'",
        "ALTER VIEW bright SET TAG pii = 'name'",
    )
    tags = tagged.owner.catalog.tags
    assert tags.of(STARS) == {"purpose": "survey", "pii": "name"}
    assert tags.of(STARS, "name") == {"purpose": "survey", "pii": "email"}
    assert tags.of(Object.table("native", "main", "bright")) == {"purpose": "science", "pii": "name"}
    tagged.owner(
        "ALTER TABLE stars UNSET TAG purpose, pii", "ALTER TABLE stars MODIFY COLUMN name UNSET TAG pii"
    )
    assert tagged.owner.catalog.tags.of(STARS, "name") == {"purpose": "science"}


def test_tags_follow_their_objects(tagged: World) -> None:
    tagged.owner(
        "ALTER TABLE stars ALTER COLUMN name SET TAG pii = 'email'",
        "DROP VIEW bright",
        "ALTER TABLE stars RENAME COLUMN name TO label",
        "ALTER TABLE stars RENAME TO suns",
    )
    suns = STARS._replace(name="suns")
    assert tagged.owner.catalog.tags.of(suns, "label") == {"pii": "email"}
    tagged.owner("DROP TABLE suns", "CREATE TABLE suns (label VARCHAR)")
    assert tagged.owner.catalog.tags.of(suns, "label") == {}


@pytest.mark.parametrize(
    ("sql", "sqlstate"),
    [
        ("CREATE TAG pii", "42710"),
        ("DROP TAG nothing", "42704"),
        ("ALTER TABLE stars SET TAG nothing = 'a'", "42704"),
        ("ALTER TABLE stars SET TAG pii = 'phone'", "22023"),
        ("ALTER TABLE stars UNSET TAG nothing", "42704"),
        ("ALTER TABLE nothing SET TAG pii = 'name'", "42P01"),
        ("ALTER TABLE stars ALTER COLUMN nothing SET TAG pii = 'name'", "42703"),
        ("ALTER SCHEMA nothing SET TAG pii = 'name'", "3F000"),
        ("ALTER ROLE nobody SET TAG pii = 'name'", "42704"),
    ],
)
def test_what_there_is_not(tagged: World, sql: str, sqlstate: str) -> None:
    assert tagged.owner.fails(sql) == sqlstate


def test_quietly_when_asked(tagged: World) -> None:
    tagged.owner(
        "CREATE TAG IF NOT EXISTS pii",
        "DROP TAG IF EXISTS nothing",
        "ALTER TABLE IF EXISTS nothing SET TAG pii = 'name'",
    )
    assert tagged.owner.catalog.tags.allowed["pii"] == ("name", "email")


def test_a_dropped_tag_is_gone_everywhere(tagged: World) -> None:
    tagged.owner(
        "ALTER TABLE stars SET TAG purpose = 'survey'",
        "ALTER ROLE holder SET TAG purpose = 'billing'",
        "DROP TAG purpose",
    )
    assert tagged.owner.catalog.tags.of(STARS) == {}
    assert tagged.owner.catalog.roles["holder"].attributes == {}


def test_whoever_may_create_makes_tags_and_owns_them(tagged: World) -> None:
    holder = tagged.session("holder")
    assert holder.fails("CREATE TAG mine") == "42501"
    tagged.owner("GRANT CREATE ON DATABASE native TO holder")
    holder("CREATE TAG mine", "DROP TAG mine", "CREATE TAG mine")
    assert holder.fails("DROP TAG pii") == "42501"
    assert "owner of tag mine" in str(tagged.owner.error("DROP ROLE holder"))
    tagged.owner("DROP OWNED BY holder", "DROP ROLE holder")
    assert "mine" not in tagged.owner.catalog.tags.allowed


def test_the_owner_of_an_object_tags_it(tagged: World) -> None:
    holder = tagged.session("holder")
    tagged.owner("GRANT ALL ON stars TO holder")
    for sql in (
        "ALTER TABLE stars SET TAG pii = 'name'",
        "ALTER TABLE stars UNSET TAG pii",
        "ALTER TABLE stars ALTER COLUMN name SET TAG pii = 'name'",
        "ALTER SCHEMA main SET TAG pii = 'name'",
    ):
        assert holder.fails(sql) == "42501", sql
    tagged.owner("ALTER TABLE stars OWNER TO holder")
    holder("ALTER TABLE stars SET TAG pii = 'name'")


def test_nobody_tags_oneself(tagged: World) -> None:
    """What a role is tagged decides what it sees."""
    maker = tagged.role("maker", "LOGIN CREATEROLE")
    tagged.owner("GRANT maker TO holder")
    assert maker.fails("ALTER ROLE maker SET TAG purpose = 'billing'") == "42501"
    assert maker.fails("ALTER ROLE CURRENT_USER SET TAG purpose = 'billing'") == "42501"
    assert maker.fails("ALTER ROLE holder SET TAG purpose = 'billing'") == "42501"
    maker("CREATE ROLE made", "GRANT made TO maker")
    assert maker.fails("ALTER ROLE made SET TAG purpose = 'billing'") == "42501"
    maker("SET ROLE made")
    assert maker.fails("ALTER ROLE maker SET TAG purpose = 'billing'") == "42501"
    assert maker.fails("ALTER ROLE made SET TAG purpose = 'billing'") == "42501"


def test_a_maker_of_roles_gives_them_its_own_tags(tagged: World) -> None:
    maker = tagged.role("maker", "LOGIN CREATEROLE")
    tagged.owner("ALTER ROLE maker SET TAG purpose = 'billing'", "CREATE ROLE boss SUPERUSER")
    maker("CREATE ROLE made", "ALTER ROLE made SET TAG purpose = 'billing'")
    assert tagged.owner.catalog.roles["made"].attributes == {"purpose": "billing"}
    assert maker.fails("ALTER ROLE made SET TAG purpose = 'audit'") == "42501"
    maker("ALTER ROLE made UNSET TAG purpose")
    assert tagged.owner.catalog.roles["made"].attributes == {}
    assert maker.fails("ALTER ROLE boss UNSET TAG purpose") == "42501"

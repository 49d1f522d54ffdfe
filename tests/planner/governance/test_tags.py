"""Attribute-based control: masks of tags, and attributes of roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from commands.conftest import World


@pytest.fixture(scope="module", autouse=True)
def tagged(world: World) -> None:
    """Mask every column tagged pii, unless the role has purpose = 'billing'."""
    world.owner(
        "CREATE ROLE alice LOGIN", "CREATE ROLE billing LOGIN", "CREATE ROLE clerk LOGIN", "GRANT billing TO clerk",
        "CREATE TAG pii", "CREATE TAG purpose", "ALTER ROLE billing SET TAG purpose = 'billing'",
        "CREATE MASKING POLICY pii_text AS (val VARCHAR) RETURNS VARCHAR -> "
        "CASE WHEN session_attribute('purpose') = 'billing' THEN val ELSE '***' END",
        "ALTER TAG pii SET MASKING POLICY pii_text",
    )  # fmt: skip
    for store in ("native", "lake"):
        name = f"{store}.main.{store}_t"
        world.owner(
            f"CREATE TABLE {name} (id INTEGER, mail VARCHAR, city VARCHAR)",
            f"INSERT INTO {name} VALUES (1, 'a@b.c', 'Bonn')",
            f"ALTER TABLE {name} ALTER mail SET TAG pii = 'yes'",
            f"GRANT SELECT ON {name} TO PUBLIC",
        )


def test_masked_unless_the_purpose_is_billing(world: World, store: str) -> None:
    query = f"SELECT mail, city FROM {store}.main.{store}_t"
    assert world.session("alice").rows(query) == [("***", "Bonn")]
    assert world.session("billing").rows(query) == [("a@b.c", "Bonn")]
    assert world.session("clerk").rows(query) == [("a@b.c", "Bonn")], "attributes are inherited"
    assert world.owner.rows(query) == [("a@b.c", "Bonn")]


def test_attributes_change_at_once(world: World, store: str) -> None:
    query = f"SELECT mail FROM {store}.main.{store}_t"
    alice = world.session("alice")
    world.owner("ALTER ROLE alice SET TAG purpose = 'billing'")
    assert alice.rows(query) == [("a@b.c",)]
    world.owner("ALTER ROLE alice UNSET TAG purpose")
    assert alice.rows(query) == [("***",)]


def test_a_column_tagged_later_is_masked(world: World, store: str) -> None:
    name, alice = f"{store}.main.{store}_t", world.session("alice")
    world.owner(f"ALTER TABLE {name} ALTER city SET TAG pii = 'yes'")
    assert alice.rows(f"SELECT city FROM {name}") == [("***",)]
    assert alice.rows(f"SELECT city FROM {name} WHERE city = 'Bonn'") == []
    world.owner(f"ALTER TABLE {name} ALTER city UNSET TAG pii")
    assert alice.rows(f"SELECT city FROM {name}") == [("Bonn",)]

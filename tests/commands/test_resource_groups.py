"""CREATE, ALTER and DROP RESOURCE GROUP: what they take, who may, and what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import avila
from avila.catalog.resource_groups import ResourceGroup

if TYPE_CHECKING:
    from pathlib import Path

    from commands.conftest import World

ALL = (
    "CREATE RESOURCE GROUP g WITH (memory = '1GB', statement_time = '30s', concurrency = 4, queue = 8,"
    " queue_time = '5s', rows = 1000000, temporary = '10GiB')"
)


def test_every_option(world: World) -> None:
    world.owner(ALL)
    assert world.owner.catalog.resource_groups.groups["g"] == ResourceGroup(
        "g", 10**9, 30_000, 4, 8, 5_000, 10**6, 10 * 2**30
    )


def test_options_have_defaults_and_can_be_taken_back(world: World) -> None:
    world.owner("CREATE RESOURCE GROUP g", "ALTER RESOURCE GROUP g SET (rows = 5, memory = '1MB')")
    world.owner("ALTER RESOURCE GROUP g SET (rows = NULL)")
    assert world.owner.catalog.resource_groups.groups["g"] == ResourceGroup("g", memory_bytes=10**6)


@pytest.mark.parametrize(
    ("sql", "sqlstate"),
    [
        ("CREATE RESOURCE GROUP g WITH (speed = 3)", "42704"),
        ("CREATE RESOURCE GROUP g WITH (rows = 3, rows = 4)", "42601"),
        ("CREATE RESOURCE GROUP g WITH (rows = 'many')", "22023"),
        ("CREATE RESOURCE GROUP g WITH (rows = -1)", "22023"),
        ("CREATE RESOURCE GROUP g WITH (memory = '1 elephant')", "22023"),
        ("CREATE RESOURCE GROUP g WITH (statement_time = 'soon')", "22023"),
        ("CREATE RESOURCE GROUP there", "42710"),
        ("ALTER RESOURCE GROUP g SET (rows = 1)", "42704"),
        ("DROP RESOURCE GROUP g", "42704"),
        ("ALTER ROLE owner SET RESOURCE GROUP g", "42704"),
        ("ALTER ROLE nobody SET RESOURCE GROUP there", "42704"),
    ],
)
def test_what_is_refused(world: World, sql: str, sqlstate: str) -> None:
    world.owner("CREATE RESOURCE GROUP there")
    assert world.owner.fails(sql) == sqlstate
    assert list(world.owner.catalog.resource_groups.groups) == ["there"]


def test_if_exists_and_if_not_exists(world: World) -> None:
    world.owner(
        "CREATE RESOURCE GROUP g WITH (rows = 5)", "CREATE RESOURCE GROUP IF NOT EXISTS g WITH (rows = 6)"
    )
    assert world.owner.catalog.resource_groups.groups["g"].rows == 5
    world.owner(
        "DROP RESOURCE GROUP g",
        "DROP RESOURCE GROUP IF EXISTS g",
        "ALTER RESOURCE GROUP IF EXISTS g SET (rows = 1)",
    )


def test_a_group_with_roles_stays(world: World) -> None:
    world.owner("CREATE RESOURCE GROUP g", "CREATE ROLE a", "ALTER ROLE a SET RESOURCE GROUP g")
    assert world.owner.fails("DROP RESOURCE GROUP g") == "2BP01"
    world.owner("ALTER ROLE a SET RESOURCE GROUP NONE", "DROP RESOURCE GROUP g")


def test_only_superusers_may(world: World) -> None:
    world.owner("CREATE RESOURCE GROUP g WITH (rows = 5)")
    a = world.role("a", "LOGIN CREATEROLE")
    for sql in (
        "CREATE RESOURCE GROUP mine",
        "ALTER RESOURCE GROUP g SET (rows = 0)",
        "DROP RESOURCE GROUP g",
        "ALTER ROLE a SET RESOURCE GROUP NONE",
    ):
        assert a.fails(sql) == "42501", sql


def test_a_rollback_undoes_it(world: World) -> None:
    world.owner("BEGIN", "CREATE RESOURCE GROUP g", "ROLLBACK")
    assert "g" not in world.owner.catalog.resource_groups


def test_groups_are_there_when_the_database_is_opened_again(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "x") as database:
        database.execute(ALL)
        database.execute("ALTER ROLE owner SET RESOURCE GROUP g")
    with avila.connect(tmp_path / "x") as database:
        sql = "SELECT name, memory_bytes, rows FROM avila.resource_groups"
        assert database.execute(sql).fetchall() == [("g", 10**9, 10**6)]
        assert database.execute("SELECT resource_group FROM avila.roles WHERE name = 'owner'").fetchone() == (
            "g",
        )

"""ALTER ROLE … SET and RESET: what sessions start with, who may say so, and that nobody loosens a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from commands.conftest import Acting, World


def shown(session: Acting, name: str) -> str:
    """Return a setting as SHOW says it."""
    [(value,)] = session.rows(f"SHOW {name}")
    return str(value)


def test_sessions_start_with_it(world: World) -> None:
    before = world.role("a")
    world.owner("ALTER ROLE a SET statement_timeout = 5000", "ALTER ROLE a SET timezone TO 'Asia/Tokyo'")
    assert shown(before, "statement_timeout") == "0"
    after = world.session("a")
    assert (shown(after, "statement_timeout"), shown(after, "timezone")) == ("5000", "Asia/Tokyo")
    assert after.rows("SELECT current_setting('TimeZone')") == [("Asia/Tokyo",)]
    assert shown(world.owner, "statement_timeout") == "0"


def test_what_is_set_for_all_and_for_one(world: World) -> None:
    world.owner("ALTER ROLE ALL SET statement_timeout = 9000", "ALTER ROLE ALL SET lock_timeout = 700")
    a = world.role("a")
    world.owner("ALTER ROLE a SET statement_timeout = 5000")
    a = world.session("a")
    assert (shown(a, "statement_timeout"), shown(a, "lock_timeout")) == ("5000", "700")
    world.owner("ALTER ROLE a RESET statement_timeout")
    assert shown(world.session("a"), "statement_timeout") == "9000"
    world.owner("ALTER ROLE ALL RESET ALL")
    assert shown(world.session("a"), "statement_timeout") == "0"


def test_reset_goes_back_to_what_the_session_started_with(world: World) -> None:
    world.owner("CREATE ROLE a LOGIN", "ALTER ROLE a SET statement_timeout = 5000")
    a = world.session("a")
    for back in ("RESET statement_timeout", "SET statement_timeout TO DEFAULT"):
        a("SET statement_timeout = 10")
        assert shown(a, "statement_timeout") == "10"
        a(back)
        assert shown(a, "statement_timeout") == "5000"


def test_settings_of_ones_own(world: World) -> None:
    world.owner("CREATE ROLE a LOGIN", "ALTER ROLE a SET app.tenant = 'north'")
    a = world.session("a")
    assert a.rows("SELECT current_setting('app.tenant')") == [("north",)]
    a("ALTER ROLE a SET app.tenant = 'south'", "ALTER ROLE a RESET ALL")
    assert world.owner.catalog.roles["a"].settings == {}


@pytest.mark.parametrize(
    ("setting", "sqlstate"),
    [
        ("no_such_thing = 1", "42704"),
        ("statement_timeout = 'soon'", "F0000"),
        ("statement_timeout = -1", "F0000"),
        ("statement_memory = 'much'", "22023"),
        ("default_order = 'sideways'", "F0000"),
        ("memory_limit = '1GB'", "F0000"),
        ("search_path = 'x'", "0A000"),
    ],
)
def test_what_cannot_be_set(world: World, setting: str, sqlstate: str) -> None:
    world.owner("CREATE ROLE a")
    assert world.owner.fails(f"ALTER ROLE a SET {setting}") == sqlstate
    assert world.owner.catalog.roles["a"].settings == {}


def test_who_may(world: World) -> None:
    a, chief = world.role("a"), world.role("chief", "LOGIN CREATEROLE")
    chief("CREATE ROLE junior LOGIN", "ALTER ROLE junior SET statement_timeout = 100")
    a("ALTER ROLE a SET timezone = 'UTC'")
    for session, sql in (
        (a, "ALTER ROLE a SET statement_timeout = 0"),
        (a, "ALTER ROLE a SET statement_rows = 5"),
        (a, "ALTER ROLE a RESET statement_memory"),
        (a, "ALTER ROLE chief SET timezone = 'UTC'"),
        (a, "ALTER ROLE ALL SET timezone = 'UTC'"),
        (chief, "ALTER ROLE ALL SET timezone = 'UTC'"),
        (chief, "ALTER ROLE a SET statement_timeout = 100"),
        (chief, "ALTER ROLE chief SET max_statements = 0"),
        (chief, "ALTER ROLE owner SET statement_timeout = 1"),
    ):
        assert session.fails(sql) == "42501", sql


def test_reset_all_does_not_take_a_limit_along(world: World) -> None:
    a = world.role("a")
    world.owner("ALTER ROLE a SET statement_rows = 5")
    a("ALTER ROLE a SET timezone = 'UTC'")
    assert a.fails("ALTER ROLE a RESET ALL") == "42501"
    assert world.owner.catalog.roles["a"].settings == {"statement_rows": "5", "timezone": "UTC"}


@pytest.mark.parametrize(
    ("setting", "set_", "tighter", "looser"),
    [
        ("statement_timeout", 5000, [10, 5000], [0, 5001]),
        ("statement_rows", 100, [1, 100], [0, 101]),
        ("statement_memory", "'200MB'", ["'1MB'", "'200MB'"], ["'201MB'", "'1GB'", "DEFAULT_IS_FINE"]),
        ("statement_temp", "'1GB'", ["'1MB'"], ["'2GB'", "''"]),
        ("max_statements", 2, [1, 2], [0, 3]),
        ("lock_timeout", 500, [100], [501]),
    ],
)
def test_a_session_may_only_tighten(
    world: World, setting: str, set_: object, tighter: list[object], looser: list[object]
) -> None:
    world.owner("CREATE ROLE a LOGIN", f"ALTER ROLE a SET {setting} = {set_}")
    a = world.session("a")
    for value in tighter:
        a(f"SET {setting} = {value}")
    for value in looser:
        if value != "DEFAULT_IS_FINE":
            assert a.fails(f"SET {setting} = {value}") == "42501", value
    a(f"RESET {setting}", f"SET {setting} TO DEFAULT")


def test_a_limit_is_not_left_by_set_role(world: World) -> None:
    world.owner("CREATE ROLE free", "CREATE ROLE a LOGIN IN ROLE free", "ALTER ROLE a SET statement_rows = 5")
    a = world.session("a")
    a("SET ROLE free")
    with pytest.raises(Exception, match="more than 5 rows, which is statement_rows"):
        a.rows("SELECT * FROM range(6)")
    assert a.fails("SET statement_rows = 6") == "42501"


def test_without_a_limit_a_session_sets_what_it_likes(world: World) -> None:
    a = world.role("a")
    a(
        "SET statement_timeout = 1",
        "SET statement_timeout = 0",
        "SET statement_memory = '1GB'",
        "RESET statement_memory",
    )
    assert a.fails("SET statement_memory = 'much'") == "22023"


def test_in_database(world: World) -> None:
    world.owner("CREATE ROLE a LOGIN", "ALTER ROLE a IN DATABASE native SET timezone = 'UTC'")
    assert world.owner.fails("ALTER ROLE a IN DATABASE nowhere SET timezone = 'UTC'") == "3D000"
    assert world.owner.fails("ALTER ROLE a IN DATABASE memory SET timezone = 'UTC'") == "0A000"

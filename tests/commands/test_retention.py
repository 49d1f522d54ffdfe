"""Retention policies: rows go once they are older than kept, with the rights of the table's owner."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

import avila
from avila import errors
from avila.instance import Instance

if TYPE_CHECKING:
    from pathlib import Path

    from commands.conftest import Acting, World

PATIENCE_S = 30
MADE = """
CREATE TABLE visits AS SELECT i AS id, now()::TIMESTAMP - to_days(i::INTEGER) AS seen, i % 2 = 0 AS closed
FROM range(10) r(i)
"""


@pytest.fixture
def visits(world: World) -> World:
    """Return a database with a table whose rows are 0 to 9 days old."""
    world.owner(MADE)
    return world


def left(acting: Acting, table: str = "visits") -> list[int]:
    """Return which rows there are."""
    return [number for (number,) in acting.rows(f"SELECT id FROM {table} ORDER BY id")]


def test_rows_go_when_they_are_older_than_kept(visits: World) -> None:
    """And not before it is asked for."""
    visits.owner("CREATE RETENTION POLICY week ON visits COLUMN seen KEEP INTERVAL 6 DAYS WHERE (closed)")
    assert left(visits.owner) == list(range(10))
    answer = visits.owner.session.execute("APPLY RETENTION POLICIES")
    assert left(visits.owner) == [0, 1, 2, 3, 4, 5, 7, 9]
    assert answer.rowcount == 2
    visits.owner(
        "CREATE RETENTION POLICY month ON visits COLUMN seen KEEP INTERVAL '7 days'",
        "APPLY RETENTION POLICIES",
    )
    assert left(visits.owner) == [0, 1, 2, 3, 4, 5]


def test_a_dropped_policy_keeps_everything(visits: World) -> None:
    """Policies of one name on other tables stay."""
    visits.owner(
        "CREATE TABLE other AS FROM visits",
        "CREATE RETENTION POLICY p ON visits COLUMN seen KEEP INTERVAL 3 DAYS",
        "CREATE RETENTION POLICY IF NOT EXISTS p ON visits COLUMN seen KEEP INTERVAL 1 DAY",
        "CREATE RETENTION POLICY p ON other COLUMN seen KEEP INTERVAL 3 DAYS",
        "DROP RETENTION POLICY p ON visits",
        "DROP RETENTION POLICY IF EXISTS p ON visits",
        "DROP RETENTION POLICY IF EXISTS p ON nothing",
        "APPLY RETENTION POLICIES",
    )
    assert left(visits.owner) == list(range(10))
    assert left(visits.owner, "other") == [0, 1, 2]


@pytest.mark.parametrize("type_", ["DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_S", "TIMESTAMP_NS"])
def test_points_in_time_of_every_type(world: World, type_: str) -> None:
    """NULL is never old."""
    world.owner(
        f"CREATE TABLE t AS SELECT 1 AS id, '2001-01-01'::{type_} AS seen UNION ALL SELECT 2, now()::{type_} "
        "UNION ALL SELECT 3, NULL",
        "CREATE RETENTION POLICY p ON t COLUMN seen KEEP INTERVAL 1 YEAR",
        "APPLY RETENTION POLICIES",
    )
    assert left(world.owner, "t") == [2, 3]


def test_an_encrypted_point_in_time(visits: World) -> None:
    """It is compared as what it is."""
    visits.owner(
        "ALTER TABLE visits ALTER seen SET ENCRYPTION",
        "CREATE RETENTION POLICY p ON visits COLUMN seen KEEP INTERVAL 3 DAYS",
        "APPLY RETENTION POLICIES",
    )
    assert left(visits.owner) == [0, 1, 2]


def test_tables_of_the_lake(db_with_lake: World) -> None:
    """They keep their rows for a time too."""
    db_with_lake.owner(
        MADE.replace("TABLE visits", "TABLE lake.visits"),
        "CREATE RETENTION POLICY p ON lake.visits COLUMN seen KEEP INTERVAL 3 DAYS",
        "APPLY RETENTION POLICIES",
    )
    assert left(db_with_lake.owner, "lake.visits") == [0, 1, 2]


def test_it_follows_the_table_and_the_column(visits: World) -> None:
    """Renamed, they have their policies; dropped, they have none."""
    visits.owner(
        "CREATE RETENTION POLICY p ON visits COLUMN seen KEEP INTERVAL 3 DAYS",
        "ALTER TABLE visits RENAME COLUMN seen TO last",
        "ALTER TABLE visits RENAME TO calls",
        "APPLY RETENTION POLICIES",
    )
    assert left(visits.owner, "calls") == [0, 1, 2]
    visits.owner("ALTER TABLE calls DROP COLUMN last")
    assert not visits.owner.catalog.retention.policies


@pytest.mark.parametrize(
    ("statement", "condition"),
    [
        ("CREATE RETENTION POLICY p ON visits COLUMN id KEEP INTERVAL 1 DAY", errors.DatatypeMismatch),
        ("CREATE RETENTION POLICY p ON visits COLUMN nothing KEEP INTERVAL 1 DAY", errors.UndefinedColumn),
        ("CREATE RETENTION POLICY p ON nothing COLUMN seen KEEP INTERVAL 1 DAY", errors.UndefinedTable),
        (
            "CREATE RETENTION POLICY p ON visits COLUMN seen KEEP INTERVAL '-1 day'",
            errors.InvalidParameterValue,
        ),
        (
            "CREATE RETENTION POLICY p ON visits COLUMN seen KEEP INTERVAL 1 DAY WHERE (id)",
            errors.DatatypeMismatch,
        ),
        (
            "CREATE RETENTION POLICY p ON visits COLUMN seen KEEP INTERVAL 1 DAY WHERE (x)",
            errors.UndefinedColumn,
        ),
        ("CREATE RETENTION POLICY p ON seen COLUMN seen KEEP INTERVAL 1 DAY", errors.WrongObjectType),
        ("DROP RETENTION POLICY p ON visits", errors.UndefinedObject),
    ],
)
def test_what_is_no_policy_says_why(visits: World, statement: str, condition: type[errors.Error]) -> None:
    """And is not kept."""
    visits.owner("CREATE VIEW seen AS FROM visits")
    assert type(visits.owner.error(statement)) is condition
    assert not visits.owner.catalog.retention.policies


def test_a_condition_looks_at_nothing_that_the_tables_owner_may_not_see(visits: World) -> None:
    """Not even when a superuser or the house itself applies it; other tables' policies are applied all the same."""
    joe = visits.role("joe")
    visits.owner("CREATE TABLE secret AS SELECT 1 AS a", "GRANT CREATE ON SCHEMA main TO joe")
    joe(
        MADE.replace("visits", "mine"),
        "CREATE RETENTION POLICY p ON mine COLUMN seen KEEP INTERVAL 1 DAY "
        "WHERE (EXISTS (SELECT 1 FROM secret WHERE a = 1))",
    )
    visits.owner("CREATE RETENTION POLICY p ON visits COLUMN seen KEEP INTERVAL 3 DAYS")
    assert visits.owner.fails("APPLY RETENTION POLICIES") == errors.InsufficientPrivilege.sqlstate
    assert left(joe, "mine") == list(range(10))
    assert left(visits.owner) == [0, 1, 2]
    assert visits.owner.executor.principal.current_user == "owner"


def test_a_role_applies_the_policies_of_its_own_tables(visits: World) -> None:
    """And makes none on others'."""
    joe = visits.role("joe")
    assert joe.fails("CREATE RETENTION POLICY p ON visits COLUMN seen KEEP INTERVAL 1 DAY") == "42501"
    visits.owner("CREATE RETENTION POLICY p ON visits COLUMN seen KEEP INTERVAL 1 DAY")
    joe("APPLY RETENTION POLICIES")
    assert left(visits.owner) == list(range(10))


def test_the_house_applies_them_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Soon after opening, and then at the interval."""
    applied = threading.Event()
    apply = Instance.apply_retention

    def apply_and_tell(instance: Instance) -> None:
        apply(instance)
        applied.set()

    with avila.connect(tmp_path / "db", lake=False) as db:
        db.execute(MADE)
        db.execute("CREATE RETENTION POLICY p ON visits COLUMN seen KEEP INTERVAL 3 DAYS")
    monkeypatch.setattr(Instance, "apply_retention", apply_and_tell)
    with avila.connect(tmp_path / "db", lake=False, retention_interval_s=1, checkpoint_interval_s=0) as db:
        assert applied.wait(PATIENCE_S)
        assert db.execute("SELECT count(*) FROM visits").fetchall() == [(3,)]

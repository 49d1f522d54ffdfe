"""What the tests of governance share: a database with a lake, kept for a file of tests, and sessions of roles in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import avila
from commands.conftest import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commands.conftest import Acting

STORES = ("native", "lake")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a database in a directory, which all tests of a file use; each makes tables of its own."""
    with avila.connect(tmp_path_factory.mktemp("governance") / "db") as database:
        yield World(database)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    """Return the name of each store in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def people(world: World) -> None:
    """Make two stores' tables with a policy and a mask, and roles that differ in what holds for them."""
    world.owner(
        "CREATE ROLE alice LOGIN", "CREATE ROLE boss LOGIN BYPASSRLS", "CREATE ROLE carol LOGIN",
        "CREATE MASKING POLICY hide AS (val VARCHAR) RETURNS VARCHAR -> left(val, 1) || '***'",
        "CREATE TABLE source (k INTEGER, v VARCHAR)",
        "INSERT INTO source VALUES (1, 'one'), (3, 'three'), (9, 'nine')",
        "GRANT SELECT ON source TO PUBLIC",
    )  # fmt: skip
    for store in ("native", "lake"):
        table = f"{store}.main.{store}_t"
        key = "PRIMARY KEY" if store == "native" else ""
        world.owner(
            f"CREATE TABLE {table} (id INTEGER {key}, who VARCHAR DEFAULT 'alice', secret VARCHAR, n INTEGER DEFAULT 7)",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO alice, boss",
            f"GRANT SELECT (id, who), UPDATE (n), INSERT (id, who), DELETE ON {table} TO carol",
            f"CREATE POLICY own ON {table} USING (who = current_user)",
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} ALTER secret SET MASKING POLICY hide",
        )


class Case:
    """A table of one store, its rows put back before each test. The kernel knows no RETURNING for the lake."""

    def __init__(self, world: World, store: str) -> None:
        self.world = world
        self.table = f"{store}.main.{store}_t"
        self.returning = store == "native"
        self.alice = world.session("alice")
        self.boss = world.session("boss")
        self.carol = world.session("carol")

    def do(self, sql: str, who: Acting | None = None) -> Any:
        """Run a statement of alice's; its rows, or how many it changed."""
        session = (who or self.alice).session
        result = session.execute(self._sql(sql))
        return sorted(result.fetchall(), key=repr) if result.schema.names else result.rowcount

    def fails(self, sql: str, who: Acting | None = None) -> str | None:
        """Return the SQLSTATE of a statement that must fail, having changed nothing."""
        before = self.rows()
        state = (who or self.alice).fails(self._sql(sql))
        assert self.rows() == before
        return state

    def _sql(self, sql: str) -> str:
        """Return a statement on the table; without what the kernel cannot do in the lake."""
        sql = sql.replace("@", self.table)
        return sql if self.returning else sql.partition(" RETURNING ")[0]

    def rows(self, columns: str = "*") -> list[tuple[Any, ...]]:
        """Return all that the table has."""
        return self.world.owner.rows(f"SELECT {columns} FROM {self.table} ORDER BY ALL")


@pytest.fixture
def case(world: World, store: str, people: None) -> Iterator[Case]:
    made = Case(world, store)
    world.owner(
        f"DELETE FROM {made.table}",
        f"INSERT INTO {made.table} VALUES (1, 'alice', 'a11', 1), (2, 'alice', 'a22', 2), (3, 'bob', 'SECRET', 3)",
    )
    yield made
    for acting in (made.alice, made.boss, made.carol):
        acting.session.close()

"""A role without rights runs an example of every statement there is: it is refused, or does no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.planner.statements_for_restricted import CASES, PREPARED

import avila
from avila import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED = [pytest.param(sql, id=sql) for case in CASES.values() for sql in case.refused]
ALLOWED = [pytest.param(case.allowed, id=kind.__name__) for kind, case in CASES.items() if case.allowed]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[avila.Database]:
    with avila.connect(tmp_path_factory.mktemp("stranger") / "db") as database:
        database.execute(PREPARED)
        database.execute("CREATE ROLE stranger LOGIN")
        yield database


@pytest.fixture(scope="module")
def state(opened: avila.Database) -> str:
    """Return what there is before the stranger does anything."""
    return everything(opened)


@pytest.fixture
def stranger(opened: avila.Database, state: str) -> Iterator[avila.Session]:
    assert state
    with opened.session(role="stranger") as session:
        yield session


def everything(database: avila.Database) -> str:
    """Return what a stranger could change: definitions, rows, roles, rights, policies, masks and tags."""
    shown = [
        "SELECT database_name, schema_name, table_name, sql FROM duckdb_tables() WHERE NOT temporary"
        " AND schema_name <> 'avila' ORDER BY ALL",
        "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal AND NOT temporary ORDER BY ALL",
        "SELECT function_name, macro_definition FROM duckdb_functions() WHERE NOT internal ORDER BY ALL",
        "SELECT sequence_name, last_value FROM duckdb_sequences() ORDER BY ALL",
        "SELECT database_name, schema_name FROM duckdb_schemas() WHERE NOT internal ORDER BY ALL",
        "FROM t",
        "FROM lake.main.lt",
        *(
            f"FROM avila.{view} ORDER BY ALL"
            for view in ("grants", "memberships", "policies", "masks", "tags")
        ),
        "SELECT name, superuser, bypassrls, login FROM avila.roles ORDER BY ALL",
        "SELECT name, concurrency FROM avila.resource_groups ORDER BY ALL",
    ]
    return str([database.execute(sql).fetchall() for sql in shown])


@pytest.mark.parametrize("sql", REFUSED)
def test_it_is_refused(opened: avila.Database, stranger: avila.Session, sql: str) -> None:
    if "{owner}" in sql:
        (number,) = opened.execute("SELECT min(number) FROM avila.sessions WHERE role = 'owner'").fetchall()[
            0
        ]
        sql = sql.format(owner=number)
    with pytest.raises(errors.Error) as caught:
        stranger.execute(sql).fetchall()
    assert caught.value.sqlstate == "42501", caught.value
    assert "SECRET" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("statements", ALLOWED)
def test_it_is_harmless(stranger: avila.Session, statements: tuple[str, ...]) -> None:
    if "EXECUTE y" in statements or "DEALLOCATE y" in statements:
        stranger.execute("PREPARE y AS SELECT 1")
    for sql in statements:
        assert "SECRET" not in str(stranger.execute(sql).fetchall())


def test_nothing_has_changed(opened: avila.Database, state: str) -> None:
    assert everything(opened) == state


def test_what_a_stranger_keeps_is_asked_when_it_is_read(stranger: avila.Session) -> None:
    stranger.execute("CREATE TEMP VIEW kept AS SELECT * FROM t")
    with pytest.raises(errors.InsufficientPrivilege):
        stranger.execute("FROM kept").fetchall()

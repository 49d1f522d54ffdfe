"""avila.audit: what was done and refused, for those who may know, without what was written in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import avila
from avila import errors
from avila.security.audit.reading import SCHEMA
from avila.system_views.audit import VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def log(db: avila.Database) -> avila.Database:
    """Return a database in which two roles have done something."""
    db.execute("CREATE ROLE alice LOGIN PASSWORD 'SECRET_word'; CREATE ROLE bob; CREATE TABLE t (i INTEGER)")
    with db.session(role="alice") as alice, db.session(role="bob") as bob:
        with pytest.raises(errors.InsufficientPrivilege):
            alice.execute("SELECT i FROM t WHERE i = 4711")
        bob.execute("SELECT 'SECRET_literal'").fetchall()
    return db


@pytest.fixture
def alice(log: avila.Database) -> Iterator[avila.Session]:
    with log.session(role="alice") as session:
        yield session


def test_refused_statements_are_there_without_literals(log: avila.Database) -> None:
    rows = log.execute(
        "SELECT role, acting_as, statement FROM avila.audit WHERE sqlstate = '42501'"
    ).fetchall()
    assert rows == [("alice", "alice", "SELECT i FROM t WHERE i = ?")]
    whole = str(log.execute("SELECT * FROM avila.audit").fetchall())
    assert "SECRET" not in whole
    assert "4711" not in whole


def test_everybody_sees_what_their_own_sessions_did(log: avila.Database, alice: avila.Session) -> None:
    assert alice.execute("SELECT DISTINCT role FROM avila.audit").fetchall() == [("alice",)]
    assert alice.execute("SELECT count(*) FROM avila.audit WHERE sqlstate = '42501'").fetchall() == [(1,)]
    log.execute("GRANT bob TO alice")
    alice.execute("SET ROLE bob")
    assert alice.execute("SELECT DISTINCT role FROM avila.audit").fetchall() == [("alice",)]


def test_monitors_and_superusers_see_everything(log: avila.Database, alice: avila.Session) -> None:
    log.execute("GRANT pg_monitor TO alice")
    for session in (log, alice):
        found = session.execute("SELECT DISTINCT role FROM avila.audit ORDER BY role").fetchall()
        assert {("alice",), ("bob",), ("owner",)} <= set(found)


def test_it_joins_and_counts(log: avila.Database) -> None:
    found = log.execute(
        "SELECT count(*) FROM avila.audit a JOIN avila.audit b USING (number) WHERE a.kind = 'statement'"
    ).fetchone()
    assert found is not None
    assert found[0] > 2
    newest = log.execute("SELECT max(time) > now() - INTERVAL 1 MINUTE FROM avila.audit").fetchall()
    assert newest == [(True,)]


def test_it_has_the_logs_columns() -> None:
    (view,) = VIEWS
    assert view.schema.types == SCHEMA.types
    assert len(set(view.schema.names) - set(SCHEMA.names)) == 2


def test_a_database_in_memory_has_none(memory: avila.Database) -> None:
    assert memory.execute("SELECT count(*) FROM avila.audit").fetchall() == [(0,)]

"""CREATE and DROP EXTENSION: changes that are kept, in the transactions that made them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import avila
from avila import errors
from avila.catalog import changes, extension_changes
from avila.catalog.objects import Catalog

if TYPE_CHECKING:
    from pathlib import Path


def has_fft(db: avila.Session) -> bool:
    try:
        db.sql("SELECT fft([1.0, 2.0])").fetchall()
    except errors.UndefinedFunction:
        return False
    return True


def test_a_dropped_extension_is_gone_for_good_until_it_is_created(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db") as db:
        assert has_fft(db)
        db.sql("DROP EXTENSION signal")
        assert not has_fft(db)
        with db.session() as other:
            assert not has_fft(other)
        with pytest.raises(errors.UndefinedObject, match="extension signal is not there"):
            db.sql("DROP EXTENSION signal")
        db.sql("DROP EXTENSION IF EXISTS signal")
    with avila.connect(tmp_path / "db") as db:
        assert not has_fft(db)
        db.sql("CREATE EXTENSION signal")
        db.sql("CREATE EXTENSION IF NOT EXISTS signal")
        assert has_fft(db)
        kept = db.sql("SELECT number, kind, body->>'name' FROM avila.changes ORDER BY number").fetchall()
        assert kept == [(1, "DropExtension", "signal"), (2, "CreateExtension", "signal")]


def test_a_rollback_undoes_it(db: avila.Database) -> None:
    db.sql("BEGIN")
    db.sql("DROP EXTENSION signal")
    assert not has_fft(db)
    with db.session() as other:
        assert has_fft(other)
    db.sql("ROLLBACK")
    assert has_fft(db)


def test_what_is_not_installed_is_named_with_what_is(db: avila.Database) -> None:
    with pytest.raises(errors.UndefinedObject, match="no extension signl is installed") as caught:
        db.sql("CREATE EXTENSION signl")
    assert "signal" in str(caught.value)
    db.sql("DROP EXTENSION IF EXISTS nothing")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO avila.changes VALUES (9, now(), 'x', '{}')",
        "DELETE FROM native.avila.changes",
        "DROP TABLE avila.changes",
        "ALTER TABLE avila.changes ADD COLUMN x INTEGER",
        "CREATE TABLE avila.mine (n INTEGER)",
        "DROP SCHEMA avila CASCADE",
        "TRUNCATE avila.changes",
        "UPDATE avila.changes SET kind = 'x'",
    ],
)
def test_what_avila_keeps_is_changed_by_avila_alone(db: avila.Database, sql: str) -> None:
    db.sql("DROP EXTENSION signal")
    with pytest.raises(errors.InsufficientPrivilege, match="kept by Avila alone"):
        db.sql(sql)
    assert db.sql("SELECT count(*) FROM avila.changes").fetchone() == (1,)


NAMES = st.sampled_from(["signal", "fits", "sky"])
CHANGES = st.lists(
    st.one_of(
        st.builds(extension_changes.CreateExtension, NAMES), st.builds(extension_changes.DropExtension, NAMES)
    )
)


@given(CHANGES)
def test_the_catalog_is_the_fold_of_its_changes(
    wanted: list[extension_changes.CreateExtension | extension_changes.DropExtension],
) -> None:
    """Against a model that is a set; and kept changes come back as they were."""
    dropped: set[str] = set()
    catalog, done = Catalog(), []
    for change in wanted:
        possible = (change.name in dropped) == isinstance(change, extension_changes.CreateExtension)
        try:
            catalog = changes.apply(catalog, change)
        except errors.Error:
            assert not possible
            continue
        assert possible
        dropped ^= {change.name}
        done.append(change)
    assert catalog == Catalog(len(done), frozenset(dropped))
    assert changes.fold(changes.from_json(*changes.to_json(change)) for change in done) == catalog


def test_an_unknown_change_is_not_skipped() -> None:
    with pytest.raises(errors.CorruptedDatabase, match="CreateRole"):
        changes.from_json("CreateRole", "{}")

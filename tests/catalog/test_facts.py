"""Rights that were taken away stay away, whatever transactions began before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import avila
from avila import errors

if TYPE_CHECKING:
    from pathlib import Path


def test_an_old_transaction_brings_no_old_rights_back(tmp_path: Path) -> None:
    with avila.connect(f"{tmp_path}/db", lake=False) as db:
        db.execute(
            "CREATE ROLE alice; CREATE TABLE t AS SELECT 1 AS n; CREATE TABLE u AS SELECT 1 AS n; GRANT SELECT ON t TO alice"
        )
        old = db.session()
        old.execute("BEGIN")
        assert old.execute("SELECT n FROM u").fetchall() == [(1,)]
        db.execute("REVOKE SELECT ON t FROM alice")
        # The old transaction is the first to look at the catalog since, and sees the state from before.
        assert old.execute("SELECT n + 1 FROM u").fetchall() == [(2,)]
        with db.session(role="alice") as alice, pytest.raises(errors.InsufficientPrivilege):
            alice.execute("SELECT n FROM t")
        old.execute("ROLLBACK")


def test_attached_databases_are_for_superusers_until_granted(tmp_path: Path) -> None:
    with avila.connect(f"{tmp_path}/db", lake=False) as db:
        db.execute(
            f"ATTACH '{tmp_path}/other.db' AS other; CREATE TABLE other.t AS SELECT 42 AS n; CREATE ROLE alice"
        )
        with db.session(role="alice") as alice:
            with pytest.raises(errors.InsufficientPrivilege):
                alice.execute("SELECT n FROM other.t")
            db.execute("GRANT SELECT ON other.t TO alice")
            assert alice.execute("SELECT n FROM other.t").fetchall() == [(42,)]


def test_a_session_outlives_its_role_as_nobody() -> None:
    with avila.connect() as db:
        db.execute("CREATE ROLE bob")
        bob = db.session(role="bob")
        assert bob.execute("SELECT current_user").fetchall() == [("bob",)]
        db.execute("DROP ROLE bob; CREATE ROLE bob SUPERUSER")
        for _ in range(2):
            with pytest.raises(errors.InvalidAuthorization):
                bob.execute("SELECT current_user")

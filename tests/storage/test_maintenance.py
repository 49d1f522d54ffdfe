"""The service that keeps the stores in shape: it runs by itself, goes on after a failure, and says how it is."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import avila
from avila import errors
from avila.storage.stores import LakeStore, NativeStore

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PATIENCE_S = 30


def test_it_checkpoints_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folded = threading.Event()
    fold = NativeStore.fold

    def fold_and_tell(store: NativeStore) -> None:
        fold(store)
        if threading.current_thread().name == "avila-maintenance":
            folded.set()

    monkeypatch.setattr(NativeStore, "fold", fold_and_tell)
    with avila.connect(tmp_path / "db", lake=False, checkpoint_interval_s=1, checkpoint_log_bytes=100) as db:
        db.sql("CREATE TABLE t AS FROM range(100)")
        assert folded.wait(PATIENCE_S)
        assert db.sql("SELECT count(*) FROM t").fetchone() == (100,)


def test_it_keeps_the_lake_and_goes_on_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []
    second = threading.Event()
    maintain = LakeStore.maintain

    def fail_first(store: LakeStore, retention_days: int) -> None:
        rounds.append(retention_days)
        if len(rounds) == 1:
            raise errors.IoError("the disk is away")
        maintain(store, retention_days)
        second.set()

    monkeypatch.setattr(LakeStore, "maintain", fail_first)
    settings = {"checkpoint_interval_s": 0, "lake_maintenance_interval_s": 1, "lake_retention_days": 7}
    with avila.connect(tmp_path / "db", **settings) as db:
        db.sql("CREATE TABLE lake.t AS FROM range(100)")
        assert second.wait(PATIENCE_S)
        assert rounds[:2] == [7, 7]
        assert db.sql("SELECT count(*) FROM lake.t").fetchone() == (100,)


def test_it_says_how_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.Event()

    def fail(store: NativeStore, timeout_ms: int, *, mine: int = 0) -> None:
        failed.set()
        raise errors.DiskFull("no room")

    with avila.connect(tmp_path / "db", lake=False, checkpoint_interval_s=1, checkpoint_log_bytes=0) as db:
        maintenance = db._link._instance.maintenance
        assert maintenance.healthy
        with monkeypatch.context() as patch:
            patch.setattr(NativeStore, "checkpoint", fail)
            assert failed.wait(PATIENCE_S)
            maintenance.stop()
        assert not maintenance.healthy
        assert "no room" in str(maintenance.last_error)

"""The two stores of a database, attached to its kernel: the native file and the lake."""

from __future__ import annotations

import logging
import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from avila import errors
from avila.storage.gate import WriteGate
from avila.storage.keys import names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from avila.kernel.duckdb.engine import DuckDBEngine
    from avila.storage.keys import KeyFile
    from avila.storage.layout import Layout

log = logging.getLogger("avila")

NATIVE, LAKE = STORES = names.STORES
ROOM_BYTES = 16 * 2**20


class NativeStore:
    """The encrypted file: constraints, indexes, lowest latency; checkpoints happen here and nowhere else."""

    def __init__(self, engine: DuckDBEngine, path: Path | None) -> None:
        self._engine = engine
        self._path = path
        self._log = path.with_name(path.name + ".wal") if path else None
        self._altering = path.with_name(path.name + ".altering") if path else None
        self.gate = WriteGate()

    @classmethod
    def open(cls, engine: DuckDBEngine, layout: Layout, keys: KeyFile) -> NativeStore:
        """Attach the file, replaying its log."""
        engine.load("httpfs")  # its OpenSSL does the encryption; without it the kernel refuses to write
        store = cls(engine, layout.native)
        try:
            store._attach(keys)
        except errors.CorruptedDatabase:
            if not store._was_altering():
                raise
            store._discard_log()
            store._attach(keys)
        store._altered()
        engine.own_checkpoints()
        return store

    @classmethod
    def memory(cls, engine: DuckDBEngine) -> NativeStore:
        """Attach a store that is gone when the database is closed."""
        engine.attach_memory(NATIVE)
        return cls(engine, None)

    @property
    def log_bytes(self) -> int:
        """How much the write-ahead log holds."""
        return self._log.stat().st_size if self._log is not None and self._log.exists() else 0

    def checkpoint(self, timeout_ms: int, *, mine: int = 0) -> None:
        """Fold the log into the file, once no other transaction writes."""
        with self.gate.exclusive(timeout_ms, mine=mine):
            self.fold()

    @contextmanager
    def altering(self, timeout_ms: int) -> Iterator[None]:
        """Alter a table inside the block, so that a kill at any moment leaves a database that opens.

        The kernel cannot replay the log of certain ALTERs. So the log is emptied first, a marker says that whatever it
        then holds has not been acknowledged, and the ALTER is in the file before the marker goes.
        """
        with self.gate.exclusive(timeout_ms):
            if self._altering is None:
                yield
                return
            self.fold()
            self._altering.touch()
            try:
                yield
                self.fold()
            finally:
                self._altered()

    def fold(self) -> None:
        """Fold the log into the file; the caller holds the gate."""
        if self._path is None:
            return
        # A checkpoint that fails half way invalidates the kernel's database, so it is not begun without room for it.
        free = shutil.disk_usage(self._path.parent).free
        if free < 2 * self.log_bytes + ROOM_BYTES:
            raise errors.DiskFull(f"{free:,} bytes are left at {self._path.parent}, too little to checkpoint")
        self._engine.checkpoint(NATIVE)

    def _was_altering(self) -> bool:
        return self._altering is not None and self._altering.exists()

    def _altered(self) -> None:
        if self._altering is not None:
            self._altering.unlink(missing_ok=True)

    def _attach(self, keys: KeyFile) -> None:
        try:
            self._engine.attach(str(self._path), NATIVE, {"ENCRYPTION_KEY": keys.text(NATIVE)})
        except errors.InvalidKey as error:
            raise errors.InvalidKey(
                f"{self._path} is encrypted with another key than the directory's"
            ) from error
        except errors.ObjectInUse:
            raise
        except errors.Error as error:
            raise errors.CorruptedDatabase(f"{self._path} cannot be opened: {error.message}") from error

    def _discard_log(self) -> None:
        """Set aside a log that holds nothing but an ALTER that nobody was told had happened."""
        assert self._log is not None  # noqa: S101 (a store in memory has neither log nor marker)
        aside = self._log.with_name(f"{self._log.name}.{time.time_ns()}")
        self._log.rename(aside)
        log.warning("an ALTER that was cut short is undone; its log is kept as %s", aside)


class LakeStore:
    """DuckLake: Parquet files and snapshots, its catalog an encrypted file of the kernel's."""

    def __init__(self, engine: DuckDBEngine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, engine: DuckDBEngine, layout: Layout, keys: KeyFile) -> LakeStore:
        """Attach the lake, made when it is not there."""
        layout.lake.mkdir(exist_ok=True)
        engine.load("ducklake")
        engine.attach(
            f"ducklake:{layout.lake_catalog}",
            LAKE,
            {
                "DATA_PATH": f"{layout.lake_data}/",
                "ENCRYPTED": None,
                "META_ENCRYPTION_KEY": keys.text(LAKE),
                # A directory may be moved: the path it was made at must not bind it.
                "OVERRIDE_DATA_PATH": True,
            },
        )
        return cls(engine)

    def maintain(self, retention_days: int) -> None:
        """Write small inserts to files, merge small files, expire old snapshots, and remove what only they held."""
        for step in (
            f"CALL ducklake_flush_inlined_data('{LAKE}')",
            f"CALL ducklake_merge_adjacent_files('{LAKE}')",
            f"CALL ducklake_expire_snapshots('{LAKE}', older_than => now() - INTERVAL {int(retention_days)} DAY)",
            f"CALL ducklake_cleanup_old_files('{LAKE}', older_than => now() - INTERVAL 1 DAY)",
            f"CALL ducklake_delete_orphaned_files('{LAKE}', older_than => now() - INTERVAL 1 DAY)",
        ):
            self._engine.execute(step)


def clear_spill(layout: Layout) -> None:
    """Empty the folder for temporary files: what a killed process left there is of no use."""
    shutil.rmtree(layout.spill, ignore_errors=True)
    layout.spill.mkdir(mode=0o700)

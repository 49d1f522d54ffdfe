"""The two stores of a database, attached to its kernel: the native file and the lake."""

from __future__ import annotations

import logging
import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from avila import errors
from avila.kernel.duckdb import encrypted_file
from avila.storage.gate import WriteGate
from avila.storage.keys import names
from avila.storage.slots import beside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from avila.kernel.duckdb.engine import DuckDBEngine
    from avila.storage.keys import KeyFile
    from avila.storage.layout import Layout
    from avila.storage.slots import Slots

log = logging.getLogger("avila")

NATIVE, LAKE = STORES = names.STORES
CATALOG_PREFIX = "__ducklake_metadata_"
ROOM_BYTES = 16 * 2**20
FOLD_AGAIN_S = 0.005
MAINTENANCE_WAIT_MS = 10_000
BLOCK_BYTES = 256 * 2**10
SPARE_BLOCKS = 2
"""Blocks that a checkpoint frees after they are counted."""
FILLER = f"{NATIVE}.avila.filler"
FILLER_ROW_BYTES = 64


class NativeStore:
    """The encrypted file: constraints, indexes, lowest latency; checkpoints happen here and nowhere else."""

    name = NATIVE

    def __init__(self, engine: DuckDBEngine, slots: Slots | None) -> None:
        self._engine = engine
        self.slots = slots
        self.gate = WriteGate()

    @classmethod
    def open(cls, engine: DuckDBEngine, layout: Layout, keys: KeyFile) -> NativeStore:
        """Attach the file, replaying its log."""
        engine.load("httpfs")  # its OpenSSL does the encryption; without it the kernel refuses to write
        slots = layout.native_slots
        slots.settle(lambda path: encrypted_file.fits(path, keys.secret(NATIVE)))
        store = cls(engine, slots)
        try:
            store._attach(slots, keys)
        except errors.CorruptedDatabase:
            if not store._was_altering():
                raise
            store._discard_log(slots)
            store._attach(slots, keys)
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
        return _size(self.slots.log) if self.slots is not None else 0

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
            if self.slots is None:
                yield
                return
            self.fold()
            self._marker(self.slots).touch()
            try:
                yield
                self.fold(timeout_ms)
            finally:
                self._altered()

    def fold(self, wait_ms: int = 0) -> None:
        """Fold the log into the file; the caller holds the gate.

        After an ALTER the kernel does not do it while readers that began before are at work. ``wait_ms`` says how long
        to wait for them; SerializationFailure when that is not enough.
        """
        if self.slots is None:
            return
        # A checkpoint that fails half way invalidates the kernel's database, so it is not begun without room for it.
        folder = self.slots.live.parent
        free = shutil.disk_usage(folder).free
        if free < 2 * self.log_bytes + ROOM_BYTES:
            raise errors.DiskFull(f"{free:,} bytes are left at {folder}, too little to checkpoint")
        deadline = time.monotonic() + wait_ms / 1000
        while True:
            try:
                self._engine.checkpoint(NATIVE)
                return
            except errors.SerializationFailure:
                if time.monotonic() >= deadline:
                    raise
            time.sleep(FOLD_AGAIN_S)  # the kernel does not say when those readers end

    def free_blocks(self) -> int:
        """Return how many blocks of the file hold nothing."""
        return self._engine.free_blocks(NATIVE)

    def overwrite_free(self, timeout_ms: int) -> None:
        """Write over what free blocks still hold, so that what was erased is in the file no more.

        The kernel gives blocks up with the second checkpoint, and takes them again for the next table. Raises
        LockNotAvailable or SerializationFailure when writers or readers that began before do not end in time.
        """
        self._checkpoint_after_drop(timeout_ms)
        self._checkpoint_after_drop(timeout_ms)
        if self.slots is None:
            return
        rows = (self.free_blocks() + SPARE_BLOCKS) * BLOCK_BYTES // FILLER_ROW_BYTES
        self.gate.enter(timeout_ms)
        try:
            self._engine.execute(f"CREATE SCHEMA IF NOT EXISTS {NATIVE}.avila")
            self._engine.execute(
                f"CREATE OR REPLACE TABLE {FILLER} AS SELECT gen_random_uuid() AS a, gen_random_uuid() AS b, "
                f"gen_random_uuid() AS c, gen_random_uuid() AS d FROM range({rows})"
            )
        finally:
            self.gate.leave()
        self._checkpoint_after_drop(timeout_ms)
        self.gate.enter(timeout_ms)
        try:
            self._engine.execute(f"DROP TABLE {FILLER}")
        finally:
            self.gate.leave()
        self._checkpoint_after_drop(timeout_ms)

    def _checkpoint_after_drop(self, timeout_ms: int) -> None:
        """Checkpoint once nobody reads what was dropped."""
        with self.gate.exclusive(timeout_ms):
            self.fold(timeout_ms)

    def attach_spare(self, keys: KeyFile) -> None:
        """Have the kernel go over to the file under the spare name; what began before goes on with the old one."""
        assert self.slots is not None  # noqa: S101 (a store in memory has no file to go over to)
        self._engine.attach(
            str(self.slots.spare), NATIVE, {"ENCRYPTION_KEY": keys.text(NATIVE)}, replace=True
        )

    @staticmethod
    def _marker(slots: Slots) -> Path:
        return beside(slots.live, ".altering")

    def _was_altering(self) -> bool:
        return self.slots is not None and self._marker(self.slots).exists()

    def _altered(self) -> None:
        if self.slots is not None:
            self._marker(self.slots).unlink(missing_ok=True)

    def _attach(self, slots: Slots, keys: KeyFile) -> None:
        try:
            self._engine.attach(str(slots.live), NATIVE, {"ENCRYPTION_KEY": keys.text(NATIVE)})
        except errors.InvalidKey as error:
            raise errors.InvalidKey(
                f"{slots.live} is encrypted with another key than the directory's"
            ) from error
        except errors.ObjectInUse:
            raise
        except errors.Error as error:
            raise errors.CorruptedDatabase(f"{slots.live} cannot be opened: {error.message}") from error

    @staticmethod
    def _discard_log(slots: Slots) -> None:
        """Set aside a log that holds nothing but an ALTER that nobody was told had happened."""
        aside = slots.log.with_name(f"{slots.log.name}.{time.time_ns()}")
        slots.log.rename(aside)
        log.warning("an ALTER that was cut short is undone; its log is kept as %s", aside)


class LakeStore:
    """DuckLake: Parquet files and snapshots, its catalog an encrypted file of the kernel's."""

    name = LAKE

    def __init__(self, engine: DuckDBEngine, slots: Slots, data: Path) -> None:
        self._engine = engine
        self._data = data
        self._catalog = f"{CATALOG_PREFIX}{LAKE}"
        self.slots = slots
        self.gate = WriteGate()

    @property
    def metadata(self) -> str:
        """The kernel's name of the lake's own catalog."""
        return self._catalog

    @classmethod
    def open(cls, engine: DuckDBEngine, layout: Layout, keys: KeyFile) -> LakeStore:
        """Attach the lake, made when it is not there."""
        layout.lake.mkdir(exist_ok=True)
        engine.load("ducklake")
        slots = layout.lake_slots
        slots.settle(lambda path: encrypted_file.fits(path, keys.secret(LAKE)))
        store = cls(engine, slots, layout.lake_data)
        store._attach(slots.live, keys, {})
        return store

    def maintain(self, retention_days: int) -> None:
        """Write small inserts to files, merge small files, expire old snapshots, and remove what only they held."""
        for step in (
            f"CALL ducklake_flush_inlined_data('{LAKE}')",
            f"CALL ducklake_merge_adjacent_files('{LAKE}')",
            f"CALL ducklake_expire_snapshots('{LAKE}', older_than => now() - INTERVAL {int(retention_days)} DAY)",
            f"CALL ducklake_cleanup_old_files('{LAKE}', older_than => now() - INTERVAL 1 DAY)",
            f"CALL ducklake_delete_orphaned_files('{LAKE}', older_than => now() - INTERVAL 1 DAY)",
        ):
            self.gate.enter(MAINTENANCE_WAIT_MS)
            try:
                self._engine.execute(step)
            finally:
                self.gate.leave()

    def fold(self) -> None:
        """Fold the log of the catalog into its file; the caller holds the gate."""
        self._engine.checkpoint(self._catalog)

    def free_blocks(self) -> int:
        """Return how many blocks of the catalog's file hold nothing."""
        return self._engine.free_blocks(self._catalog)

    def attach_spare(self, keys: KeyFile) -> None:
        """Have the kernel go over to the catalog under the spare name; what began before goes on with the old one."""
        # The kernel attaches the catalog as a database of its own, and the old one still has the usual name.
        catalog = f"{CATALOG_PREFIX}{LAKE}_{time.time_ns()}"
        self._attach(self.slots.spare, keys, {"METADATA_CATALOG": catalog, "META_HIDDEN": True}, replace=True)
        self._catalog = catalog

    def _attach(
        self, path: Path, keys: KeyFile, options: dict[str, str | bool | None], *, replace: bool = False
    ) -> None:
        self._engine.attach(
            f"ducklake:{path}",
            LAKE,
            {
                "DATA_PATH": f"{self._data}/",
                "ENCRYPTED": None,
                "META_ENCRYPTION_KEY": keys.text(LAKE),
                # A directory may be moved: the path it was made at must not bind it.
                "OVERRIDE_DATA_PATH": True,
                **options,
            },
            replace=replace,
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def clear_spill(layout: Layout) -> None:
    """Empty the folder for temporary files: what a killed process left there is of no use."""
    shutil.rmtree(layout.spill, ignore_errors=True)
    layout.spill.mkdir(mode=0o700)

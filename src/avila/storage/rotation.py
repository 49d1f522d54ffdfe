"""Another data key for a store whose database is open: readers and writers go on.

The file is copied under the new key while it is written to. Then writers wait for as long as it takes to fold the log,
to copy what changed meanwhile, and to go over to the copy. Readers notice nothing: an answer that is being read comes
from the old file to its end. Open transactions end first, see :mod:`avila.kernel.crossing`. What makes the rotation
happen is the replacement of ``avila.keys``: a crash at any moment before it leaves the old file and its key, and at any
moment after it the new ones, see :mod:`avila.storage.slots`.
"""

from __future__ import annotations

import base64
import logging
import shutil
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from avila import errors
from avila.storage.rotation_copy import FileCopy

if TYPE_CHECKING:
    from avila.kernel.duckdb.engine import DuckDBEngine
    from avila.storage.gate import WriteGate
    from avila.storage.keys import KeyFile
    from avila.storage.keys.keyfile import NewKey
    from avila.storage.slots import Slots

log = logging.getLogger("avila")

TRANSACTIONS_WAIT_MS = 1_000
"""How long open transactions are waited for at a time; new ones then wait no longer than that."""
WRITERS_WAIT_MS = 2_000
"""How long writers inside are waited for at a time; those who come later wait no longer than that."""
PATIENCE_S = 60.0
"""For how long the end is tried again while transactions are in its way; everybody else works on in between."""
PAUSE_S = 0.1
SWEEPS_MAX = 5
FEW_BLOCKS = 64
ROOM_BYTES = 64 * 2**20
PROBE = "avila_rotation"


class RotatedStore(Protocol):
    """What a rotation needs of a store."""

    name: str
    gate: WriteGate

    @property
    def slots(self) -> Slots | None:
        """The names of the store's file; None for a store in memory."""
        ...

    def fold(self) -> None:
        """Fold the log into the file; the caller holds the gate."""
        ...

    def free_blocks(self) -> int:
        """Return how many blocks of the file hold nothing."""
        ...

    def attach_spare(self, keys: KeyFile) -> None:
        """Have the kernel go over to the file under the spare name."""
        ...


@dataclass(frozen=True)
class Rotated:
    """What a rotation did: how large the file is, and how long writers waited for it at the most."""

    store: str
    version: int
    file_bytes: int
    held_ms: float


class Rotation:
    """Gives stores new data keys, one at a time."""

    def __init__(self, engine: DuckDBEngine, keys: KeyFile) -> None:
        self._engine = engine
        self._keys = keys
        self._running = threading.Lock()

    def run(self, store: RotatedStore) -> Rotated:
        """Re-encrypt a store with a new key.

        Raises ObjectInUse while another rotation runs, or while readers of a file before the last rotation are left;
        DiskFull without room for the copy; FeatureNotSupported for a store in memory; LockNotAvailable or
        SerializationFailure when transactions in the way do not end; CorruptedDatabase for a file with unreadable
        blocks. The store and its key are then as they were.
        """
        slots = store.slots
        if slots is None:
            raise errors.FeatureNotSupported("a store in memory has no key")
        if not self._running.acquire(blocking=False):
            raise errors.ObjectInUse("the keys of this database are being rotated already")
        try:
            _check_room(slots)
            # Wrapped now, because the provider may be far away and writers wait later.
            key = self._keys.next(store.name)
            with FileCopy(slots.live, slots.part, self._keys.secret(store.name), key.key) as copy:
                return self._exchange(store, slots, copy, key)
        finally:
            slots.part.unlink(missing_ok=True)
            self._running.release()

    def _exchange(self, store: RotatedStore, slots: Slots, copy: FileCopy, key: NewKey) -> Rotated:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            for _ in range(SWEEPS_MAX):
                if copy.sweep() <= FEW_BLOCKS:
                    break
            copy.expect(store.free_blocks)
            copy.sync()
            try:
                with (
                    self._engine.crossing.closed(TRANSACTIONS_WAIT_MS),
                    store.gate.exclusive(WRITERS_WAIT_MS),
                ):
                    return self._cross(store, slots, copy, key)
            except (errors.LockNotAvailable, errors.SerializationFailure):
                # A transaction is open for long, or the kernel cannot fold the log: a reader began before an ALTER.
                # Nobody says when those end.
                if time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE_S)

    def _cross(self, store: RotatedStore, slots: Slots, copy: FileCopy, key: NewKey) -> Rotated:
        """Go over to the copy; the caller holds the gate."""
        began = time.perf_counter()
        store.fold()
        copy.finish()
        copy.close()
        spare = slots.present()
        try:
            self._probe(str(spare), key.key)
        except BaseException:
            slots.withdraw()
            raise
        back = self._keys.held(store.name)
        try:
            self._keys.renew(key)
            store.attach_spare(self._keys)
        except BaseException:
            # When this fails too, both files stay, and whoever opens them next takes the one that fits.
            self._keys.renew(back)
            slots.withdraw()
            raise
        slots.cross()
        held_ms = (time.perf_counter() - began) * 1000
        version = self._keys.document.keys[store.name].version
        log.info(
            "the key of store %s is now version %d; writers waited %.0f ms", store.name, version, held_ms
        )
        return Rotated(store.name, version, slots.live.stat().st_size, held_ms)

    def _probe(self, path: str, key: bytes) -> None:
        """Open the copy once, before anything depends on it."""
        options: dict[str, str | bool | None] = {
            "ENCRYPTION_KEY": base64.b64encode(key).decode(),
            "READ_ONLY": None,
        }
        try:
            self._engine.attach(path, PROBE, options)
        except errors.ObjectInUse as error:
            raise errors.ObjectInUse(
                "statements still read the file from before the last rotation",
                hint="Try again when they are done.",
            ) from error
        self._engine.detach(PROBE)


def _check_room(slots: Slots) -> None:
    folder = slots.live.parent
    needed, free = slots.live.stat().st_size + ROOM_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        raise errors.DiskFull(f"{free:,} bytes are left at {folder}, and the copy needs {needed:,}")

"""The service that keeps the stores in shape: checkpoints, compaction and expiry of the lake, retention of rows."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from avila import errors
from avila.storage.keys import write_private

if TYPE_CHECKING:
    from avila.kernel.duckdb.engine import DuckDBEngine
    from avila.settings import Settings
    from avila.storage.layout import Layout
    from avila.storage.stores import LakeStore, NativeStore

log = logging.getLogger("avila")

_INTERVALS = ("checkpoint_interval_s", "lake_maintenance_interval_s", "retention_interval_s")


class Maintained(Protocol):
    """What maintenance needs of a database."""

    engine: DuckDBEngine
    native: NativeStore
    lake: LakeStore | None
    settings: Settings
    layout: Layout | None

    def apply_retention(self) -> None:
        """Delete the rows that are older than their tables' policies keep them."""
        ...


class Maintenance:
    """A thread that looks at the stores now and then; it starts, stops and says how it is."""

    def __init__(self, database: Maintained) -> None:
        self._database = database
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.last_error: errors.Error | None = None

    @property
    def healthy(self) -> bool:
        """Whether the last round went well."""
        return self.last_error is None

    def start(self) -> None:
        """Look at the stores from now on, unless every interval is 0."""
        if any(self._database.settings[name] for name in _INTERVALS):
            self._thread = threading.Thread(target=self._run, name="avila-maintenance", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread, once its round is done."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def checkpoint_if_due(self) -> bool:
        """Checkpoint the native store when its log has grown; return whether it did."""
        settings = self._database.settings
        if self._database.native.log_bytes < settings["checkpoint_log_bytes"]:
            return False
        self._database.native.checkpoint(settings["lock_timeout"])
        return True

    def maintain_lake(self) -> None:
        """Flush small inserts to files, merge small files, expire old snapshots and remove what they alone held."""
        if self._database.lake is not None:
            self._database.lake.maintain(self._database.settings["lake_retention_days"])

    def _run(self) -> None:
        settings = self._database.settings
        checkpoints_s, lake_s, retention_s = (settings[name] for name in _INTERVALS)
        tick_s = min(interval for interval in (checkpoints_s, lake_s, retention_s) if interval)
        lake_due = time.monotonic() + lake_s if lake_s else float("inf")
        # Applied soon after opening too: a process that is closed every evening would never be a day old.
        retention_due = time.monotonic() if retention_s else float("inf")
        while not self._stopping.wait(tick_s):
            try:
                if checkpoints_s:
                    self.checkpoint_if_due()
                if time.monotonic() >= lake_due:
                    self.maintain_lake()
                    lake_due = time.monotonic() + lake_s
                if time.monotonic() >= retention_due:
                    retention_due = time.monotonic() + retention_s
                    self._database.apply_retention()
                self._went(None)
            except errors.Error as error:
                # The next round tries again: a busy store is normal, a broken one shows in `avila doctor` and the log.
                log.warning("maintenance: %s", error)
                self._went(error)

    def _went(self, error: errors.Error | None) -> None:
        """Remember how a round went, and leave an error where another process can read it."""
        self.last_error = error
        if (layout := self._database.layout) is None:
            return
        try:
            if error is None:
                layout.maintenance_error.unlink(missing_ok=True)
            else:
                write_private(
                    layout.maintenance_error, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC: {error.message}\n"
                )
        except OSError as problem:
            log.warning("maintenance: its error cannot be written down: %s", problem)

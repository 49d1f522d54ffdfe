"""The service that keeps the stores in shape: checkpoints of the native one, compaction and expiry of the lake."""

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


class Maintained(Protocol):
    """What maintenance needs of a database."""

    engine: DuckDBEngine
    native: NativeStore
    lake: LakeStore | None
    settings: Settings
    layout: Layout | None


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
        """Look at the stores from now on, unless both intervals are 0."""
        settings = self._database.settings
        if settings["checkpoint_interval_s"] or settings["lake_maintenance_interval_s"]:
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
        intervals = [settings["checkpoint_interval_s"], settings["lake_maintenance_interval_s"]]
        tick_s = min(interval for interval in intervals if interval)
        lake_due = time.monotonic() + intervals[1] if intervals[1] else float("inf")
        while not self._stopping.wait(tick_s):
            try:
                if intervals[0]:
                    self.checkpoint_if_due()
                if time.monotonic() >= lake_due:
                    self.maintain_lake()
                    lake_due = time.monotonic() + intervals[1]
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

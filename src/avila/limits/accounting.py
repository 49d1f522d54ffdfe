"""The service that keeps what roles have used, and measures what is stored, now and then."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from avila import errors
from avila.observe.usage import NOTHING, Use

if TYPE_CHECKING:
    from avila.kernel.duckdb.connection import DuckDBConnection
    from avila.kernel.duckdb.engine import DuckDBEngine
    from avila.limits.governor import Governor
    from avila.storage.stores import NativeStore

log = logging.getLogger("avila")

FIRST_ROUND_S = 2.0
"""Until then nothing is known of how large tables are; a database that is open for a moment never asks."""
TABLE = "native.avila.used"
_CREATE = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (role VARCHAR PRIMARY KEY, statements BIGINT NOT NULL,
    statement_ms DOUBLE NOT NULL, rows_returned BIGINT NOT NULL, bytes_scanned BIGINT NOT NULL)
"""
_KEEP = f"INSERT OR REPLACE INTO {TABLE} VALUES (?, ?, ?, ?, ?)"
_READ = f"SELECT role, statements, statement_ms, rows_returned, bytes_scanned FROM {TABLE}"


class Accounting:
    """Keeps totals in the native store, so that they are as safe, as secret and as well backed up as everything else.

    What was used since the last time is lost when the process is killed: seconds, not the history.
    """

    def __init__(
        self, engine: DuckDBEngine, native: NativeStore, governor: Governor, lock_timeout_ms: int
    ) -> None:
        self._engine = engine
        self._native = native
        self._governor = governor
        self._lock_timeout_ms = lock_timeout_ms
        self._kept: dict[str, Use] = {}
        self._made = False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def load(self) -> None:
        """Go on from what was kept when the database was open before."""
        try:
            rows = self._engine.execute(_READ)
        except (errors.UndefinedTable, errors.InvalidSchemaName):
            return  # nothing was kept yet
        self._made = True
        self._kept = {role: Use(*used) for role, *used in rows}
        self._governor.accounts.begin_with(self._kept)

    def start(self, interval_s: int) -> None:
        """Keep and measure at intervals from now on; 0 for never."""
        if interval_s:
            self._thread = threading.Thread(
                target=self._run, args=(interval_s,), name="avila-accounting", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Keep what is left, and end."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        try:
            self.keep()
        except errors.Error as error:
            # The database is being closed: nothing but counts is lost.
            log.warning("what roles used could not be kept: %s", error)

    def keep(self) -> bool:
        """Write down the totals that have changed; whether there were any. The caller may be any thread."""
        totals = self._governor.accounts.totals()
        changed = {role: use for role, use in totals.items() if use != self._kept.get(role, NOTHING)}
        if not changed:
            return False
        connection = self._engine.connect()
        self._native.gate.enter(self._lock_timeout_ms)
        try:
            self._write(connection, changed)
        finally:
            self._native.gate.leave()
            connection.close()
        self._kept |= changed
        return True

    def _write(self, connection: DuckDBConnection, changed: dict[str, Use]) -> None:
        if not self._made:
            connection.run("CREATE SCHEMA IF NOT EXISTS native.avila", rows=False)
            connection.run(_CREATE, rows=False)
            self._made = True
        connection.run("BEGIN TRANSACTION", rows=False)
        try:
            for role, use in changed.items():
                values = [role, use.statements, use.statement_ms, use.rows_returned, use.bytes_scanned]
                connection.run(_KEEP, values, rows=False, writes=True)
            connection.run("COMMIT", rows=False)
        except BaseException:
            connection.run("ROLLBACK", rows=False)
            raise

    def _run(self, interval_s: float) -> None:
        wait_s = min(interval_s, FIRST_ROUND_S)
        while not self._stopping.wait(wait_s):
            wait_s = interval_s
            try:
                self._governor.storage.refresh()
                self.keep()
            except errors.Error as error:
                # The next round tries again; a checkpoint that takes long is normal.
                log.warning("accounting: %s", error)

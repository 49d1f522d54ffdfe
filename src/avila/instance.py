"""An opened database in the process that owns it: its stores, kernel, functions, plans and services."""

from __future__ import annotations

import itertools
import logging
import os
import tempfile
import threading
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from avila import errors, system_views
from avila.catalog import persistence
from avila.catalog.functions import Functions
from avila.catalog.objects import Catalog
from avila.catalog.relations import Relations
from avila.catalog.roles import OWNER
from avila.executor import Executor
from avila.extensions import registry
from avila.kernel.duckdb.engine import DuckDBEngine
from avila.kernel.duckdb.sizes import lake_sizes, native_sizes
from avila.limits.accounting import Accounting
from avila.limits.governor import Governor
from avila.limits.storage import Storage
from avila.observe.statements import History
from avila.planner.planner import PlanCache
from avila.security import secrets
from avila.security.audit import Audit, AuditLog, NullAuditLog
from avila.security.columns.functions import functions as column_functions
from avila.security.columns.keys import ColumnKeys
from avila.storage.keys import KeyFile, Keys, remove_unfinished
from avila.storage.maintenance import Maintenance
from avila.storage.rotation import Rotation
from avila.storage.stores import LAKE, NATIVE, LakeStore, NativeStore, clear_spill

if TYPE_CHECKING:
    from avila.kernel.duckdb.sizes import Sizes
    from avila.settings import Settings
    from avila.storage.layout import Layout

log = logging.getLogger("avila")


class Instance:
    """Everything that sessions of one database share. Made by :meth:`open` or :meth:`memory`."""

    def __init__(
        self,
        engine: DuckDBEngine,
        functions: frozenset[str],
        native: NativeStore,
        lake: LakeStore | None,
        settings: Settings,
        layout: Layout | None,
        keys: KeyFile | Keys,
    ) -> None:
        self.engine = engine
        self.storage = Storage(self._sizes)
        self.governor = Governor(engine, self.storage)
        self.accounting = Accounting(engine, native, self.governor, settings["lock_timeout"])
        self.native = native
        self.lake = lake
        self.settings = settings
        self.layout = layout
        self.plans = PlanCache()
        self.history = History(settings["history_statements"], settings["slow_statement_ms"])
        self.relations = Relations()
        self.keys = keys
        self.rotation = Rotation(engine, keys) if isinstance(keys, KeyFile) else None
        self.audit: Audit = (
            AuditLog.open(layout.audit, keys.secret("audit"), interval_ms=settings["audit_interval_ms"])
            if layout is not None and settings["audit"]
            else NullAuditLog()
        )
        self.mask_key = keys.secret("masks")
        self.column_keys = ColumnKeys(keys.secret("columns"), engine)
        self.extensions = registry.discover()
        self._kernel_functions = functions
        engine.register(self.functions(Catalog()).scalars.values())
        engine.register(column_functions(self.column_keys))
        self._numbers = itertools.count(1)
        self._executors: dict[int, Executor] = {}
        self._closing = threading.Lock()
        self._closed = False
        self._pid = os.getpid()
        self.maintenance = Maintenance(self)

    @classmethod
    def open(cls, layout: Layout, settings: Settings) -> Instance:
        """Open a directory, or make a new database in it; the caller holds its lock.

        Raises InvalidKey for a wrong or missing key and CorruptedDatabase for a damaged file; nothing stays open then.
        """
        remove_unfinished(layout.keys)
        keys = (
            KeyFile.open(layout.keys)
            if layout.exists
            else KeyFile.create(layout.keys, settings["key_provider"])
        )
        clear_spill(layout)
        engine = DuckDBEngine({**settings.kernel("database"), "temp_directory": str(layout.spill)})
        try:
            # Asked before anything is attached: over a lake the kernel takes ten times as long to list its functions.
            functions = engine.functions()
            native = NativeStore.open(engine, layout, keys)
            lake = LakeStore.open(engine, layout, keys) if settings["lake"] else None
            engine.use(NATIVE)
            instance = cls(engine, functions, native, lake, settings, layout, keys)
        except BaseException:
            engine.close()
            raise
        instance._hand_secrets_over()
        instance.accounting.load()
        instance.accounting.start(settings["usage_interval_s"])
        instance.maintenance.start()
        return instance

    @classmethod
    def memory(cls, settings: Settings) -> Instance:
        """Open a database that is gone when it is closed; it has a native store only."""
        # The kernel makes this folder when it needs it, and removes it again.
        spill = Path(tempfile.gettempdir()) / f"avila-{uuid.uuid4().hex}"
        engine = DuckDBEngine({**settings.kernel("database"), "temp_directory": str(spill)})
        engine.load("httpfs")  # what spills to disk is encrypted too
        functions = engine.functions()
        native = NativeStore.memory(engine)
        engine.use(NATIVE)
        return cls(engine, functions, native, None, settings, None, Keys.random("memory"))

    def _hand_secrets_over(self) -> None:
        """Give the kernel the secrets that the catalog keeps; one that it cannot take keeps nobody from opening."""
        connection = self.engine.connect()
        try:
            kept = persistence.load(connection).secrets.secrets.values()
        except (errors.UndefinedTable, errors.InvalidSchemaName):
            return  # a database without changes
        finally:
            connection.close()
        for secret in kept:
            try:
                secrets.hand_over(self.engine, self.keys.secret("secrets"), secret)
            except errors.Error as error:
                log.warning("secret %s is of no use: %s", secret.name, error.message)

    def functions(self, catalog: Catalog) -> Functions:
        """Return the functions that a database with this catalog offers."""
        offered = {
            name: ext for name, ext in self.extensions.items() if name not in catalog.dropped_extensions
        }
        made = Functions(kernel=self._kernel_functions, **registry.functions(offered))
        return replace(made, tables={**made.tables, **system_views.TABLES})

    @property
    def alive(self) -> bool:
        """Whether statements can still be run."""
        return not self._closed and not self.forked

    @property
    def forked(self) -> bool:
        """Whether this is a forked child's copy, which must be left alone: the kernel's threads are in its parent."""
        return self._pid != os.getpid()

    @property
    def owner(self) -> bool:
        """Whether this process owns the database: here, always."""
        return True

    def line(self, role: str | None = None) -> Executor:
        """Return a new line of statements: its own transaction, temporary tables and settings.

        With ``role`` it has that role's rights and no more; InvalidAuthorization when there is no such role.
        """
        with self._closing:
            if self._closed:
                raise errors.ConnectionDoesNotExist("the database is closed")
            executor = Executor(self, next(self._numbers), OWNER if role is None else role)
            if role is not None:
                executor.authorize()
                self._require_room(executor)
            self._executors[executor.number] = executor
            executor.recorder.opened()
            return executor

    def _sizes(self) -> Sizes:
        """Return how much each table takes, in both stores."""
        sizes = native_sizes(self.engine, NATIVE)
        return sizes if self.lake is None else sizes | lake_sizes(self.engine, LAKE, self.lake.metadata)

    def _require_room(self, executor: Executor) -> None:
        """Close a session again, with TooManyConnections, when its role has as many as it may."""
        name = executor.principal.session_user
        role = executor.described().roles[name]
        if role.superuser or role.connection_limit < 0:
            return
        others = sum(1 for other in self._executors.values() if other.principal.session_user == name)
        if others >= role.connection_limit:
            executor.close()
            raise errors.TooManyConnections(
                f'too many connections for role "{name}"', hint=f"It may have {role.connection_limit}."
            )

    def session(self, number: int) -> Executor | None:
        """Return an open session by its number."""
        return self._executors.get(number)

    def sessions(self) -> list[Executor]:
        """Return the open sessions, in the order in which they were opened."""
        return sorted(self._executors.values(), key=lambda executor: executor.number)

    def apply_retention(self) -> None:
        """Delete the rows that are older than their tables' policies keep them."""
        if self._closed:
            return
        executor = self.line()
        try:
            if executor.described().retention.policies:
                executor.execute("APPLY RETENTION POLICIES")
        finally:
            executor.close()

    def forget(self, executor: Executor) -> None:
        """Drop a closed executor."""
        self._executors.pop(executor.number, None)

    def close(self) -> None:
        """Let running statements end, roll back open transactions, checkpoint, and close; harmless when repeated."""
        if self.forked:
            return
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self.maintenance.stop()
        for executor in list(self._executors.values()):
            executor.close()
        self.accounting.stop()
        self.governor.stop()
        self.audit.close()
        try:
            self.native.checkpoint(self.settings["lock_timeout"])
        except errors.DiskFull as error:
            # Nothing is lost: the log stays, and is replayed when the database is opened again.
            log.warning("closed without a checkpoint: %s", error.message)
        finally:
            self.engine.close()

"""The DuckDB kernel of one database: an in-memory instance to which the stores' files are attached.

Never ``duckdb.connect(path)``: on this kernel version a write-ahead log written after certain ALTERs replays only when
the file is attached.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import duckdb

from avila import errors
from avila.kernel.crossing import Crossing, lists
from avila.kernel.duckdb.connection import DuckDBConnection
from avila.kernel.duckdb.errors import translate
from avila.kernel.duckdb.wheels import extension_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from avila.catalog.functions import ScalarFunction

# Large enough that the kernel never checkpoints by itself: Avila decides when, because archives and standbys are built
# on the log's bytes.
NEVER_BYTES = "1TB"
NEVER_SKIP_WAL = 2**62


class DuckDBEngine:
    """An instance of the kernel, shared by all sessions of a database."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        config: dict[str, Any] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "allow_persistent_secrets": False,
            "python_enable_replacements": False,
            "wal_autocheckpoint": NEVER_BYTES,
            "auto_checkpoint_skip_wal_threshold": NEVER_SKIP_WAL,
            "temp_file_encryption": True,
            **settings,
        }
        try:
            self._root = duckdb.connect(":memory:", config=config)
        except duckdb.Error as error:
            raise errors.ConfigurationError(f"the kernel refuses its settings: {error}") from error
        self._lock = threading.Lock()
        self.crossing = Crossing()
        self._home: str | None = None
        self._loaded: set[str] = set()

    @property
    def version(self) -> str:
        """The kernel's version."""
        return str(duckdb.__version__)

    def load(self, name: str) -> None:
        """Load one of the kernel's extensions from its wheel, once."""
        with self._lock:
            if name not in self._loaded:
                self._run(f"LOAD {literal(str(extension_path(name)))}")
                self._loaded.add(name)

    def attach(
        self, target: str, alias: str, options: Mapping[str, str | bool | None], *, replace: bool = False
    ) -> None:
        """Attach a file under a name; options are DuckDB's, values given as Python's.

        With ``replace`` it takes the place of what has the name: statements that began before go on with that.
        """
        listed = ", ".join(
            name if value is None else f"{name} {value if isinstance(value, bool) else literal(value)}"
            for name, value in options.items()
        )
        suffix = f" ({listed})" if listed else ""
        verb = "ATTACH OR REPLACE" if replace else "ATTACH"
        self._run(f"{verb} {literal(target)} AS {alias}{suffix}")

    def detach(self, alias: str) -> None:
        """Detach a file."""
        self._run(f"DETACH {alias}")

    def free_blocks(self, catalog: str) -> int:
        """Return how many blocks of an attached file hold nothing."""
        rows = self.execute(
            "SELECT free_blocks FROM pragma_database_size() WHERE database_name = ?", [catalog]
        )
        return int(rows[0][0])

    def attach_memory(self, alias: str) -> None:
        """Attach a database that lives in memory."""
        self._run(f"ATTACH ':memory:' AS {alias}")

    def use(self, alias: str) -> None:
        """Make a catalog the one that new connections start in."""
        self._home = alias

    def own_checkpoints(self) -> None:
        """Keep the kernel from checkpointing when it closes: closing is Avila's."""
        self._run("PRAGMA disable_checkpoint_on_shutdown")

    def connect(self) -> DuckDBConnection:
        """Return a connection of its own."""
        raw = self._root.cursor()
        if self._home is not None:
            raw.execute(f"USE {self._home}")
        return DuckDBConnection(raw, self.crossing)

    def checkpoint(self, catalog: str) -> None:
        """Fold a store's write-ahead log into its file."""
        self._run(f"CHECKPOINT {catalog}")

    def functions(self) -> frozenset[str]:
        """Return the names of the kernel's own functions."""
        rows = (
            self._root.cursor()
            .execute("SELECT DISTINCT lower(function_name) FROM duckdb_functions()")
            .fetchall()
        )
        return frozenset(name for (name,) in rows)

    def memory(self) -> list[tuple[str, int, int]]:
        """Return the bytes that are held in memory and on temporary disk, by what they are held for."""
        rows = self.execute("SELECT tag, memory_usage_bytes, temporary_storage_bytes FROM duckdb_memory()")
        return [(str(tag), int(memory), int(disk)) for tag, memory, disk in rows]

    def cells(self) -> dict[tuple[str, str, str], int]:
        """Return about how many values each table has, by its folded names."""
        rows = self.execute(
            "SELECT lower(database_name), lower(schema_name), lower(table_name), estimated_size * column_count "
            "FROM duckdb_tables() WHERE NOT internal"
        )
        return {(catalog, schema, name): int(cells or 0) for catalog, schema, name, cells in rows}

    def register(self, functions: Iterable[ScalarFunction]) -> None:
        """Offer extensions' scalar functions to every connection; their libraries load at the first call."""
        for function in functions:
            self._root.create_function(
                function.signature.name,
                function.call,
                [duckdb.sqltype(str(parameter.type)) for parameter in function.signature.parameters],
                duckdb.sqltype(str(function.signature.returns)),
                type="arrow",
                null_handling="special",
                side_effects=function.volatile,
            )

    def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement of Avila's own on a connection of its own, and return its rows."""
        listing = lists(sql)
        if listing:
            self.crossing.enter()
        try:
            rows: list[tuple[Any, ...]] = self._root.cursor().execute(sql, list(parameters or ())).fetchall()
        except duckdb.Error as error:
            raise translate(error, None) from error
        finally:
            if listing:
                self.crossing.leave()
        return rows

    def close(self) -> None:
        """Give the instance back; connections that are still open keep it alive until they close."""
        self._root.close()

    def _run(self, sql: str) -> None:
        try:
            self._root.execute(sql)
        except duckdb.Error as error:
            raise translate(error, None) from error


def literal(text: str) -> str:
    """Return an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"

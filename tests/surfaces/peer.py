"""Another process with its own databases, told what to do over a pipe."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any

import avila

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

REPLY_TIMEOUT_S = 60

# A server process that has imported everything and forks peers: each starts in milliseconds, and without our threads.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["avila.instance", "avila.server.local.owner"])


class Peer:
    """A process in which databases are opened by name and asked; answers are rows, errors are raised here."""

    def __init__(self) -> None:
        self._pipe, theirs = _PROCESSES.Pipe()
        self.process = _PROCESSES.Process(target=_serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()

    def open(self, directory: Path, **settings: Any) -> bool:
        """Open a directory; whether the peer owns it."""
        return bool(self.call("open", str(directory), settings))

    def sql(self, directory: Path, sql: str, parameters: Any = None) -> Any:
        """Run a statement; its rows, or its row count."""
        return self.call("sql", str(directory), sql, parameters)

    def close(self, directory: Path) -> None:
        """Close a directory."""
        self.call("close", str(directory))

    def call(self, *what: Any) -> Any:
        """Ask and wait."""
        self.send(*what)
        return self.result()

    def send(self, *what: Any) -> None:
        """Ask."""
        self._pipe.send(what)

    def result(self) -> Any:
        """Wait for an answer."""
        assert self._pipe.poll(REPLY_TIMEOUT_S), "the peer does not answer"
        ok, value = self._pipe.recv()
        if not ok:
            raise value
        return value

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.join(REPLY_TIMEOUT_S)

    def stop(self) -> None:
        """Let it end."""
        if self.process.is_alive():
            self.send("end")
            self.process.join(REPLY_TIMEOUT_S)


def _serve(pipe: Connection) -> None:
    databases: dict[str, avila.Database] = {}
    while True:
        try:
            operation, *arguments = pipe.recv()
        except EOFError:
            break
        if operation == "end":
            break
        try:
            pipe.send((True, _OPERATIONS[operation](databases, *arguments)))
        except Exception as error:  # noqa: BLE001 (raised in the test)
            pipe.send((False, error))
    for database in databases.values():
        database.close()


def _open(databases: dict[str, avila.Database], directory: str, settings: dict[str, Any]) -> bool:
    databases[directory] = avila.connect(directory, **settings)
    return databases[directory].owner


def _sql(databases: dict[str, avila.Database], directory: str, sql: str, parameters: Any) -> Any:
    result = databases[directory].execute(sql, parameters)
    return result.fetchall() if result.columns else result.rowcount


def _insert(databases: dict[str, avila.Database], directory: str, first: int, count: int) -> None:
    for number in range(first, first + count):
        databases[directory].execute("INSERT INTO t VALUES (?)", [number])


def _close(databases: dict[str, avila.Database], directory: str) -> None:
    databases.pop(directory).close()


_OPERATIONS: dict[str, Any] = {"open": _open, "sql": _sql, "insert": _insert, "close": _close}

"""Holding a connection while the kernel works on it, and saying in Avila's words what goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from avila import errors
from avila.kernel.duckdb.ctrl_c import listener
from avila.kernel.duckdb.errors import translate

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from types import TracebackType


class Guard:
    """One hold of a connection: enter to have it, leave to give it back.

    Every statement passes here two or three times, so this is a plain class: a generator takes twice as long.
    """

    __slots__ = ("_listening", "_locate", "_lock", "_raw", "_statement")

    def __init__(
        self,
        raw: duckdb.DuckDBPyConnection,
        lock: threading.RLock,
        statement: str | None,
        locate: Callable[[str], int | None] | None,
    ) -> None:
        self._raw = raw
        self._lock = lock
        self._statement = statement
        self._locate = locate

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        self._lock.acquire()
        self._listening = listener().begin(self._raw)
        return self._raw

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        caught = self._listening and listener().end()
        if isinstance(error, RuntimeError | KeyboardInterrupt):
            # After Ctrl-C the kernel's other threads go on with the statement, and the next one would wait for its end.
            self._raw.interrupt()
        self._lock.release()
        if error is None:
            if caught:
                # The kernel was done before it could be interrupted, so Ctrl-C means what it always means.
                raise KeyboardInterrupt
            return
        if isinstance(error, errors.Error):
            error.statement = error.statement if error.statement is not None else self._statement
        elif isinstance(error, duckdb.Error | RuntimeError):
            # An interrupted statement comes as RuntimeError("Query interrupted").
            raise translate(error, self._statement, self._locate) from error

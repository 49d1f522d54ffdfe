"""When a store's file is exchanged, and which transactions still see the one before.

A transaction that has read from the old file goes on reading it, and that is right; but what it then wrote would go
there too, and be lost. So an exchange waits a moment for the transactions that are open, and whoever outlasts that
moment may still read, and is told to begin again when it wants to write.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Iterator


class Crossing:
    """Counts open transactions that have run a statement, and exchanges of files."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False
        self._crossings = 0

    def enter(self, timeout_ms: int) -> int:
        """Run a transaction's first statement; return which files it sees, for :meth:`check`.

        LockNotAvailable when an exchange does not end in time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: not self._closed, timeout_ms / 1000):
                raise errors.LockNotAvailable(
                    f"a change of keys kept this transaction waiting for {timeout_ms} ms"
                )
            self._inside += 1
            return self._crossings

    def leave(self) -> None:
        """End a transaction that entered."""
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def check(self, seen: int | None) -> None:
        """Let a transaction write; SerializationFailure when it has read from files that are no longer the store's."""
        if seen is not None and seen != self._crossings:
            raise errors.SerializationFailure(
                "the database's keys changed after this transaction had read",
                hint="Begin the transaction again.",
            )

    @contextmanager
    def closed(self, wait_ms: int) -> Iterator[None]:
        """Keep new transactions from their first statement during the block, and wait a moment for those inside.

        When the block ends well, those that stayed see files that are no longer the store's.
        """
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._inside, wait_ms / 1000)
        try:
            yield
            self._crossings += 1
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()

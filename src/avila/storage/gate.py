"""Who may write while the native store is checkpointed: many writers, or one checkpoint.

The kernel refuses a checkpoint while other transactions write, so a checkpoint waits for them here, and writers that
come later wait for it. Bounded by lock_timeout on both sides.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Iterator


class WriteGate:
    """Shared by writing transactions, exclusive for a checkpoint; whoever waits to be exclusive goes first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._writers = 0
        self._exclusive = False
        self._waiting = 0

    @property
    def writers(self) -> int:
        """How many transactions write now."""
        return self._writers

    def enter(self, timeout_ms: int) -> None:
        """Start to write; LockNotAvailable when a checkpoint does not end in time."""
        with self._changed:
            if not self._changed.wait_for(
                lambda: not self._exclusive and not self._waiting, timeout_ms / 1000
            ):
                raise errors.LockNotAvailable(f"a checkpoint kept this write waiting for {timeout_ms} ms")
            self._writers += 1

    def leave(self) -> None:
        """Stop writing."""
        with self._changed:
            self._writers -= 1
            self._changed.notify_all()

    @contextmanager
    def exclusive(self, timeout_ms: int, *, mine: int = 0) -> Iterator[None]:
        """Keep all writers out, once those inside are done; ``mine`` of them are the caller's own.

        Raises LockNotAvailable when they are not done in time, and DeadlockDetected when two writers both want it.
        """
        deadline = time.monotonic() + timeout_ms / 1000
        with self._changed:
            if mine and self._waiting:
                raise errors.DeadlockDetected(
                    "another transaction that altered a table waits for this one to end"
                )
            self._waiting += 1
            try:
                free = self._changed.wait_for(
                    lambda: not self._exclusive and self._writers <= mine,
                    max(0.0, deadline - time.monotonic()),
                )
                if not free:
                    raise errors.LockNotAvailable(
                        f"{self._writers - mine} other transactions kept writing for {timeout_ms} ms"
                    )
                self._exclusive = True
            finally:
                self._waiting -= 1
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._exclusive = False
                self._changed.notify_all()

"""Ctrl-C while the main thread is inside the kernel.

Python runs signal handlers in the main thread only, between two of its own instructions. The kernel lets it look now
and then, but not while the main thread works on a task itself, which may take for ever. So a thread hears of the signal
by Python's wake-up descriptor, which the signal writes to at once, and interrupts the kernel from outside.
"""

from __future__ import annotations

import _signal
import os
import signal
import socket
import threading
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

    import duckdb

BUFFER_BYTES = 64
PATIENCE_S = 5.0
_MARK = b"\0"  # no signal has this number

# Every statement sets the handler and takes it back. The functions of module signal make enumerations of what they
# answer, which takes ten times as long as all the rest; those that they call do not.
_set_handler = _signal.signal
_get_handler = _signal.getsignal


class Listener:
    """The thread, and what it interrupts. One a process, because a process has one wake-up descriptor."""

    def __init__(self) -> None:
        self._heard, self._wake = socket.socketpair()
        self._wake.setblocking(False)
        self._running: duckdb.DuckDBPyConnection | None = None
        self._caught = False
        self._marked = threading.Event()
        threading.Thread(target=self._listen, name="avila-ctrl-c", daemon=True).start()

    def begin(self, raw: duckdb.DuckDBPyConnection) -> bool:
        """Interrupt ``raw`` when Ctrl-C comes, from now on; return False where that is somebody else's business.

        It is, outside the main thread, inside another guarded call, and when the program handles the signal itself.
        """
        if threading.get_ident() != threading.main_thread().ident or self._running is not None:
            return False
        if _get_handler(signal.SIGINT) is not signal.default_int_handler:
            return False
        before = signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        if before != -1:
            signal.set_wakeup_fd(before)
            return False
        self._running, self._caught = raw, False
        _set_handler(signal.SIGINT, self._catch)
        return True

    def end(self) -> bool:
        """Leave Ctrl-C to Python again; return whether it came meanwhile."""
        _set_handler(signal.SIGINT, signal.default_int_handler)
        signal.set_wakeup_fd(-1)
        caught, self._caught = self._caught, False
        if caught:
            # The thread may not have come to the signal yet, and must not interrupt the next statement.
            self._marked.clear()
            self._wake.send(_MARK)
            self._marked.wait(PATIENCE_S)
        self._running = None
        return caught

    def _catch(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 (the shape of a handler)
        self._caught = True

    def _listen(self) -> None:
        while heard := self._heard.recv(BUFFER_BYTES):
            running = self._running
            if signal.SIGINT in heard and running is not None:
                running.interrupt()
            if _MARK in heard:
                self._marked.set()


@lru_cache(maxsize=1)
def _listener(process: int) -> Listener:  # noqa: ARG001 (a forked child has no thread of its parent's)
    return Listener()


def listener() -> Listener:
    """Return this process's listener."""
    return _listener(os.getpid())

"""One thread for whatever must happen later: deadlines, repeated cancels, samples of memory.

A thread for each statement with a deadline costs more than many of the statements. Most deadlines never come, because
their statements end before; so setting and lifting one must be cheap, and lifted ones are swept out in bulk.
"""

from __future__ import annotations

import atexit
import heapq
import itertools
import logging
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("avila")

_SWEEP_MIN = 256


class Ticket:
    """One thing that will happen, unless it is cancelled first."""

    __slots__ = ("_alarm", "_call", "_lock", "live")

    def __init__(self, alarm: Alarm, call: Callable[[], float | None]) -> None:
        self._alarm = alarm
        self._call = call
        self._lock = threading.Lock()
        self.live = True

    def cancel(self) -> None:
        """Have it not happen; when it is just happening, wait for that to be over."""
        with self._lock:
            if self.live:
                self.live = False
                self._alarm.lifted()

    def ring(self) -> float | None:
        """Let it happen; return after how many seconds it wants to happen again."""
        with self._lock:
            if not self.live:
                return None
            again = self._call()
            self.live = again is not None
            return again


class Alarm:
    """The thread, which starts with the first thing to wait for."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Ticket]] = []
        self._numbers = itertools.count()
        self._lifted = 0
        self._thread: threading.Thread | None = None
        self._stopped = False

    def after(self, delay_s: float, call: Callable[[], float | None]) -> Ticket:
        """Call something once, from another thread; when it returns seconds, again after those.

        What is called must be short, and raises nothing on purpose.
        """
        ticket = Ticket(self, call)
        self._put(delay_s, ticket)
        return ticket

    def lifted(self) -> None:
        """Count a ticket that was cancelled, which stays in the way until it is swept out."""
        self._lifted += 1  # a count that misses one only sweeps a little later

    def stop(self) -> None:
        """End the thread; nothing that is still due happens."""
        with self._changed:
            self._stopped = True
            self._due.clear()
            self._changed.notify()
        atexit.unregister(self.stop)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _put(self, delay_s: float, ticket: Ticket) -> None:
        with self._changed:
            if self._stopped:
                return
            if self._lifted > _SWEEP_MIN and self._lifted > len(self._due) // 2:
                self._sweep()
            heapq.heappush(self._due, (time.monotonic() + delay_s, next(self._numbers), ticket))
            if self._due[0][2] is ticket:
                self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="avila-alarm", daemon=True)
                self._thread.start()
                # A thread that is inside the kernel when the interpreter ends takes the process down with it.
                atexit.register(self.stop)

    def _sweep(self) -> None:
        self._due = [entry for entry in self._due if entry[2].live]
        heapq.heapify(self._due)
        self._lifted = 0

    def _run(self) -> None:
        while (ticket := self._next()) is not None:
            try:
                again = ticket.ring()
            except Exception:
                log.exception("something that was due at a time went wrong")
                continue
            if again is not None:
                self._put(again, ticket)

    def _next(self) -> Ticket | None:
        """Wait for the next thing that is due; None once the alarm is stopped."""
        with self._changed:
            while not self._stopped:
                if not self._due:
                    self._changed.wait()
                    continue
                wait_s = self._due[0][0] - time.monotonic()
                if wait_s > 0:
                    self._changed.wait(wait_s)
                    continue
                return heapq.heappop(self._due)[2]
            return None

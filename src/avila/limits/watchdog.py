"""Looks at what the kernel holds while statements with a bound on memory or temporary disk run, and ends the largest.

The kernel has one limit for all sessions together and no account for each, so this samples: a statement may go over its
bound for as long as a sample takes to come.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

from avila import errors
from avila.limits.holdings import KEEPING, holds, shared_out, weight
from avila.limits.quantities import size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from avila.limits.alarm import Alarm
    from avila.limits.running import Running

FIRST_S = 0.005
"""A statement that has ended by then was never looked at: most have."""
AGAIN_S = 0.02
PATIENCE_S = 2.0
"""How long to wait for a statement that was ended to let go of its memory, before another is suspected."""


class Kernel(Protocol):
    """What can be asked what it holds."""

    def memory(self) -> list[tuple[str, int, int]]:
        """Return the bytes in memory and on temporary disk, by what they are for."""
        ...

    def cells(self) -> dict[tuple[str, str, str], int]:
        """Return about how many values each table has."""
        ...


class Watchdog:
    """Runs on the alarm's thread, and only while there is somebody to watch."""

    def __init__(self, kernel: Kernel, alarm: Alarm, running: Callable[[], Iterable[Running]]) -> None:
        self._kernel = kernel
        self._alarm = alarm
        self._running = running
        self._lock = threading.Lock()
        self._watching = False
        self._baseline: tuple[int, int] | None = None
        self._charges: dict[Running, tuple[int, int]] = {}
        self._cells: dict[tuple[str, str, str], int] | None = None
        self._ending: tuple[Running, float] | None = None

    def watch(self) -> None:
        """Look from now on, until nobody is left that must be watched."""
        with self._lock:
            if not self._watching:
                self._watching = True
                self._baseline = None
                self._alarm.after(FIRST_S, self._look)

    def _look(self) -> float | None:
        holders = [running for running in self._running() if running.active and not running.waiting]
        with self._lock:
            if not any(running.bounds.sampled for running in holders):
                self._watching = False
                self._charges.clear()
                self._cells = None
                return None
        self.sample([running for running in holders if holds(running.plan)])
        return AGAIN_S

    def sample(self, holders: list[Running]) -> None:
        """Share out what is held among those who may hold it, and end who has more than it may."""
        memory, disk = self._held()
        if self._baseline is None:
            self._baseline = (memory, disk)
        # What was held before anybody was watched is nobody's; it may have been given back since.
        self._baseline = (min(self._baseline[0], memory), min(self._baseline[1], disk))
        before = [self._charges.get(running, (0, 0)) for running in holders]
        weights = self._weights(holders)
        memories = shared_out(memory - self._baseline[0], [charge for charge, _ in before], weights)
        disks = shared_out(disk - self._baseline[1], [charge for _, charge in before], weights)
        self._charges = dict(zip(holders, zip(memories, disks, strict=True), strict=True))
        if not self._still_ending():
            self._end_largest()

    def charge(self, running: Running) -> tuple[int, int]:
        """Return what a statement was charged by the last sample: bytes in memory and on disk."""
        return self._charges.get(running, (0, 0))

    def _weights(self, holders: list[Running]) -> list[int | None]:
        if len(holders) <= 1:
            return [1] * len(holders)
        if self._cells is None:
            self._cells = self._kernel.cells()
        return [weight(running.plan, self._cells) for running in holders]

    def _held(self) -> tuple[int, int]:
        listed = [(memory, disk) for tag, memory, disk in self._kernel.memory() if tag not in KEEPING]
        return sum(memory for memory, _ in listed), sum(disk for _, disk in listed)

    def _still_ending(self) -> bool:
        if self._ending is None:
            return False
        running, since_s = self._ending
        if running.active and time.monotonic() - since_s < PATIENCE_S:
            return True
        self._ending = None
        return False

    def _end_largest(self) -> None:
        over: list[tuple[float, Running, errors.Error]] = []
        for running, (memory, disk) in self._charges.items():
            most, source = running.bounds.memory_bytes
            if most and memory > most:
                error: errors.Error = errors.OutOfMemory(
                    f"the statement holds {size_text(memory)} of memory, and may hold {size_text(most)}",
                    hint=f"{source} says so.",
                )
                over.append((memory / most, running, error))
            most, source = running.bounds.temporary_bytes
            if most and disk > most:
                error = errors.DiskFull(
                    f"the statement spilled {size_text(disk)} to disk, and may spill {size_text(most)}",
                    hint=f"{source} says so.",
                )
                over.append((disk / most, running, error))
        if over:
            _, running, error = max(over, key=lambda found: found[0])
            if running.stop(error):
                self._ending = (running, time.monotonic())

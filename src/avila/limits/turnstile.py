"""Who may run now: a bounded number at a time, and a bounded queue in which the first to come is the first to go."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Protocol

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Callable


class Waiting(Protocol):
    """Who waits, and can be told to stop waiting."""

    def waits(self, wake: Callable[[], None] | None) -> None:
        """Take what is to be called when the wait must end; None once it is over."""
        ...

    def raise_if_stopped(self) -> None:
        """Raise the error with which the statement was told to end."""
        ...


class Turnstile:
    """One group's, or one role's. The bounds are given by whoever comes, since they may change meanwhile."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._lock = threading.Lock()
        self._inside = 0
        self._width = 0
        self._queue: deque[threading.Event] = deque()

    @property
    def inside(self) -> int:
        """How many run now."""
        return self._inside

    @property
    def queued(self) -> int:
        """How many wait now."""
        return len(self._queue)

    def enter(self, width: int, queue_max: int, wait_ms: int, who: Waiting) -> None:
        """Have a place; whoever comes leaves it.

        Raises ConfigurationLimitExceeded when the queue is full, QueryCanceled after too long a wait, and what the
        statement is told to end with.
        """
        with self._lock:
            self._width = width
            if self._inside < width and not self._queue:
                self._inside += 1
                return
            if len(self._queue) >= queue_max:
                raise errors.ConfigurationLimitExceeded(
                    f"{self.title} runs {self._inside} statements, and may run {width} at a time"
                    + (f" with {queue_max} waiting" if queue_max else "")
                )
            mine = threading.Event()
            self._queue.append(mine)
        who.waits(mine.set)
        try:
            mine.wait(wait_ms / 1000)
        finally:
            who.waits(None)
            admitted = self._admitted(mine)
        try:
            who.raise_if_stopped()
        except errors.Error:
            if admitted:
                self.leave()
            raise
        if not admitted:
            raise errors.QueryCanceled(
                f"the statement waited {wait_ms} ms for a place in {self.title}",
                hint="Try again, or have the group run more statements at a time.",
            )

    def leave(self) -> None:
        """Give the place to the first who waits."""
        with self._lock:
            self._inside -= 1
            while self._queue and self._inside < self._width:
                self._inside += 1
                self._queue.popleft().set()

    def _admitted(self, mine: threading.Event) -> bool:
        """Whether a place was given; whoever has none waits no more."""
        with self._lock:
            if mine in self._queue:
                self._queue.remove(mine)
                return False
            return True

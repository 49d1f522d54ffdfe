"""What the sessions of a database share of their limits: one alarm, one watchdog, the turnstiles, the accounts."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

from avila.limits.alarm import Alarm
from avila.limits.session import SessionLimits
from avila.limits.turnstile import Turnstile
from avila.limits.watchdog import Watchdog
from avila.observe.usage import Accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from avila.limits.bounds import Bounds
    from avila.limits.running import Running
    from avila.limits.storage import Storage
    from avila.limits.watchdog import Kernel


class Governor:
    """One a database."""

    def __init__(self, kernel: Kernel, storage: Storage) -> None:
        self.storage = storage
        self.alarm = Alarm()
        self.accounts = Accounts()
        self.watchdog = Watchdog(kernel, self.alarm, self.running)
        self._sessions: weakref.WeakSet[SessionLimits] = weakref.WeakSet()
        self._turnstiles: dict[tuple[str, str], Turnstile] = {}
        self._lock = threading.Lock()

    def session(self, number: int, interrupt: Callable[[], None]) -> SessionLimits:
        """Return the limits of a new session, whose statements ``interrupt`` stops."""
        made = SessionLimits(self, number, interrupt)
        with self._lock:
            self._sessions.add(made)
        return made

    def close(self, session: SessionLimits) -> None:
        """Forget a session, and keep what it used."""
        self.accounts.close(session.account)
        with self._lock:
            self._sessions.discard(session)

    def running(self) -> Iterator[Running]:
        """Yield the statements that run now."""
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            yield from list(session.running)

    def enter(self, bounds: Bounds, running: Running) -> tuple[Turnstile, ...]:
        """Have a place for a statement; return where it must be given back."""
        entered: list[Turnstile] = []
        try:
            if bounds.role is not None:
                role, width = bounds.role
                turnstile = self.turnstile("role", role)
                turnstile.enter(width, 0, 0, running)
                entered.append(turnstile)
            if (group := bounds.group) is not None:
                turnstile = self.turnstile("resource group", group.name)
                turnstile.enter(group.concurrency, group.queue, group.queue_ms, running)
                entered.append(turnstile)
        except BaseException:
            for turnstile in entered:
                turnstile.leave()
            raise
        return tuple(entered)

    def turnstile(self, kind: str, name: str) -> Turnstile:
        """Return the turnstile of a role or a resource group."""
        with self._lock:
            key = (kind, name)
            if key not in self._turnstiles:
                self._turnstiles[key] = Turnstile(f"{kind} {name}")
            return self._turnstiles[key]

    def stop(self) -> None:
        """End the thread that everything here runs on."""
        self.alarm.stop()

"""One statement as it runs: its bounds, what it has used, and how it is told to end.

Every statement passes here, so what is not bounded costs next to nothing: two reads of a clock and a few attributes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from avila import errors
from avila.limits.bounds import NONE

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from avila.limits.alarm import Ticket
    from avila.limits.bounds import Bounds
    from avila.limits.session import SessionLimits
    from avila.limits.turnstile import Turnstile
    from avila.planner.plan import Plan

INTERRUPT_AGAIN_S = 0.02
"""An interrupt between two steps of a statement is lost, so it is repeated until the statement has ended."""


class Running:
    """Enter while the kernel works on the statement: first when it begins, then whenever rows of it are taken."""

    __slots__ = (
        "_again", "_began", "_deadline", "_error", "_lock", "_turnstiles", "_wake", "active", "bounds", "plan", "rows",
        "session", "started_s", "used_s",
    )  # fmt: skip

    def __init__(self, session: SessionLimits, plan: Plan, bounds: Bounds) -> None:
        self.session = session
        self.plan = plan
        self.bounds = bounds
        self.active = False
        self.started_s = time.time()
        self.used_s = 0.0
        self.rows = 0
        self._error: errors.Error | None = None
        self._deadline: Ticket | None = None
        self._again: Ticket | None = None
        self._turnstiles: tuple[Turnstile, ...] = ()
        self._wake: Callable[[], None] | None = None
        self._lock = session.stopping
        account = session.account
        account.statements += 1
        if plan.reads:
            account.bytes_scanned += session.governor.storage.scanned(plan.tables)

    def __enter__(self) -> Running:
        session = self.session
        self.active = True
        session.running.append(self)
        self._began = time.perf_counter()
        if self.bounds is not NONE or session.ended is not None:
            try:
                self._begin()
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()
        if self._error is not None:
            self._say(error)

    def stop(self, error: errors.Error) -> bool:
        """Have the statement end with an error; from any thread. Whether it was still running."""
        with self._lock:
            if not self.active:
                return False
            if self._error is None:
                self._error = error
                self._again = self.session.governor.alarm.after(INTERRUPT_AGAIN_S, self._interrupt)
            self.session.interrupt()
            if self._wake is not None:
                self._wake()
            return True

    @property
    def stopped(self) -> bool:
        """Whether it was told to end, and has not ended yet."""
        return self._error is not None and self.active

    def waits(self, wake: Callable[[], None] | None) -> None:
        """Take what is to be called when a wait for a place must end."""
        with self._lock:
            self._wake = wake
            if wake is not None and self._error is not None:
                wake()

    @property
    def waiting(self) -> bool:
        """Whether it waits for a place."""
        return self._wake is not None

    def raise_if_stopped(self) -> None:
        """Raise the error with which the statement was told to end."""
        if self._error is not None:
            raise self._error

    def count(self, rows: int) -> None:
        """Count rows that were taken; ProgramLimitExceeded for more than may be."""
        self.rows += rows
        self.session.account.rows_returned += rows
        most, source = self.bounds.rows
        if most and self.rows > most:
            raise errors.ProgramLimitExceeded(
                f"the statement answers more than {most:,} rows, which is {source}"
            )

    def _begin(self) -> None:
        self.session.raise_if_ended()
        bounds, governor = self.bounds, self.session.governor
        if bounds.time_ms.amount:
            left_s = bounds.time_ms.amount / 1000 - self.used_s
            self._deadline = governor.alarm.after(max(left_s, 0.0), self._late)
        if self.used_s == 0:  # whoever takes rows has been let in before
            self._turnstiles = governor.enter(bounds, self)
        if bounds.sampled:
            governor.watchdog.watch()

    def _leave(self) -> None:
        elapsed_s = time.perf_counter() - self._began
        self.used_s += elapsed_s
        self.session.account.statement_s += elapsed_s
        with self._lock:
            self.active = False
        self.session.running.remove(self)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if self._again is not None:
            self._again.cancel()
            self._again = None
        for turnstile in self._turnstiles:
            turnstile.leave()
        self._turnstiles = ()

    def _say(self, error: BaseException | None) -> None:
        """Raise what the statement was stopped for in place of what the kernel says of it."""
        said, self._error = self._error, None
        # The kernel says in several ways that it was interrupted, by where it was.
        if said is not None and isinstance(error, Exception) and error is not said:
            said.statement = getattr(error, "statement", None)
            self.session.told |= said is self.session.ended
            raise said from error

    def _late(self) -> None:
        amount, source = self.bounds.time_ms
        self.stop(
            errors.QueryCanceled(
                "Query interrupted", hint=f"It ran longer than {source}, which is {amount} ms."
            )
        )

    def _interrupt(self) -> float | None:
        """Interrupt once more."""
        with self._lock:
            if not self.active:
                return None
            self.session.interrupt()
            return INTERRUPT_AGAIN_S

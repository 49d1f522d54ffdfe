"""What ran: a bounded history of statements, and a warning in the log for the slow ones."""

from __future__ import annotations

import itertools
import logging
import time
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types import TracebackType

log = logging.getLogger("avila")


class Entry(NamedTuple):
    """One finished statement."""

    number: int
    session: int
    text: str
    started_s: float  # since the epoch
    duration_ms: float
    outcome: str  # '00000', or the SQLSTATE it failed with

    @property
    def started(self) -> datetime:
        """When it started."""
        return datetime.fromtimestamp(self.started_s, UTC)


class History:
    """The last statements of a database; safe to append to from many threads."""

    def __init__(self, entries_max: int, slow_ms: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=entries_max)
        self._numbers = itertools.count(1)
        self._slow_ms = slow_ms

    def record(self, session: int, text: str) -> Recording:
        """Time a statement: enter before it runs, leave when it has answered or failed."""
        return Recording(self, session, text)

    def entries(self) -> list[Entry]:
        """Return what is remembered, oldest first."""
        return list(self._entries)

    def append(self, session: int, text: str, started_s: float, duration_ms: float, outcome: str) -> None:
        """Remember a finished statement."""
        self._entries.append(Entry(next(self._numbers), session, text, started_s, duration_ms, outcome))
        if self._slow_ms and duration_ms > self._slow_ms:
            log.warning("statement took %.0f ms: %.200s", duration_ms, text)


class Recording:
    """The time between a statement's start and its first answer."""

    __slots__ = ("_began", "_history", "_session", "_text")

    def __init__(self, history: History, session: int, text: str) -> None:
        self._history = history
        self._session = session
        self._text = text

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        duration_ms = (time.perf_counter() - self._began) * 1000
        outcome = "00000" if error is None else getattr(error, "sqlstate", "XX000")
        self._history.append(
            self._session, self._text, time.time() - duration_ms / 1000, duration_ms, outcome
        )

"""When the file of a store is exchanged for another one under the same name, and what must not be under way then.

The kernel resolves the name of a store once a transaction, and most statements notice nothing of an exchange: they go
on with the file they found. Three things would fail, and one of them takes the whole kernel down with it: a statement
that lists every store while it holds the old one, a transaction whose next statement does, and a statement of the lake
that has found the lake and not yet its catalog. So these enter here, and an exchange waits until none is inside. It
waits for a moment only, because newcomers wait as long; whoever exchanges tries again later.
"""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_MS = 10_000
"""How long a listing waits for an exchange, which takes a fraction of a second."""

_LISTS = re.compile(
    r"duckdb_|pragma|information_schema|\bpg_|sqlite_|\b(?:show|describe|summarize|call|use|attach|detach)\b",
    re.IGNORECASE,
)


def lists(sql: str) -> bool:
    """Whether a statement may list the stores; a text that only looks like it is taken for one."""
    return _LISTS.search(sql) is not None


class Crossing:
    """Many who must not be crossed, or one exchange."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False

    def enter(self, timeout_ms: int = WAIT_MS) -> None:
        """Keep exchanges out until :meth:`leave`; LockNotAvailable when one does not end in time."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._closed, timeout_ms / 1000):
                raise errors.LockNotAvailable(
                    f"a change of keys kept this statement waiting for {timeout_ms} ms"
                )
            self._inside += 1

    def leave(self) -> None:
        """Let exchanges happen again."""
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    @contextmanager
    def closed(self, wait_ms: int) -> Iterator[None]:
        """Exchange a file inside the block; LockNotAvailable when somebody stays inside."""
        with self._changed:
            self._closed = True
        try:
            with self._changed:
                if not self._changed.wait_for(lambda: not self._inside, wait_ms / 1000):
                    raise errors.LockNotAvailable(
                        f"{self._inside} transactions or listings were open for {wait_ms} ms",
                        hint="End the sessions that keep transactions open, and try again.",
                    )
            yield
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()

"""What a session does, told to the history of statements and to the audit log.

A statement is recorded when it has ended: a query's rows are counted while they are taken, so its record waits for the
last of them, for the next statement or for the session's end, whichever comes first. What is refused before it runs is
recorded too; and when the audit log cannot be written, nothing is run that it could not tell of.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from avila.planner.normalised import normalised
from avila.security.audit import Kind, Record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from avila import errors
    from avila.catalog.changes import Change
    from avila.observe.statements import History
    from avila.planner.plan import Plan
    from avila.security.audit import Audit
    from avila.security.authority import Principal

_SECRET: Final = frozenset({"scram", "argon2", "password", "ciphertext", "wrapped", "body_encrypted"})
_FINE: Final = "00000"


class Recorder:
    """The records of one session."""

    def __init__(self, audit: Audit, history: History, session: int, principal: Principal) -> None:
        self.audit = audit
        self.history = history
        self.session = session
        self.principal = principal
        self.waiting: Recording | None = None

    def opened(self) -> None:
        """Record that the session was opened."""
        self._event(Kind.connection, "connect")

    def closed(self) -> None:
        """Record that the session has ended."""
        self.settle()
        self._event(Kind.disconnection, "disconnect")

    def settle(self) -> None:
        """Record the query whose rows are still being taken, with those that were."""
        if self.waiting is not None:
            self.waiting.finish(self.waiting.rows)

    def statement(self, plan: Plan) -> Recording:
        """Return the recording of a statement: enter before it runs, leave when it has answered or failed."""
        self.audit.check()
        self.settle()
        return Recording(self, plan)

    def refused(self, text: str, error: errors.Error) -> None:
        """Record a statement that was not run: it is no SQL, or may not be."""
        self.settle()
        shown = normalised(text)
        self.history.append(self.session, shown, time.time(), 0.0, error.sqlstate)
        self.audit.append(
            Record(
                Kind.statement,
                time.time_ns() // 1000,
                self.session,
                self.principal.session_user,
                self.principal.current_user,
                shown.split(" ", 1)[0].upper(),
                shown,
                duration_us=0,
                sqlstate=error.sqlstate,
            )
        )

    def changed(self, changes: Iterable[Change]) -> None:
        """Record changes of the catalog, without the secrets in them."""
        for change in changes:
            fields = asdict(change)  # type: ignore[call-overload]  # (every change is a dataclass)
            detail = json.dumps(_without_secrets(fields), sort_keys=True, default=str)
            self._event(Kind.change, type(change).__name__, detail)

    def privacy(self, action: str, detail: dict[str, object]) -> None:
        """Record what was done with the data about a person, who is named by a digest."""
        self._event(Kind.privacy, action, json.dumps(detail, sort_keys=True))

    def _event(self, kind: Kind, action: str, detail: str = "") -> None:
        who = self.principal
        now_us = time.time_ns() // 1000
        self.audit.append(
            Record(kind, now_us, self.session, who.session_user, who.current_user, action, detail=detail)
        )


class Recording:
    """One statement on its way."""

    __slots__ = ("_began", "_done", "_duration_s", "_plan", "_recorder", "_started_s", "_who", "rows")

    def __init__(self, recorder: Recorder, plan: Plan) -> None:
        self._recorder = recorder
        self._plan = plan
        self._who = recorder.principal
        self._done = False
        self.rows = 0

    def __enter__(self) -> None:
        self._started_s = time.time()
        self._began = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._duration_s = time.perf_counter() - self._began
        recorder = self._recorder
        sqlstate = _FINE if error is None else getattr(error, "sqlstate", "XX000")
        recorder.history.append(
            recorder.session, self._plan.shown, self._started_s, self._duration_s * 1000, sqlstate
        )
        if error is None:
            recorder.waiting = self
        else:
            self._append(None, sqlstate)

    def finish(self, rows: int) -> None:
        """Record the statement with the rows that it answered or wrote; harmless when repeated."""
        if not self._done:
            self._append(rows if rows >= 0 else None, _FINE)

    def _append(self, rows: int | None, sqlstate: str) -> None:
        self._done = True
        recorder, plan, who = self._recorder, self._plan, self._who
        if recorder.waiting is self:
            recorder.waiting = None
        recorder.audit.append(
            Record(
                Kind.statement,
                int(self._started_s * 1_000_000),
                recorder.session,
                who.session_user,
                who.current_user,
                plan.action,
                plan.shown,
                plan.read_names,
                plan.written_names,
                rows,
                int(self._duration_s * 1_000_000),
                sqlstate,
            )
        )


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: "…" if name in _SECRET and item is not None else _without_secrets(item)
            for name, item in value.items()
        }
    return [_without_secrets(item) for item in value] if isinstance(value, list | tuple) else value

"""avila.sessions: who is connected, and what runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from avila.catalog.resource_groups import group_of
from avila.system_views.view import View
from avila.system_views.visibility import sees_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.executor import Executor


def _rows(executor: Executor) -> Iterator[tuple[Any, ...]]:
    authority = executor.authority
    everybody, catalog = sees_all(authority), executor.described()
    for session in executor.instance.sessions():
        principal = session.principal
        if not (everybody or session is executor or authority.acts_as(principal.session_user)):
            continue
        running = next(iter(list(session.limits.running)), None)
        memory, disk = executor.instance.governor.watchdog.charge(running) if running else (0, 0)
        group = group_of(catalog, principal.session_user) or group_of(catalog, principal.current_user)
        yield (
            session.number,
            principal.session_user,
            principal.current_user,
            _state(session),
            running.plan.shown if running else None,
            datetime.fromtimestamp(running.started_s, UTC) if running else None,
            group.name if group else None,
            memory,
            disk,
        )


def _state(session: Executor) -> str:
    running = list(session.limits.running)
    if any(statement.waiting for statement in running):
        return "waiting"
    if running:
        return "active"
    return "idle in transaction" if session.in_transaction else "idle"


VIEWS = (
    View(
        "sessions",
        "number BIGINT, role VARCHAR, acting_as VARCHAR, state VARCHAR, statement VARCHAR, started TIMESTAMPTZ,"
        " resource_group VARCHAR, memory_bytes BIGINT, temporary_bytes BIGINT",
        _rows,
        "The open sessions, which KILL names by their numbers: own ones and those of roles that one has the rights of.",
    ),
)

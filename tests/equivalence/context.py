"""What planning depends on in an open database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.executor import Executor

if TYPE_CHECKING:
    import avila
    from avila.planner.plan import Context


def context_of(database: avila.Database) -> Context:
    """Return the context of a database that this process owns."""
    line = database._lined()
    executor = getattr(line, "_executor", line)
    assert isinstance(executor, Executor)
    return executor.context()

"""KILL: end what another session does, or the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner.arguments import argument
from avila.planner.parameters import ordinals

if TYPE_CHECKING:
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_SIGNAL = "pg_signal_backend"


def run(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:
    """Carry out KILL [QUERY | CONNECTION] number; without a word the session ends."""
    number = argument(plan.tree.this, plan.statement, ordinals(plan.tree)).resolve(parameters)
    target = executor.instance.session(number) if isinstance(number, int) else None
    # Who may not know of a session is told the same as of one that is not there.
    if target is None:
        raise errors.UndefinedObject(
            f"there is no session {number}", hint="avila.sessions lists them.", statement=plan.statement.text
        )
    _require_may(executor, target)
    who = executor.principal.current_user
    if plan.tree.args.get("kind") == "QUERY":
        error: errors.Error = errors.QueryCanceled(
            f"the statement was cancelled by {who}", hint="KILL QUERY did it."
        )
        if target is executor:
            raise error
        target.limits.stop(error)
    else:
        target.terminate(errors.AdminShutdown(f"the session was ended by {who}"))
    return ArrowAnswer.empty()


def _require_may(executor: Executor, target: Executor) -> None:
    """Raise InsufficientPrivilege unless a session is one's own or of a role that one has, or by pg_signal_backend."""
    authority, whose = executor.authority, target.principal.session_user
    superuser = whose in authority.catalog.roles and authority.catalog.roles[whose].superuser
    if superuser and not authority.superuser:
        raise errors.InsufficientPrivilege(
            "permission denied to end a session of a superuser", hint="Only superusers may."
        )
    if not (authority.acts_as(whose) or authority.acts_as(_SIGNAL)):
        raise errors.InsufficientPrivilege(
            "permission denied to end the session",
            hint=f"Only members of its role and of {_SIGNAL} may.",
        )

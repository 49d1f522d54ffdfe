"""SET ROLE and SET SESSION AUTHORIZATION: in whose name a session acts.

A session becomes only what the role that it was opened for lets it become, whatever it has become since: nobody gains
rights on the way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from avila import errors
from avila.commands import principals
from avila.kernel.arrow_answer import ArrowAnswer
from avila.security.authority import Authority, Principal

if TYPE_CHECKING:
    from sqlglot import exp

    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan


def set_role(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Act as another role; NONE goes back to the one that the session is for."""
    principal, node = executor.principal, plan.tree.args.get("this")
    name = None if node is None else _named(executor, node)
    if name is None:
        name = principal.session_user
    elif not Authority(executor.described(), principal.session_user).may_become(name):
        raise errors.InsufficientPrivilege(
            f'permission denied to set role "{name}"',
            hint=f'{principal.session_user} is not a member of "{name}" with the SET option.',
        )
    _act(executor, replace(principal, current_user=name), plan.tree.args.get("scope"))
    return ArrowAnswer.empty()


def reset_role(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Act as the role that the session is for again."""
    principal = executor.principal
    _act(executor, replace(principal, current_user=principal.session_user), None)
    return ArrowAnswer.empty()


def set_authorization(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Make the session another role's; only a session that a superuser opened may."""
    login, node = executor.principal.login, plan.tree.args.get("this")
    name = login if node is None else _named(executor, node) or login
    if name != login and not Authority(executor.described(), login).superuser:
        raise errors.InsufficientPrivilege(
            f'permission denied to set session authorization "{name}"',
            hint=f"The session was opened for {login}, which is no superuser.",
        )
    _act(executor, Principal(name, name, login), plan.tree.args.get("scope"))
    return ArrowAnswer.empty()


def reset_authorization(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Make the session that of the role which it was opened for again."""
    login = executor.principal.login
    _act(executor, Principal(login, login, login), None)
    return ArrowAnswer.empty()


def _named(executor: Executor, node: exp.Expr) -> str | None:
    """Return the role that a name means; None for 'none'.

    Raises InvalidParameterValue when there is none, as PostgreSQL does for what is a setting to it.
    """
    if node.name == "none":
        return None
    try:
        return principals.role(executor, node)
    except errors.UndefinedObject as error:
        raise errors.InvalidParameterValue(error.message) from None


def _act(executor: Executor, principal: Principal, scope: str | None) -> None:
    """Act as a principal: for good, or with LOCAL until the transaction ends; a rollback undoes both."""
    transaction = executor.transaction
    if transaction is None:
        if scope == "LOCAL":
            raise errors.NoActiveSqlTransaction(
                "SET LOCAL can only be used in transaction blocks", hint="BEGIN opens one."
            )
    else:
        transaction.acting(executor.principal, local=scope == "LOCAL")
    executor.act(principal)

"""The row policies that hold for a role on a table, as one condition."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.governance.expressions import kept_expression
from avila.security.row_security import applicable, is_secured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avila.catalog.names import Object
    from avila.catalog.policies import Policy
    from avila.planner.plan import Context
    from avila.security.authority import Authority


def condition(
    authority: Authority, target: Object, command: str, context: Context, *, check: bool = False
) -> exp.Expr | None:
    """Return what a row must fulfil for a command, or None when every row may pass.

    With ``check`` it is what a new row must fulfil: WITH CHECK, or USING where a policy has none. As in PostgreSQL a
    row needs one of the permissive policies and all of the restrictive ones; without a permissive one, no row passes.
    """
    if not is_secured(authority, target):
        return None
    policies = applicable(authority, target, command)
    permissive = [_text(policy, check=check) for policy in policies if policy.permissive]
    restrictive = [_text(policy, check=check) for policy in policies if not policy.permissive]
    if not permissive:
        return exp.false()
    parts = [_any(permissive, context), *(_any([text], context) for text in restrictive)]
    return all_of([part for part in parts if part is not None])


def all_of(parts: Sequence[exp.Expr]) -> exp.Expr | None:
    """Return the conjunction of conditions; None for none."""
    return reduce(_and, parts) if parts else None


def _and(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.And(this=left, expression=right)


def _or(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.Or(this=left, expression=right)


def _any(texts: list[str | None], context: Context) -> exp.Expr | None:
    """Return the disjunction of conditions; None when one of them lets everything pass."""
    if any(text is None or text.strip().lower() in {"true", "(true)"} for text in texts):
        return None
    trees: list[exp.Expr] = [
        exp.Paren(this=kept_expression(text, context)) for text in texts if text is not None
    ]
    if len(trees) == 1:
        return trees[0]
    return exp.Paren(this=reduce(_or, trees))


def _text(policy: Policy, *, check: bool) -> str | None:
    return policy.check if check and policy.check is not None else policy.using

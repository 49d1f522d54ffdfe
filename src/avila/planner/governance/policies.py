"""The row policies that hold for a role on a table, as one condition."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from sqlglot import exp

from avila.catalog.roles import PUBLIC
from avila.catalog.tags import tag_object
from avila.planner.governance.expressions import kept_expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from avila.catalog.names import Object
    from avila.catalog.policies import Policy
    from avila.planner.plan import Context
    from avila.security.authority import Authority


def row_security(authority: Authority, target: Object) -> bool:
    """Whether row policies hold for a role on a table: it has some, and the role is not above them."""
    section = authority.catalog.row_security
    tagged = any(_by_tag(authority, target))
    if not tagged and target not in section.enabled:
        return False
    if authority.bypasses_row_security:
        return False
    return not authority.owns(target) or target in section.forced


def applicable(authority: Authority, target: Object, command: str) -> list[Policy]:
    """Return the policies of a table that are for the role and the command."""
    return [
        policy
        for policy in every(authority, target)
        if policy.command in {"ALL", command} and is_for(authority, policy)
    ]


def every(authority: Authority, target: Object) -> list[Policy]:
    """Return the policies of a table, its own and those of its tags."""
    section = authority.catalog.row_security
    own = section.on(target) if target in section.enabled else ()
    return [*own, *_by_tag(authority, target)]


def is_for(authority: Authority, policy: Policy) -> bool:
    """Whether a policy is for a role, or for one whose rights it has."""
    return any(role == PUBLIC or role in authority.roles for role in policy.roles)


def condition(
    authority: Authority, target: Object, command: str, context: Context, *, check: bool = False
) -> exp.Expr | None:
    """Return what a row must fulfil for a command, or None when every row may pass.

    With ``check`` it is what a new row must fulfil: WITH CHECK, or USING where a policy has none. As in PostgreSQL a
    row needs one of the permissive policies and all of the restrictive ones; without a permissive one, no row passes.
    """
    if not row_security(authority, target):
        return None
    policies = applicable(authority, target, command)
    permissive = [_text(policy, check=check) for policy in policies if policy.permissive]
    restrictive = [_text(policy, check=check) for policy in policies if not policy.permissive]
    if not permissive:
        return exp.false()
    parts = [_any(permissive, context), *(_any([text], context) for text in restrictive)]
    needed = [part for part in parts if part is not None]
    if not needed:
        return None
    return reduce(_and, needed)


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


def _by_tag(authority: Authority, target: Object) -> Iterator[Policy]:
    """Yield the policies of the tags that a table carries."""
    catalog = authority.catalog
    if not any(key.kind == "tag" for key, _ in catalog.row_security.policies):
        return
    tags: Iterable[str] = catalog.tags.of(target)
    for tag in tags:
        yield from catalog.row_security.on(tag_object(tag))

"""GRANT and REVOKE of roles: who is a member of which, by whose grant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.membership_changes import GrantRole, RevokeRole
from avila.catalog.roles import OWNER
from avila.commands import principals
from avila.kernel.arrow_answer import ArrowAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot import exp

    from avila.catalog.changes import Change
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan
    from avila.security.authority import Authority


def grant(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out GRANT role TO role."""
    tree, authority = plan.tree, executor.authority
    options = _options(tree.args.get("options") or [])
    by = _granted_by(executor, tree)
    members = principals.roles(executor, tree.args["principals"])
    made: list[Change] = []
    for role in principals.roles(executor, tree.expressions):
        made += granting(authority, role, members, by, **options)
    executor.change(*made)
    return ArrowAnswer.empty()


def revoke(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out REVOKE role FROM role."""
    tree, authority = plan.tree, executor.authority
    option = str(tree.args["option"]).lower() if tree.args.get("option") else None
    by = _granted_by(executor, tree)
    members = principals.roles(executor, tree.args["principals"])
    cascade = tree.args.get("behaviour") == "CASCADE"
    made: list[Change] = []
    for role in principals.roles(executor, tree.expressions):
        grantor = _revoker(authority, role, by)
        made += [RevokeRole(role, member, grantor, option, cascade) for member in members]
    executor.change(*made)
    return ArrowAnswer.empty()


def alter_group(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out ALTER GROUP role ADD | DROP USER: an old way to say GRANT and REVOKE."""
    tree, authority = plan.tree, executor.authority
    role = principals.role(executor, tree.this)
    members = principals.roles(executor, tree.expressions)
    if tree.args["kind"] == "ADD":
        executor.change(*granting(authority, role, members))
    else:
        grantor = _revoker(authority, role, None)
        executor.change(*(RevokeRole(role, member, grantor) for member in members))
    return ArrowAnswer.empty()


def granting(
    authority: Authority,
    role: str,
    members: Iterable[str],
    by: str | None = None,
    *,
    admin: bool | None = None,
    inherit: bool | None = None,
    set: bool | None = None,  # noqa: A002 (the option's name)
) -> list[Change]:
    """Return the changes that make members of a role; InsufficientPrivilege when the acting role may not."""
    members = list(members)
    if not members:
        return []
    _require_admin(authority, role, "grant")
    grantor = _nearest_admin(authority, role) if by is None else by
    if by is not None:
        if not authority.acts_as(by):
            raise errors.InsufficientPrivilege(
                f'permission denied to grant privileges as role "{by}"',
                hint=f'Only roles with privileges of role "{by}" may grant privileges as this role.',
            )
        if by != OWNER and authority.catalog.roles.administrator(by, role) != by:
            raise errors.InsufficientPrivilege(
                f'permission denied to grant privileges as role "{by}"',
                hint=f'The grantor must have the ADMIN option on role "{role}".',
            )
    return [GrantRole(role, member, grantor, admin, inherit, set) for member in members]


def _revoker(authority: Authority, role: str, by: str | None) -> str:
    """Return the role whose grants a REVOKE ends; InsufficientPrivilege when the acting role may not."""
    _require_admin(authority, role, "revoke")
    if by is None:
        return _nearest_admin(authority, role)
    if not authority.acts_as(by):
        raise errors.InsufficientPrivilege(
            f'permission denied to revoke privileges granted by role "{by}"',
            hint=f'Only roles with privileges of role "{by}" may revoke privileges granted by this role.',
        )
    return by


def _require_admin(authority: Authority, role: str, verb: str) -> None:
    if authority.superuser:
        return
    if authority.catalog.roles[role].superuser:
        raise errors.InsufficientPrivilege(
            f'permission denied to {verb} role "{role}"',
            hint=f"Only roles with the SUPERUSER attribute may {verb} roles that have it.",
        )
    if not authority.administers(role):
        raise errors.InsufficientPrivilege(
            f'permission denied to {verb} role "{role}"',
            hint=f'Only roles with the ADMIN option on role "{role}" may {verb} this role.',
        )


def _nearest_admin(authority: Authority, role: str) -> str:
    """Return in whose name the acting role makes members: the first superuser's for superusers."""
    if authority.superuser:
        return OWNER
    found = authority.catalog.roles.administrator(authority.role, role)
    if found is None:
        raise errors.InsufficientPrivilege(
            f'permission denied to grant role "{role}"',
            hint=f"{authority.role} has the ADMIN option only through a role that it does not inherit from: "
            "SET ROLE to that one.",
        )
    return found


def _granted_by(executor: Executor, tree: exp.Expr) -> str | None:
    node = tree.args.get("granted_by")
    return None if node is None else principals.role(executor, node)


def _options(nodes: Iterable[exp.Expr]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for node in nodes:
        name = str(node.this).lower()
        if name in found:
            raise errors.SyntaxError(f"conflicting or redundant options: {node.this} was said before")
        value = node.args.get("expression")
        found[name] = value is None or bool(value.this)
    return found

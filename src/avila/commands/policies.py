"""Row policies: CREATE, ALTER and DROP POLICY, and the row security of tables.

Who owns a table says whose rows are whose in it. A policy on a tag holds on every table that its owner gave the tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila import errors
from avila.catalog import policies as changes
from avila.catalog.names import Object
from avila.catalog.roles import PUBLIC
from avila.catalog.tags import tag_object
from avila.commands import kept, objects, principals, tags
from avila.kernel.arrow_answer import ArrowAnswer

if TYPE_CHECKING:
    from sqlglot import exp

    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_SWITCHES: dict[str, dict[str, bool]] = {
    "ENABLE": {"enabled": True},
    "DISABLE": {"enabled": False},
    "FORCE": {"forced": True},
    "NO FORCE": {"forced": False},
}


def create(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Add a policy to a table or tag."""
    tree = plan.tree
    target = _target(executor, tree)
    command = tree.args.get("command") or "ALL"
    if command in {"SELECT", "DELETE"} and tree.args.get("check") is not None:
        raise errors.SyntaxError("WITH CHECK cannot be applied to SELECT or DELETE")
    if command == "INSERT" and tree.args.get("using") is not None:
        raise errors.SyntaxError("only WITH CHECK expression allowed for INSERT")
    executor.change(
        changes.CreatePolicy(
            principals.written_name(tree.this),
            target,
            tree.args.get("permissive") != "RESTRICTIVE",
            command,
            _roles(executor, tree) or (PUBLIC,),
            _condition(executor, plan, target, "using"),
            _condition(executor, plan, target, "check"),
        )
    )
    return ArrowAnswer.empty()


def alter(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Change whom a policy is for, or its conditions."""
    target = _target(executor, plan.tree)
    executor.change(
        changes.AlterPolicy(
            principals.written_name(plan.tree.this),
            target,
            _roles(executor, plan.tree),
            _condition(executor, plan, target, "using"),
            _condition(executor, plan, target, "check"),
        )
    )
    return ArrowAnswer.empty()


def rename(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Give a policy another name."""
    target = _target(executor, plan.tree)
    name, to = (principals.written_name(node) for node in (plan.tree.this, plan.tree.args["expression"]))
    executor.change(changes.AlterPolicy(name, target, to=to))
    return ArrowAnswer.empty()


def drop(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Remove a policy."""
    exists = bool(plan.tree.args.get("exists"))
    try:
        target = _target(executor, plan.tree)
    except (errors.UndefinedTable, errors.UndefinedObject):
        if exists:
            return ArrowAnswer.empty()
        raise
    name = principals.written_name(plan.tree.this)
    if not exists or (target, name) in executor.described().row_security.policies:
        executor.change(changes.DropPolicy(name, target))
    return ArrowAnswer.empty()


def switch(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out ALTER TABLE … ENABLE, DISABLE, FORCE or NO FORCE ROW LEVEL SECURITY."""
    try:
        target = _table(executor, plan.tree.this)
    except errors.UndefinedTable:
        if plan.tree.args.get("exists"):
            return ArrowAnswer.empty()
        raise
    executor.change(changes.SetRowSecurity(target, **_SWITCHES[plan.tree.args["kind"]]))
    return ArrowAnswer.empty()


def _target(executor: Executor, tree: exp.Expr) -> Object:
    """Return the table or tag of a policy, which the acting role must own."""
    tag = tree.args.get("tag")
    if tag is None:
        return _table(executor, tree.args["table"])
    return tag_object(tags.owned_tag(executor, tag))


def _table(executor: Executor, node: exp.Table) -> Object:
    found = objects.relation(executor, node)
    target = Object.table(*found.key)
    executor.authority.require_owner(target)
    if found.kind != "table":
        raise errors.WrongObjectType(
            f'"{found.name}" is not a table', hint="Put the policy on the tables that the view reads."
        )
    return target


def _roles(executor: Executor, tree: exp.Expr) -> tuple[str, ...] | None:
    named = tree.args.get("principals")
    if not named:
        return None
    roles = principals.grantees(executor, named)
    return (PUBLIC,) if PUBLIC in roles else tuple(roles)


def _condition(executor: Executor, plan: Plan, target: Object, which: str) -> str | None:
    node: Any = plan.tree.args.get(which)
    if node is None:
        return None
    return kept.condition(executor, node, plan.statement.text, target if target.kind == "table" else None)

"""Masking policies: what is shown instead of a value, and of which columns and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.catalog import masking as changes
from avila.catalog.grant_changes import SetOwner
from avila.catalog.names import Object
from avila.catalog.object_changes import ForgetObject
from avila.commands import kept, objects, tags
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner.dialect import generate
from avila.storage.stores import NATIVE

if TYPE_CHECKING:
    from sqlglot import exp

    from avila.catalog.changes import Change
    from avila.catalog.masking import MaskingPolicy
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan


def create(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Make a masking policy, or another in its place; its maker owns it."""
    tree, name = plan.tree, plan.tree.this.name.lower()
    executor.authority.require(Object("database", NATIVE), "CREATE")
    there = name in executor.described().masking.policies
    if there and tree.args.get("exists"):
        return ArrowAnswer.empty()
    replaces = bool(tree.args.get("replace"))
    if there and replaces:
        executor.authority.require_owner(_object(name))
    taken = tuple((node.this.name.lower(), generate(node.args["kind"])) for node in tree.expressions)
    if len({parameter for parameter, _ in taken}) < len(taken):
        raise errors.SyntaxError("two parameters have one name", statement=plan.statement.text)
    returns = generate(tree.args["returns"])
    body = kept.mask_body(executor, tree.args["body"], plan.statement.text, taken, returns)
    using_value = bool(tree.args.get("using_value"))
    made: list[Change] = [changes.CreateMaskingPolicy(name, taken, returns, body, using_value, replaces)]
    if not there:
        made.append(SetOwner(_object(name), executor.principal.current_user, created=True))
    executor.change(*made)
    return ArrowAnswer.empty()


def alter(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Give a masking policy another body."""
    name = plan.tree.this.name.lower()
    if plan.tree.args.get("exists") and name not in executor.described().masking.policies:
        return ArrowAnswer.empty()
    policy = _owned(executor, name)
    body = kept.mask_body(
        executor, plan.tree.args["body"], plan.statement.text, policy.parameters, policy.returns
    )
    executor.change(
        changes.CreateMaskingPolicy(
            name, policy.parameters, policy.returns, body, policy.using_value, replace=True
        )
    )
    return ArrowAnswer.empty()


def drop(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Remove a masking policy that masks nothing."""
    name = plan.tree.this.name.lower()
    if plan.tree.args.get("exists") and name not in executor.described().masking.policies:
        return ArrowAnswer.empty()
    _owned(executor, name)
    executor.change(*dropping(name))
    return ArrowAnswer.empty()


def dropping(name: str) -> list[Change]:
    """Return the changes that remove a masking policy."""
    return [changes.DropMaskingPolicy(name), ForgetObject(_object(name))]


def attach(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Mask a column, or every column that carries a tag."""
    tree = plan.tree
    name = tree.args["policy"].name.lower()
    if tree.args["kind"] == "TAG":
        if _absent_tag(executor, tree):
            return ArrowAnswer.empty()
        executor.change(changes.SetTagMask(tags.owned_tag(executor, tree.this), name))
        return ArrowAnswer.empty()
    place = _column(executor, tree)
    if place is None:
        return ArrowAnswer.empty()
    target, column = place
    policy = changes.known_masking(executor.described(), name)
    takes = tuple(objects.column(executor, target, node) for node in tree.expressions) or (column,)
    if takes[0] != column:
        raise errors.InvalidParameterValue(
            f"the first column that a mask of {column} takes is {column} itself",
            hint=f"SET MASKING POLICY {name} USING ({', '.join((column, *takes))}) would be one.",
        )
    change = changes.SetColumnMask(target, column, name, takes)
    change.apply(
        executor.described()
    )  # whether it takes so many columns is said before the kernel looks at them
    types = objects.columns(executor, target)
    given = tuple(
        (parameter, types[taken]) for (parameter, _), taken in zip(policy.parameters, takes, strict=True)
    )
    kept.check_mask(executor, policy.body, given, types[column])
    executor.change(change)
    return ArrowAnswer.empty()


def detach(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Mask a column, or what carries a tag, no more."""
    tree, section = plan.tree, executor.described().masking
    if tree.args["kind"] == "TAG":
        if _absent_tag(executor, tree):
            return ArrowAnswer.empty()
        tag = tags.owned_tag(executor, tree.this)
        _require_attached(tree, section.tags.get(tag), f"tag {tag}")
        executor.change(changes.SetTagMask(tag, None))
        return ArrowAnswer.empty()
    place = _column(executor, tree)
    if place is not None:
        target, column = place
        found = section.columns.get(place)
        _require_attached(tree, found and found[0], f'column "{column}" of {target.title}')
        executor.change(changes.SetColumnMask(target, column, None))
    return ArrowAnswer.empty()


def _require_attached(tree: exp.Expr, policy: str | None, what: str) -> None:
    """Raise UndefinedObject when something is not masked, or by another policy than was named."""
    named = tree.args.get("policy")
    if policy is None or (named is not None and named.name.lower() != policy):
        by = "" if named is None else f" by {named.name.lower()}"
        raise errors.UndefinedObject(
            f"{what} is not masked{by}", hint=None if policy is None else f"It is masked by {policy}."
        )


def _absent_tag(executor: Executor, tree: exp.Expr) -> bool:
    return bool(tree.args.get("exists")) and tree.this.name.lower() not in executor.described().tags.allowed


def _column(executor: Executor, tree: exp.Expr) -> tuple[Object, str] | None:
    """Return the column that is altered, of a table that the acting role must own; None for one that need not be."""
    try:
        target = objects.table(executor, tree.this)
    except errors.UndefinedTable:
        if tree.args.get("exists"):
            return None
        raise
    executor.authority.require_owner(target)
    return target, objects.column(executor, target, tree.args["column"].this)


def _owned(executor: Executor, name: str) -> MaskingPolicy:
    policy = changes.known_masking(executor.described(), name)
    executor.authority.require_owner(_object(name))
    return policy


def _object(name: str) -> Object:
    """Return what owns and is owned: a masking policy among the objects."""
    return Object("masking policy", "", "", name)

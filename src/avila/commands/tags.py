"""Tags: what is said of objects, columns and roles, for policies and masks to go by.

Who owns an object says what it is. What a role is decides what it sees, so nobody says that of oneself, and who makes
roles gives them only what it has itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.catalog import tags as changes
from avila.catalog.grant_changes import SetOwner
from avila.catalog.names import Object
from avila.catalog.object_changes import ForgetObject
from avila.commands import encryption, objects, principals
from avila.kernel.arrow_answer import ArrowAnswer
from avila.storage.stores import NATIVE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot import exp

    from avila.catalog.changes import Change
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_ROLES = frozenset({"ROLE", "USER", "GROUP"})


def create(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Make a tag; its maker owns it."""
    tree = plan.tree
    executor.authority.require(Object("database", NATIVE), "CREATE")
    name = tree.this.name.lower()
    if tree.args.get("exists") and name in executor.described().tags.allowed:
        return ArrowAnswer.empty()
    allowed = tuple(value.name for value in tree.expressions)
    executor.change(
        changes.CreateTag(name, allowed),
        SetOwner(changes.tag_object(name), executor.principal.current_user, created=True),
    )
    return ArrowAnswer.empty()


def drop(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Remove a tag from the database, and from whatever carries it."""
    name = plan.tree.this.name.lower()
    if plan.tree.args.get("exists") and name not in executor.described().tags.allowed:
        return ArrowAnswer.empty()
    owned_tag(executor, plan.tree.this)
    executor.change(*dropping(name))
    return ArrowAnswer.empty()


def dropping(name: str) -> list[Change]:
    """Return the changes that remove a tag."""
    return [changes.DropTag(name), ForgetObject(changes.tag_object(name))]


def owned_tag(executor: Executor, node: exp.Expr) -> str:
    """Return the folded name of a tag that the acting role owns; UndefinedObject when there is none."""
    name: str = node.name.lower()
    changes.known_tag(executor.described(), name)
    executor.authority.require_owner(changes.tag_object(name))
    return name


def set_(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out ALTER … SET TAG tag = 'value'."""
    values = [(node.this.name.lower(), node.expression.name) for node in plan.tree.expressions]
    return _put(executor, plan.tree, values)


def unset(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out ALTER … UNSET TAG tag."""
    return _put(executor, plan.tree, [(node.name.lower(), None) for node in plan.tree.expressions])


def _put(executor: Executor, tree: exp.Expr, values: Iterable[tuple[str, str | None]]) -> Answer:
    if tree.args["kind"] in _ROLES:
        role = principals.role(executor, tree.this)
        for tag, value in values:
            _require_may_tag(executor, role, tag, value)
        executor.change(*(changes.SetRoleTag(tag, role, value) for tag, value in values))
        return ArrowAnswer.empty()
    try:
        target = (objects.schema if tree.args["kind"] == "SCHEMA" else objects.table)(executor, tree.this)
    except (errors.UndefinedTable, errors.InvalidSchemaName):
        if tree.args.get("exists"):
            return ArrowAnswer.empty()
        raise
    executor.authority.require_owner(target)
    altered = tree.args.get("column")
    column = None if altered is None else objects.column(executor, target, altered.this)
    for tag, value in values:
        changes.check_value(executor.described(), tag, value)
        if column is not None and value is not None:
            encryption.encrypt_tagged(executor, tree, target, column, tag)
    executor.change(*(changes.SetTag(tag, target, column, value) for tag, value in values))
    return ArrowAnswer.empty()


def _require_may_tag(executor: Executor, role: str, tag: str, value: str | None) -> None:
    """Raise InsufficientPrivilege unless the acting role may say that of another role."""
    authority, principal = executor.authority, executor.principal
    if authority.superuser:
        return
    if role in {principal.current_user, principal.session_user, principal.login}:
        hint = "No role gives itself a tag, for policies go by it."
    elif authority.catalog.roles[role].superuser:
        hint = "Only roles with the SUPERUSER attribute may tag roles that have it."
    elif not (authority.has("createrole") and authority.administers(role)):
        hint = f'Only roles with the CREATEROLE attribute and the ADMIN option on role "{role}" may tag it.'
    elif value is not None and value not in _own(executor, tag):
        hint = f"Only roles that are tagged {tag} = '{value}' themselves may tag others so."
    else:
        return
    raise errors.InsufficientPrivilege(f'permission denied to tag role "{role}"', hint=hint)


def _own(executor: Executor, tag: str) -> set[str | None]:
    """Return the values that a tag has on the acting role and on those it inherits from."""
    roles = executor.described().roles
    return {roles[role].attributes.get(tag) for role in roles.inherited(executor.principal.current_user)}

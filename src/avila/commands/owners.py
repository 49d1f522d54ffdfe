"""OWNER TO: an object in other hands.

Who gives an object away must own it and be able to become the new owner, who must be able to create such objects there:
nobody gets rid of, or gets hold of, an object on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila import errors
from avila.catalog.grant_changes import SetOwner
from avila.catalog.names import Object
from avila.commands import objects, principals
from avila.kernel.arrow_answer import ArrowAnswer
from avila.security.authority import Authority

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlglot import exp

    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_ABSENT = (
    errors.UndefinedTable,
    errors.UndefinedObject,
    errors.UndefinedFunction,
    errors.InvalidSchemaName,
    errors.InvalidCatalogName,
)


def change(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out ALTER … OWNER TO role."""
    tree = plan.tree
    try:
        target = _FINDERS[tree.args["kind"]](executor, tree.this)
    except _ABSENT:
        if tree.args.get("exists"):
            return ArrowAnswer.empty()
        raise
    new = principals.role(executor, tree.args["expression"])
    if target.catalog == "system":
        raise errors.InsufficientPrivilege(f"{target.title} belongs to every database")
    if target.kind in {"table", "sequence"}:
        executor.authority.require_owner(target)
    if new != executor.described().grants.owner(target):
        _require(executor.authority, target, new)
        executor.change(SetOwner(target, new))
    return ArrowAnswer.empty()


def _require(authority: Authority, target: Object, new: str) -> None:
    if authority.superuser:
        return
    authority.require_owner(target)
    if not authority.may_become(new):
        raise errors.InsufficientPrivilege(
            f'must be able to SET ROLE "{new}"',
            hint="An owner gives an object only to a role that it may become.",
        )
    if target.kind == "database":
        if not authority.has("createdb"):
            raise errors.InsufficientPrivilege(
                "permission denied to change owner of database", hint="It takes the CREATEDB attribute."
            )
    elif target.kind == "schema":
        authority.require(Object("database", target.catalog), "CREATE")
    else:
        Authority(authority.catalog, new).require(target.within, "CREATE")


def view(executor: Executor, node: exp.Table) -> Object:
    """Return the view that a name means; WrongObjectType for a table."""
    found = objects.relation(executor, node)
    if found.kind != "view":
        raise errors.WrongObjectType(f'"{found.name}" is not a view')
    return Object.table(*found.key)


_FINDERS: Mapping[str, Callable[[Executor, Any], Object]] = {
    "TABLE": objects.table,
    "VIEW": view,
    "SEQUENCE": objects.sequence,
    "TYPE": objects.type_,
    "SCHEMA": objects.schema,
    "DATABASE": objects.database,
    **dict.fromkeys(("FUNCTION", "PROCEDURE", "ROUTINE", "MACRO"), objects.function),
}

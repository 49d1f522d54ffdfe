"""ALTER DEFAULT PRIVILEGES: what objects that a role will make give others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.default_grant_changes import GrantDefault, RevokeDefault
from avila.catalog.grants import PRIVILEGES
from avila.commands import objects, principals
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner.dialect import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlglot import exp

    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_KINDS: Mapping[str, str] = {
    "TABLES": "table",
    "SEQUENCES": "sequence",
    "FUNCTIONS": "function",
    "ROUTINES": "function",
    "TYPES": "type",
    "SCHEMAS": "schema",
}


def alter(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out the statement."""
    tree, change = plan.tree, plan.tree.this
    grantees = principals.grantees(executor, change.args["principals"])
    kind = _KINDS[change.args["kind"]]
    privileges = list(_privileges(kind, change.expressions))
    option = bool(change.args.get("grant_option"))
    made: list[GrantDefault | RevokeDefault] = []
    for creator in _creators(executor, tree):
        for catalog, schema in _places(executor, tree, kind):
            for privilege in privileges:
                made += [
                    _change(change, (creator, catalog, schema, kind, privilege, grantee), option=option)
                    for grantee in grantees
                ]
    executor.change(*made)
    return ArrowAnswer.empty()


def _change(
    tree: exp.Expr, key: tuple[str, str, str, str, str, str], *, option: bool
) -> GrantDefault | RevokeDefault:
    kind = GrantDefault if isinstance(tree, nodes.GrantPrivileges) else RevokeDefault
    return kind(*key, option)


def _creators(executor: Executor, tree: exp.Expr) -> Iterable[str]:
    """Return the roles whose objects it is for; InsufficientPrivilege for who is not one of theirs."""
    named = tree.args.get("roles")
    if not named:
        return [executor.principal.current_user]
    creators = principals.roles(executor, named)
    for creator in creators:
        executor.authority.require_member(creator, "change default privileges")
    return creators


def _places(executor: Executor, tree: exp.Expr, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the schemas it is for, or an empty name for all of them."""
    schemas = tree.args.get("schemas")
    if not schemas:
        yield "", ""
        return
    if kind == "schema":
        raise errors.InvalidGrantOperation("cannot use IN SCHEMA clause when using GRANT/REVOKE ON SCHEMAS")
    for node in schemas:
        place = objects.schema(executor, node)
        yield place.catalog, place.schema


def _privileges(kind: str, named: Iterable[exp.Expr]) -> Iterator[str]:
    known = PRIVILEGES[kind]
    for node in named:
        word = str(node.this)
        if node.expressions:
            raise errors.InvalidGrantOperation("default privileges cannot be set for columns")
        if word != "ALL" and word not in known:
            raise errors.InvalidGrantOperation(
                f"invalid privilege type {word} for {kind}", hint=f"There are {', '.join(known)}."
            )
        yield from known if word == "ALL" else (word,)

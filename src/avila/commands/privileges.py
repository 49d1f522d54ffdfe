"""GRANT and REVOKE of rights on objects.

A role grants as the owner of an object, or as a role that was given the grant option; of several rights it grants those
that it may. Where PostgreSQL would only warn that it could grant none, this is an error: nothing would have happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila import errors
from avila.catalog.grant_changes import GrantPrivilege, RevokePrivilege
from avila.catalog.grants import COLUMN_PRIVILEGES, PRIVILEGES
from avila.commands import objects, principals
from avila.kernel.arrow_answer import ArrowAnswer
from avila.security.authority import denied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sqlglot import exp

    from avila.catalog.changes import Change
    from avila.catalog.names import Object
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan
    from avila.security.authority import Authority, Right

_FINDERS: Mapping[str, Callable[[Executor, Any], Object]] = {
    "SCHEMA": objects.schema,
    "DATABASE": objects.database,
    "EXTENSION": objects.extension,
    "SEQUENCE": objects.sequence,
    "TYPE": objects.type_,
    **dict.fromkeys(("FUNCTION", "PROCEDURE", "ROUTINE"), objects.function),
}
_IN_SCHEMA = {"SEQUENCES": "sequence", **dict.fromkeys(("FUNCTIONS", "PROCEDURES", "ROUTINES"), "function")}
_WORDS = frozenset({"ALL", *(word for words in PRIVILEGES.values() for word in words)})


def grant(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out GRANT right ON object TO role."""
    tree = plan.tree
    grantees = principals.grantees(executor, tree.args["principals"])
    option = bool(tree.args.get("grant_option"))
    made: list[Change] = []
    for target, grantor, rights in _rights(executor, tree, "granted"):
        made += [
            GrantPrivilege(target, privilege, column, grantee, grantor, option)
            for privilege, column in rights
            for grantee in grantees
        ]
    executor.change(*made)
    return ArrowAnswer.empty()


def revoke(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out REVOKE right ON object FROM role."""
    tree = plan.tree
    grantees = principals.grantees(executor, tree.args["principals"])
    option_only = bool(tree.args.get("grant_option"))
    cascade = tree.args.get("behaviour") == "CASCADE"
    made: list[Change] = []
    for target, grantor, rights in _rights(executor, tree, "revoked"):
        made += [
            RevokePrivilege(target, privilege, column, grantee, grantor, option_only, cascade)
            for privilege, column in rights
            for grantee in grantees
        ]
    executor.change(*made)
    return ArrowAnswer.empty()


def _rights(executor: Executor, tree: exp.Expr, verb: str) -> Iterator[tuple[Object, str, list[Right]]]:
    """Yield each object, the role that grants or revokes there, and the rights that it may grant or revoke."""
    authority = executor.authority
    by = tree.args.get("granted_by")
    if by is not None and principals.role(executor, by) != authority.role:
        raise errors.FeatureNotSupported("grantor must be current user")
    for target in dict.fromkeys(_targets(executor, tree)):
        wanted = dict.fromkeys(_wanted(executor, target, tree.expressions))
        if verb == "revoked":
            wanted |= dict.fromkeys(_on_columns(executor, target, wanted))
        nothing = bool(wanted)
        # The table and each of its columns have lists of their own, and on each the nearest role that may grants.
        for place in dict.fromkeys(column for _, column in wanted):
            asked = [right for right in wanted if right[1] == place]
            grantor, able = authority.grantor(target, asked)
            if not able and not _has_some(authority, target, place):
                raise denied(target, f"no privilege on it was given to {authority.role}")
            nothing &= not able
            yield target, grantor, [right for right in asked if right in able]
        if nothing:
            raise denied(target, f"no privileges were {verb}: {authority.role} has no grant option for them")


def _on_columns(executor: Executor, target: Object, wanted: Iterable[Right]) -> Iterator[Right]:
    """Yield the rights on columns that go with those on their table: without it, none of them is left."""
    whole = {privilege for privilege, column in wanted if column is None}
    for entry, _ in executor.described().grants.on(target):
        if entry.column is not None and entry.privilege in whole:
            yield entry.privilege, entry.column


def _has_some(authority: Authority, target: Object, column: str | None) -> bool:
    """Whether a role has any privilege there: then it is told that it may not grant, but not that it may not ask."""
    return any(authority.may(target, privilege, column) for privilege in PRIVILEGES[target.kind])


def _targets(executor: Executor, tree: exp.Expr) -> Iterator[Object]:
    kind = str(tree.args["kind"])
    for node in tree.args["objects"]:
        if kind == "ALL TABLES":
            yield from objects.tables_in(executor, _usable(executor, node))
        elif kind.startswith("ALL "):
            listed = _IN_SCHEMA[kind.removeprefix("ALL ")]
            yield from objects.listed_in(executor, listed, _usable(executor, node))
        elif kind == "TABLE":
            yield _table(executor, node, only_tables=bool(tree.args.get("table_word")))
        else:
            yield _FINDERS[kind](executor, node)


def _usable(executor: Executor, node: exp.Table) -> Object:
    place = objects.schema(executor, node)
    executor.authority.require(place, "USAGE")
    return place


def _table(executor: Executor, node: exp.Table, *, only_tables: bool) -> Object:
    """Return a table or view; without the word TABLE it may be a sequence too, as in PostgreSQL."""
    try:
        return objects.table(executor, node)
    except errors.UndefinedTable:
        if only_tables:
            raise
        try:
            return objects.sequence(executor, node)
        except errors.UndefinedTable:
            pass
        raise


def _wanted(executor: Executor, target: Object, nodes: Iterable[exp.Expr]) -> Iterator[Right]:
    """Yield the rights that privileges mean on an object; InvalidGrantOperation for what it has no such right."""
    known = PRIVILEGES[target.kind]
    for node in nodes:
        word = str(node.this)
        if word not in _WORDS:
            raise errors.SyntaxError(f'unrecognized privilege type "{word.lower()}"')
        if not node.expressions:
            if word != "ALL" and word not in known:
                raise errors.InvalidGrantOperation(
                    f"invalid privilege type {word} for {target.kind}", hint=f"There are {', '.join(known)}."
                )
            for privilege in known if word == "ALL" else (word,):
                yield privilege, None
            continue
        if target.kind != "table":
            raise errors.InvalidGrantOperation("column privileges are only valid for relations")
        if word != "ALL" and word not in COLUMN_PRIVILEGES:
            raise errors.InvalidGrantOperation(
                f"invalid privilege type {word} for column",
                hint=f"There are {', '.join(sorted(COLUMN_PRIVILEGES))}.",
            )
        for column in [objects.column(executor, target, named) for named in node.expressions]:
            for privilege in sorted(COLUMN_PRIVILEGES) if word == "ALL" else (word,):
                yield privilege, column

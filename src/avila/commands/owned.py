"""REASSIGN OWNED and DROP OWNED: what a role has, before the role itself is dropped."""

from __future__ import annotations

from dataclasses import replace
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.catalog.grant_changes import ReleaseRole, SetOwner
from avila.catalog.policies import DropPolicy
from avila.catalog.roles import OWNER
from avila.commands import masking, principals, tags, transaction
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner import planner
from avila.planner.dialect import generate
from avila.security.authority import Principal
from avila.storage.stores import NATIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from avila.catalog.changes import Change
    from avila.catalog.names import Object
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_ORDER = ("view", "table", "function", "sequence", "type", "schema")
"""What may need what: first goes what nothing else is made of."""
_KEPT = {"tag": tags.dropping, "masking policy": masking.dropping}
"""What only the catalog knows."""


def reassign(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Give everything that roles own to another."""
    new = principals.role(executor, plan.tree.args["expression"])
    made = []
    for role in principals.roles(executor, plan.tree.expressions):
        _require(executor, role, "reassign", f"cannot reassign ownership of objects owned by role {role}")
        executor.authority.require_member(new, "reassign objects")
        made += [SetOwner(target, new) for target in _owned(executor, role)]
    executor.change(*made)
    return ArrowAnswer.empty()


def drop(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Drop everything that roles own, and take every right that they have or gave."""
    roles = principals.roles(executor, plan.tree.expressions)
    for role in roles:
        _require(executor, role, "drop", f"cannot drop objects owned by role {role}")
    owned = {target for role in roles for target in _owned(executor, role)}
    cascade = " CASCADE" if plan.tree.args.get("behaviour") == "CASCADE" else ""
    drops = [(target.catalog, sql + cascade) for target, sql in _drops(executor, owned)]
    # One transaction writes one store; what the catalog keeps lies in the native one.
    for catalog in sorted({where for where, _ in drops} - {NATIVE}):
        _together(executor, [], [sql for where, sql in drops if where == catalog], [])
    # Policies of tables that go name other tables that go.
    policies = executor.described().row_security.policies.values()
    first = [DropPolicy(policy.name, policy.target) for policy in policies if policy.target in owned]
    changes: list[Change] = []
    for target in owned:
        if target.kind in _KEPT:
            changes += _KEPT[target.kind](target.name)
    changes += [ReleaseRole(role) for role in roles]
    _together(executor, first, [sql for where, sql in drops if where == NATIVE], changes)
    return ArrowAnswer.empty()


def _require(executor: Executor, role: str, verb: str, refusal: str) -> None:
    if role == OWNER:
        raise errors.DependentObjectsStillExist(f"{refusal} because they are required by the database")
    executor.authority.require_member(role, f"{verb} objects")


def _owned(executor: Executor, role: str) -> Iterator[Object]:
    return (target for target, owner in executor.described().grants.owners.items() if owner == role)


def _together(
    executor: Executor, first: Sequence[Change], drops: Iterable[str], changes: Sequence[Change]
) -> None:
    """Change the catalog, run statements and change it again in one transaction: the open one, or one of their own."""
    own = executor.transaction is None
    if own:
        transaction.begin(executor)
    try:
        if first:
            executor.change(*first)
        for sql in drops:
            # That the role may is known: the rights of each object need not be asked again.
            context = replace(executor.context(), principal=Principal())
            executor.run(planner.plan(planner.statements(sql)[0], context))
        if changes:
            executor.change(*changes)
    except errors.Error:
        if own:
            transaction.rollback(executor)
        raise
    if own:
        transaction.commit(executor)


def _drops(executor: Executor, owned: Iterable[Object]) -> Iterator[tuple[Object, str]]:
    """Yield the statement that drops each object, in an order in which none needs another."""
    relations = executor.context().relations
    by_kind: dict[str, list[Object]] = {kind: [] for kind in _ORDER}
    for target in sorted(owned):
        kind = target.kind
        if kind == "table":
            kind = relations[target.catalog, target.schema, target.name].kind
        if kind in by_kind:
            by_kind[kind].append(target)
    by_kind["table"] = _referring_first(executor, by_kind["table"])
    for kind, targets in by_kind.items():
        for target in targets:
            yield target, f"DROP {_word(executor, kind, target)} {_written(target)}"


def _written(target: Object) -> str:
    parts = [part for part in (target.catalog, target.schema, target.name) if part]
    return ".".join(generate(exp.to_identifier(part, quoted=True)) for part in parts)


def _word(executor: Executor, kind: str, target: Object) -> str:
    if kind != "function":
        return kind.upper()
    makes_table = any(
        (macro.catalog.lower(), macro.schema.lower(), macro.name.lower()) == target[1:] and macro.makes_table
        for macro in executor.context().macro_definitions()
    )
    return "MACRO TABLE" if makes_table else "MACRO"


def _referring_first(executor: Executor, tables: list[Object]) -> list[Object]:
    """Return tables in an order in which none is referred to by a later one."""
    rows = executor.connection.run(
        "SELECT lower(database_name), lower(schema_name), lower(table_name), lower(referenced_table) "
        "FROM duckdb_constraints() WHERE constraint_type = 'FOREIGN KEY'"
    ).fetchall()
    known = {table[1:]: table for table in tables}
    order: TopologicalSorter[Object] = TopologicalSorter({table: set() for table in tables})
    for catalog, schema, name, referred in rows:
        referring, other = known.get((catalog, schema, name)), known.get((catalog, schema, referred))
        if referring is not None and other is not None and referring != other:
            order.add(other, referring)
    return list(order.static_order())

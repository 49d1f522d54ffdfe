"""Retention policies: who owns a table says how long its rows are kept, and older ones are deleted once a day.

They are deleted with the rights of the table's owner, whoever asks for it and when nobody does: a condition cannot look
at what its author may not see.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.catalog.names import Object
from avila.catalog.retention import CreateRetentionPolicy, DropRetentionPolicy, RetentionPolicy
from avila.commands import kept, objects
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner.dialect import generate

if TYPE_CHECKING:
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

log = logging.getLogger("avila")

_TIMES = ("DATE", "TIMESTAMP")
"""What the names of the types of points in time begin with."""


def create(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out CREATE RETENTION POLICY."""
    tree = plan.tree
    target = _owned(executor, tree.args["table"])
    name = tree.this.name.lower()
    if tree.args.get("exists") and (target, name) in executor.described().retention.policies:
        return ArrowAnswer.empty()
    column = objects.column(executor, target, tree.args["column"])
    type_ = _declared(executor, target, column)
    if not type_.startswith(_TIMES):
        raise errors.DatatypeMismatch(
            f"column {column} is of type {type_}, which is no point in time",
            hint="A retention policy goes by a column of dates or timestamps.",
        )
    where = tree.args.get("where")
    condition = None if where is None else kept.condition(executor, where, plan.statement.text, target)
    made = CreateRetentionPolicy(target, name, column, generate(tree.args["keep"]), condition)
    cutoff = executor.connection.run(f"SELECT now() - {made.keep} > now()").fetchall()
    if cutoff != [(False,)]:
        raise errors.InvalidParameterValue(f"rows cannot be kept for {made.keep}, which is no time to come")
    executor.change(made)
    return ArrowAnswer.empty()


def drop(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out DROP RETENTION POLICY."""
    tree = plan.tree
    exists = bool(tree.args.get("exists"))
    try:
        target = _owned(executor, tree.args["table"])
    except errors.UndefinedTable:
        if exists:
            return ArrowAnswer.empty()
        raise
    name = tree.this.name.lower()
    if exists and (target, name) not in executor.described().retention.policies:
        return ArrowAnswer.empty()
    executor.change(DropRetentionPolicy(target, name))
    return ArrowAnswer.empty()


def apply(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out APPLY RETENTION POLICIES: delete what is older than kept, in every table that the role owns.

    A policy that fails keeps none of the others from being applied; the first failure is raised after them.
    """
    deleted = 0
    failures: list[errors.Error] = []
    for (target, _), policy in executor.described().retention.policies.items():
        if not executor.authority.owns(target):
            continue
        try:
            deleted += _delete(executor, target, policy)
        except errors.Error as error:
            if executor.transaction is not None:
                raise
            log.warning("retention policy %s of %s: %s", policy.name, target.title, error.message)
            failures.append(error)
    if failures:
        raise failures[0]
    return ArrowAnswer.empty(deleted)


def _delete(executor: Executor, target: Object, policy: RetentionPolicy) -> int:
    """Delete the rows of a table that are older than kept, as its owner; return how many."""
    column = _quoted(policy.column)
    type_ = _declared(executor, target, policy.column)
    condition = f"{column} < CAST(now() - {policy.keep} AS {type_})"
    if policy.where is not None:
        condition += f" AND ({policy.where})"
    table = ".".join(_quoted(part) for part in (target.catalog, target.schema, target.name))
    before = executor.principal
    executor.act(replace(before, current_user=executor.described().grants.owner(target)))
    try:
        return executor.execute(f"DELETE FROM {table} WHERE {condition}").rowcount
    finally:
        executor.act(before)


def _owned(executor: Executor, node: exp.Table) -> Object:
    """Return the table that a statement names, of which the role must be the owner."""
    found = objects.relation(executor, node)
    target = Object.table(*found.key)
    executor.authority.require_owner(target)
    if found.kind == "view":
        raise errors.WrongObjectType(f'"{found.name}" is a view', hint="Name the table that it reads.")
    return target


def _quoted(name: str) -> str:
    return generate(exp.to_identifier(name, quoted=True))


def _declared(executor: Executor, target: Object, column: str) -> str:
    """Return the type of a column, to whoever reads it."""
    how = executor.described().encryption.of(target).get(column)
    return objects.columns(executor, target)[column] if how is None else how.type

"""INSERT into a table whose rows a role may not write as it likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.governance.assignments import assigned, is_default
from avila.planner.governance.names import column, qualified
from avila.planner.governance.reads import ROW, named
from avila.planner.governance.returning import returned
from avila.planner.governance.targets import cast, default_of, has_session_defaults

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from avila.kernel.base import TableColumn
    from avila.planner.governance.targets import Target

GIVEN = "avila_given"


def insert(tree: exp.Insert, target: Target) -> None:
    """Check the privileges of an INSERT, and write it so that its new rows are checked."""
    listed = [item.name for item in tree.this.expressions] if isinstance(tree.this, exp.Schema) else []
    target.require("INSERT", listed or [item.name for item in target.written])
    conflict = tree.args.get("conflict")
    updates = _updates(conflict)
    if tree.args.get("alternative") == "REPLACE":
        target.require("UPDATE")
        if target.partly:
            raise target.refuse(
                "INSERT OR REPLACE cannot be checked here", "Use ON CONFLICT … DO UPDATE SET …."
            )
    if updates:
        target.require("UPDATE", [name for name, _ in updates])
    reads = tree.args.get("returning") is not None or conflict is not None
    if reads:
        target.require_some_select()
    if conflict is not None and (keys := conflict.args.get("conflict_keys")):
        # Which rows conflict tells what their keys are.
        target.require("SELECT", [key.name for key in keys])
    session = has_session_defaults(tree, target.context)
    if not target.partly and not session:
        return
    checks = [("INSERT", True)]
    if reads:
        checks.append(("SELECT", False))
    condition = target.checks(tuple(checks))
    if condition is not None or target.encrypted or session:
        if tree.args.get("by_name"):
            raise target.refuse("INSERT … BY NAME cannot be checked here", "List the columns.")
        columns = [target.column(name) for name in listed] or list(target.written)
        _check(tree, target, columns, condition)
    if conflict is not None and updates:
        _check_conflict(conflict, target, dict(updates))
    returned(tree, target)
    _name(tree, target)


def _check(
    tree: exp.Insert, target: Target, columns: Sequence[TableColumn], condition: exp.Expr | None
) -> None:
    """Make the rows a query that computes every column, and each first value only for a row that may be written."""
    rows = _rows(tree, target, columns)
    row = target.relation.name
    items: list[exp.Expr] = []
    for place, item in enumerate(target.written):
        value = target.stored(column(item.name, row), item, row)
        items.append(
            exp.alias_(target.or_error(condition, value) if place == 0 else value, item.name, quoted=True)
        )
    select = exp.Select(expressions=items, from_=exp.From(this=exp.Subquery(this=rows, alias=named(row))))
    names = [exp.to_identifier(item.name, quoted=True) for item in target.written]
    table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    tree.set("this", exp.Schema(this=table, expressions=names))
    tree.set("default", None)
    tree.set("with_", None)
    tree.set("expression", select)


def _rows(tree: exp.Insert, target: Target, columns: Sequence[TableColumn]) -> exp.Select:
    """Return the new rows whole: what was given in the columns' types, defaults, and what is generated."""
    given = {item.name.lower() for item in columns}
    source = tree.args.get("expression")
    items: list[exp.Expr] = []
    for item in target.written:
        if source is not None and item.name.lower() in given:
            value = cast(column(item.name, GIVEN), target.meant(item))
        else:
            value = target.default(item)
        items.append(exp.alias_(value, item.name, quoted=True))
    select = exp.Select(expressions=items)
    if source is not None:
        if isinstance(source, exp.Values):
            source = _values(source, target, columns)
        alias = named(GIVEN)
        alias.set("columns", [exp.to_identifier(item.name, quoted=True) for item in columns])
        inner = exp.Subquery(this=source.copy(), alias=alias)
        select.set("from_", exp.From(this=inner))
        if tree.args.get("with_") is not None:
            select.set("with_", tree.args["with_"].copy())
    return target.with_generated(select)


def _values(values: exp.Values, target: Target, columns: Sequence[TableColumn]) -> exp.Values:
    """Return VALUES with each value in its column's type, as INSERT would take it, and defaults written out."""
    rows = []
    for row in values.expressions:
        cells = [
            target.default(item) if is_default(cell) else cast(cell.copy(), target.meant(item))
            for cell, item in zip(row.expressions, columns, strict=False)
        ]
        rows.append(exp.Tuple(expressions=cells + [cell.copy() for cell in row.expressions[len(cells) :]]))
    return exp.Values(expressions=rows)


def _updates(conflict: exp.Expr | None) -> list[tuple[str, exp.Expr]]:
    return [] if conflict is None else assigned(conflict.expressions)


def _check_conflict(conflict: exp.Expr, target: Target, updates: Mapping[str, exp.Expr]) -> None:
    """Let DO UPDATE change only rows that the role may change, to rows that it may write; else it is an error."""
    if target.masks or target.encrypted:
        raise target.refuse(
            "ON CONFLICT … DO UPDATE does not go with masked or encrypted columns", "Use MERGE."
        )
    existing = target.condition(("UPDATE", "SELECT"))
    new = target.checks((("UPDATE", True), ("SELECT", False)))
    conditions = [
        part
        for part in (
            None if existing is None else substituted(existing, target, {}),
            None if new is None else substituted(new, target, updates),
        )
        if part is not None
    ]
    if not conditions:
        return
    whole = conditions[0] if len(conditions) == 1 else exp.And(this=conditions[0], expression=conditions[1])
    first = conflict.expressions[0]
    if isinstance(first.this, exp.Tuple) or is_default(first.expression):
        raise target.refuse("this form of DO UPDATE cannot be checked here", "Set the columns one by one.")
    # The kernel computes this for rows that meet no other one too.
    value = first.expression.copy()
    alone = exp.Is(this=column(ROW, target.name), expression=exp.Null())
    checked = target.or_error(whole, value.copy())
    first.set("expression", exp.Case(ifs=[exp.If(this=alone, true=value)], default=checked))


def substituted(condition: exp.Expr, target: Target, values: Mapping[str, exp.Expr]) -> exp.Expr:
    """Return a condition on a row of the table with other values in the places of some columns.

    Raises FeatureNotSupported for a condition with a subquery, in which a column may be another table's.
    """
    if any(condition.find_all(exp.Query)):
        raise target.refuse(
            "a row policy with a subquery cannot be checked in this statement",
            "Use INSERT, UPDATE or DELETE.",
        )
    replaced = {name.lower(): value for name, value in values.items()}
    for item in target.generated:
        replaced[item.name.lower()] = _replaced(cast(default_of(item), item.type), target, replaced)
    return _replaced(condition, target, replaced)


def _replaced(tree: exp.Expr, target: Target, values: Mapping[str, exp.Expr]) -> exp.Expr:
    whole = exp.Paren(this=tree)
    for node in list(whole.find_all(exp.Column)):
        value = values.get(node.name.lower())
        node.replace(column(node.name, target.name) if value is None else exp.Paren(this=value.copy()))
    return whole


def _name(tree: exp.Insert, target: Target) -> None:
    """Write the table's whole name, under the name by which the statement knows it."""
    table = qualified(target.relation, alias=target.name)
    if isinstance(tree.this, exp.Schema):
        tree.this.set("this", table)
    else:
        tree.set("this", table)

"""MERGE into a table that a role does not see all of, or may not write as it likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.governance import masks
from avila.planner.governance.assignments import assigned, is_default
from avila.planner.governance.inserts import substituted
from avila.planner.governance.names import column, qualified
from avila.planner.governance.reads import ROW, named
from avila.planner.governance.returning import returned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avila.planner.governance.targets import Target

PAIRED, GIVEN = "avila_row", "avila_given"
"""Columns that the source gets: the row of the table it is paired with, and a mark of every row that it has."""


def merge(tree: exp.Merge, target: Target) -> None:
    """Check the privileges of a MERGE, and write it so that policies and masks hold.

    The source is paired with the rows that the role sees, by a join in a query; the kernel then merges by the rows'
    identities. A row that is hidden is therefore not matched.
    """
    whens = tree.args["whens"].expressions
    for when in whens:
        _require(when, target)
    target.require_some_select()
    if not target.partly:
        return
    if target.encrypted:
        raise target.refuse(
            "MERGE into a table with encrypted columns is not supported", "Use INSERT and UPDATE."
        )
    source = tree.args["using"].alias or tree.args["using"].name
    visible = target.condition(("SELECT",))
    earlier: dict[str, list[exp.Expr]] = {}
    for when in whens:
        _mask(when, target)
        turn = _Turn(when, source, earlier)
        if target.secured and not when.args.get("source") and when.args.get("condition") is not None:
            _guard(when, turn.state.copy(), exp.false())
        _check(when, target, visible, turn)
    _pair(tree, target, source)
    returned(tree, target)
    tree.set("this", qualified(target.relation, alias=target.name))


def _require(when: exp.Expr, target: Target) -> None:
    then = when.args["then"]
    if isinstance(then, exp.Update):
        names = [name for name, _ in assigned(then.expressions)]
        target.require("UPDATE", names or [item.name for item in target.written])
    elif isinstance(then, exp.Insert):
        target.require("INSERT", _listed(then) or [item.name for item in target.written])
    elif _is_delete(then):
        target.require("DELETE")


class _Turn:
    """When a WHEN acts: the kernel computes what it writes for other rows too, hidden ones among them.

    So what is written is NULL for those; an expression of the user's never meets them.
    """

    def __init__(self, when: exp.Expr, source: str, earlier: dict[str, list[exp.Expr]]) -> None:
        state: exp.Expr
        row, given = column(PAIRED, source), column(GIVEN, source)
        present = exp.Not(this=exp.Is(this=given.copy(), expression=exp.Null()))
        paired = exp.Not(this=exp.Is(this=row, expression=exp.Null()))
        if when.args.get("matched"):
            kind, state = "matched", paired
        elif when.args.get("source"):
            kind, state = "source", exp.Is(this=given, expression=exp.Null())
        else:
            kind, state = "target", exp.And(this=present, expression=exp.Not(this=exp.Paren(this=paired)))
        self.state = state
        own = when.args.get("condition")
        before = earlier.setdefault(kind, [])
        self._not_mine = [
            exp.Not(this=exp.Paren(this=state)),
            *(condition.copy() for condition in before),
            *([] if own is None else [_not_true(own.copy())]),
        ]
        before.append(exp.true() if own is None else own.copy())

    def computed(self, value: exp.Expr, target: Target, *conditions: exp.Expr | None) -> exp.Expr:
        """Return a value that is computed only where the WHEN acts, and is an error where a condition does not hold."""
        if not target.secured:
            return value
        for condition in conditions:
            value = target.or_error(condition, value)
        branches = [exp.If(this=other.copy(), true=exp.Null()) for other in self._not_mine]
        return exp.Case(ifs=branches, default=value)


def _not_true(condition: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Anonymous(this="coalesce", expressions=[exp.Paren(this=condition), exp.false()]))


def _pair(tree: exp.Merge, target: Target, alias: str) -> None:
    """Join the source with the rows that the role sees, on the condition; then only identities are compared."""
    using = tree.args["using"]
    table = exp.Table(this=exp.to_identifier(target.name, quoted=True))
    source = target.reader.source(
        table, target.relation, target.authority.role, rows=True, commands=("SELECT",)
    )
    on = tree.args.get("on")
    if on is None:
        raise target.refuse("MERGE … USING (columns) cannot be checked here", "Write ON and a condition.")
    pairs = exp.Select(
        expressions=[
            exp.Column(this=exp.Star(), table=exp.to_identifier(alias, quoted=True)),
            exp.alias_(column(ROW, target.name), PAIRED),
            exp.alias_(exp.true(), GIVEN),
        ],
        from_=exp.From(this=using.copy()),
        joins=[exp.Join(this=source, side="LEFT", on=on.copy())],
    )
    if tree.args.get("with_") is not None:
        pairs.set("with_", tree.args["with_"].copy())
        tree.set("with_", None)
    tree.set("using", exp.Subquery(this=pairs, alias=named(alias)))
    tree.set("on", exp.EQ(this=column(ROW, target.name), expression=column(PAIRED, alias)))


def _check(when: exp.Expr, target: Target, visible: exp.Expr | None, turn: _Turn) -> None:
    """Check what one WHEN does: what is changed may be, what is written passes, and values are seen masked."""
    then = when.args["then"]
    if isinstance(then, exp.Insert):
        _check_insert(then, target, turn)
        return
    if not _is_delete(then) and not isinstance(then, exp.Update):
        return
    command = "UPDATE" if isinstance(then, exp.Update) else "DELETE"
    existing = target.condition((command,))
    existing = None if existing is None else substituted(existing, target, {})
    if when.args.get("source"):
        # It is about every row of the table that nothing was paired with, hidden ones too, and knows no source.
        if isinstance(then, exp.Update) and target.secured:
            raise target.refuse(
                "UPDATE of what is not matched by the source cannot be checked", "Use UPDATE."
            )
        seen = None if visible is None else substituted(visible.copy(), target, {})
        for condition in (existing, seen):
            _guard(when, condition, exp.false())
        return
    if isinstance(then, exp.Update):
        values = dict(assigned(then.expressions))
        if not values or any(is_default(value) for value in values.values()):
            raise target.refuse(
                "this form of UPDATE in MERGE cannot be checked", "Set each column to a value."
            )
        new = target.checks((("UPDATE", True), ("SELECT", False)))
        new = None if new is None else substituted(new, target, values)
        conditions: tuple[exp.Expr | None, ...] = (new, existing)
        written = []
        for name, value in values.items():
            computed = turn.computed(value.copy(), target, *conditions)
            written.append(exp.EQ(this=column(target.column(name).name), expression=computed))
            conditions = ()
        then.set("expressions", written)
    elif existing is not None:
        _guard(when, existing, turn.computed(exp.true(), target, exp.false()), own_first=True)


def _check_insert(then: exp.Insert, target: Target, turn: _Turn) -> None:
    condition = target.checks((("INSERT", True),))
    names = _listed(then) or [item.name for item in target.written]
    cells: Sequence[exp.Expr] = then.expression.expressions if isinstance(then.expression, exp.Tuple) else []
    if len(cells) != len(names) or any(is_default(cell) for cell in cells):
        raise target.refuse(
            "this form of INSERT in MERGE cannot be checked", "List the columns and their values."
        )
    values = dict(zip(names, cells, strict=True))
    for item in target.written:
        if item.name.lower() not in {name.lower() for name in names}:
            values[item.name] = target.default(item)
    checks = None if condition is None else substituted(condition, target, values)
    for place, cell in enumerate(list(cells)):
        cell.replace(turn.computed(cell.copy(), target, checks if place == 0 else None))


def _guard(
    when: exp.Expr, condition: exp.Expr | None, otherwise: exp.Expr, *, own_first: bool = False
) -> None:
    """Let a WHEN act only where a condition holds, of which its own sees no other rows unless it comes first."""
    if condition is None:
        return
    own = when.args.get("condition")
    holds = exp.true() if own is None else own.copy()
    if own is not None and own_first:
        # A row that the WHEN is not about is no reason for an error.
        inner = exp.Case(ifs=[exp.If(this=condition, true=exp.true())], default=otherwise)
        when.set("condition", exp.Case(ifs=[exp.If(this=holds, true=inner)], default=exp.false()))
        return
    when.set("condition", exp.Case(ifs=[exp.If(this=condition, true=holds)], default=otherwise))


def _mask(when: exp.Expr, target: Target) -> None:
    """Show conditions and values the table's columns as the role sees them."""
    if not target.masks:
        return
    then = when.args["then"]
    parts = [when.args.get("condition")]
    if isinstance(then, exp.Update):
        parts.extend(item.expression for item in then.expressions)
    for part in parts:
        if part is None:
            continue
        for node in list(part.find_all(exp.Column)):
            mask = target.masks.get(node.name.lower())
            if mask is not None and node.table.lower() in {"", target.name.lower()}:
                item = target.column(node.name)
                node.replace(masks.masked(mask, item, target.context, target.name))


def _listed(then: exp.Insert) -> list[str]:
    columns = then.this
    return [item.name for item in columns.expressions] if isinstance(columns, exp.Tuple) else []


def _is_delete(then: exp.Expr) -> bool:
    return isinstance(then, exp.Delete) or (isinstance(then, exp.Var) and then.name.upper() == "DELETE")

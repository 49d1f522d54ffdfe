"""UPDATE and DELETE of a table that a role does not see all of.

Which rows are changed is decided by a query over the table as the role sees it, which gives the rows' identities and
new values; the kernel then changes exactly these. So conditions and new values see masked values and no hidden row, and
are fenced as in queries. New rows are checked where they are computed, and nowhere else: a condition of the UPDATE
itself the kernel might apply to other rows too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.governance.assignments import assigned, is_default
from avila.planner.governance.names import column, qualified
from avila.planner.governance.reads import ROW, named, whole
from avila.planner.governance.returning import returned
from avila.planner.governance.targets import cast

if TYPE_CHECKING:
    from avila.planner.governance.targets import Target

PICKED = "avila_picked"
_NEW = "avila_new_"


def update(tree: exp.Update, target: Target) -> None:
    """Check the privileges of an UPDATE, and write it so that policies and masks hold."""
    assignments = assigned(tree.expressions)
    target.require("UPDATE", [name for name, _ in assignments])
    reads = _reads(tree, target)
    if reads:
        target.require_some_select()
    if not target.partly:
        return
    commands = ("UPDATE", "SELECT") if reads else ("UPDATE",)
    items: list[exp.Expr] = [column(ROW, target.name)]
    for name, value in assignments:
        item = target.column(name)
        given = target.default(item) if is_default(value) else cast(value.copy(), target.meant(item))
        items.append(exp.alias_(given, _NEW + item.name, quoted=True))
    picked = _picked(tree, target, items, commands, reads=reads)
    checks = [("UPDATE", True), *([("SELECT", False)] if reads else [])]
    condition = target.checks(tuple(checks))
    names = [target.column(name) for name, _ in assignments]
    if condition is not None or target.encrypted:
        changed = {item.name.lower() for item in names}
        # Values about a person are encrypted anew where the row comes to name another one.
        names.extend(
            target.column(name)
            for name, how in target.encrypted.items()
            if how.subject in changed and name not in changed
        )
        picked = _checked(picked, target, changed, {item.name.lower() for item in names}, condition)
    tree.set("with_", None)
    tree.set("from_", exp.From(this=exp.Subquery(this=picked, alias=named(PICKED))))
    tree.set("where", exp.Where(this=_same_row(target)))
    tree.set(
        "expressions",
        [exp.EQ(this=column(item.name), expression=column(_NEW + item.name, PICKED)) for item in names],
    )
    returned(tree, target)
    _name(tree, target)


def delete(tree: exp.Delete, target: Target) -> None:
    """Check the privileges of a DELETE, and write it so that policies and masks hold."""
    target.require("DELETE")
    reads = _reads(tree, target)
    if reads:
        target.require_some_select()
    if not target.partly:
        return
    commands = ("DELETE", "SELECT") if reads else ("DELETE",)
    picked = _picked(tree, target, [column(ROW, target.name)], commands, reads=reads)
    tree.set("with_", None)
    tree.set("using", None)
    chosen = exp.In(this=column(ROW, target.name), query=exp.Subquery(this=picked))
    tree.set("where", exp.Where(this=chosen))
    returned(tree, target)
    _name(tree, target)


def _picked(
    tree: exp.Expr, target: Target, items: list[exp.Expr], commands: tuple[str, ...], *, reads: bool
) -> exp.Select:
    """Return the query of the rows to change; it takes the statement's other tables and its condition along."""
    table = exp.Table(this=exp.to_identifier(target.name, quoted=True))
    source = target.reader.source(
        table, target.relation, target.authority.role, rows=True, commands=commands, readable=reads
    )
    select = exp.Select(expressions=items, from_=exp.From(this=source))
    others = list(tree.args.get("using") or [])
    if tree.args.get("from_") is not None:
        others.append(tree.args["from_"].this)
    joins = [exp.Join(this=other.copy()) for other in others]
    joins.extend(join.copy() for join in tree.args.get("joins") or ())
    if joins:
        select.set("joins", joins)
    if tree.args.get("where") is not None:
        select.set("where", tree.args["where"].copy())
    if tree.args.get("with_") is not None:
        select.set("with_", tree.args["with_"].copy())
    return select


def _checked(
    picked: exp.Select, target: Target, changed: set[str], written: set[str], condition: exp.Expr | None
) -> exp.Select:
    """Return the query with every new row whole, so that what is checked is the row as it will be.

    ``changed`` are the columns that the statement sets, ``written`` those that the kernel is to write.
    Columns that are not set come from the table itself, for the role may not see them as they are.
    """
    row = target.relation.name
    old = "avila_old"
    cells: list[exp.Expr] = [column(ROW, PICKED)]
    for item in target.written:
        if item.name.lower() in changed:
            cells.append(exp.alias_(column(_NEW + item.name, PICKED), item.name, quoted=True))
        else:
            cells.append(_old(item.name, target, old))
    same = exp.EQ(this=column(ROW, old), expression=column(ROW, PICKED))
    rows = exp.Select(
        expressions=cells,
        from_=exp.From(this=exp.Subquery(this=picked, alias=named(PICKED))),
        joins=[exp.Join(this=whole(target.relation, old), on=same)],
    )
    items: list[exp.Expr] = [column(ROW, row)]
    for place, item in enumerate(each for each in target.columns if each.name.lower() in written):
        value = target.stored(column(item.name, row), item, row)
        items.append(
            exp.alias_(
                target.or_error(condition, value) if place == 0 else value, _NEW + item.name, quoted=True
            )
        )
    whole_rows = exp.Subquery(this=target.with_generated(rows), alias=named(row))
    return exp.Select(expressions=items, from_=exp.From(this=whole_rows))


def _old(name: str, target: Target, table: str) -> exp.Expr:
    """Return a column of the row as it was, as policies see it."""
    shown = target.revealed(name, table)
    return exp.alias_(shown, name, quoted=True)


def _same_row(target: Target) -> exp.Expr:
    return exp.EQ(this=column(ROW, target.name), expression=column(ROW, PICKED))


def _reads(tree: exp.Expr, target: Target) -> bool:
    """Whether a statement reads a column of the table that it writes, rather than only setting it."""
    mine = {item.name.lower() for item in target.columns}
    set_to = {id(item.this) for item in tree.expressions} if isinstance(tree, exp.Update) else set()
    returning = tree.args.get("returning")
    if returning is not None and any(returning.find_all(exp.Star)):
        return True
    return any(
        node.name.lower() in mine | {target.name.lower()} and id(node) not in set_to
        for node in tree.find_all(exp.Column)
        if node.table.lower() in {"", target.name.lower()}
        and not (isinstance(node.parent, exp.Tuple) and id(node.parent) in set_to)
    )


def _name(tree: exp.Expr, target: Target) -> None:
    """Write the table's whole name, under the name by which the statement knows it."""
    tree.set("this", qualified(target.relation, alias=target.name))

"""Masks that say USING VALUE: filters, joins and groups go by the value, and only what is shown is masked.

The query that stands for the table then has the value too, under a name that nobody can know before, and the conditions
of the SELECT that reads it use that name. Where it is not certain which table a column is of, or where the name could
come out (whole rows, COLUMNS), the column stays masked.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.governance.names import column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avila.planner.governance.masks import Mask


def used_values(table: exp.Table, mask: Mapping[str, Mask]) -> dict[str, str]:
    """Let the conditions around a table use its values; return the names under which it must have them, by column."""
    wanted = {name for name, each in mask.items() if each.policy.using_value}
    select = table.find_ancestor(exp.Select, exp.Update, exp.Delete, exp.Merge)
    if not wanted or not isinstance(select, exp.Select) or not _reads(select, table):
        return {}
    alias = str(table.alias or table.name).lower()
    names_it = any(item.name.lower() == alias for item in select.find_all(exp.Column))
    if names_it or any(select.find_all(exp.Columns)):
        return {}
    alone = not select.args.get("joins")
    names = {name: f"avila_value_{secrets.token_hex(8)}" for name in sorted(wanted)}
    used: set[str] = set()

    def replaced(node: exp.Column) -> exp.Column | None:
        name = node.name.lower()
        mine = node.table.lower() == alias or (alone and not node.table)
        if name not in names or not mine or node.args.get("db") is not None:
            return None
        used.add(name)
        return column(names[name], str(table.alias or table.name))

    for condition in _conditions(select):
        for node in list(condition.walk(prune=lambda each: isinstance(each, exp.Query))):
            if isinstance(node, exp.Column) and (value := replaced(node)) is not None:
                node.replace(value)
    group = select.args.get("group")
    for item in list(group.expressions) if isinstance(group, exp.Group) else ():
        # What is shown is made of the value, so grouping by both groups by the value.
        if isinstance(group, exp.Group) and isinstance(item, exp.Column) and (value := replaced(item)):
            group.append("expressions", value)
    shown = {name: names[name] for name in used}
    _hide(select, alias, list(shown.values()))
    return shown


def _reads(select: exp.Select, table: exp.Table) -> bool:
    """Whether a SELECT reads a table itself, rather than a subquery of its does."""
    source = select.args.get("from_")
    joined = [join.this for join in select.args.get("joins") or ()]
    sources = [None if source is None else source.this, *joined]
    return any(each is table for each in sources) and not table.args.get("pivots")


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield what filters and joins go by, each below a node that stays."""
    if select.args.get("where") is not None:
        yield select.args["where"]
    for join in select.args.get("joins") or ():
        if join.args.get("on") is not None:
            holder = exp.Paren(this=join.args["on"].copy())
            join.set("on", holder)
            yield holder


def _hide(select: exp.Select, alias: str, names: list[str]) -> None:
    """Leave the values out of every star."""
    hidden = [exp.column(exp.to_identifier(name, quoted=True)) for name in names]
    if not hidden:
        return
    for item in select.expressions:
        star = item.this if isinstance(item, exp.Column) and isinstance(item.this, exp.Star) else item
        if isinstance(star, exp.Star) and (star is item or item.table.lower() == alias):
            star.set("except_", [*(star.args.get("except_") or []), *(name.copy() for name in hidden)])
    select.meta.pop("from_first", None)
    for item in select.expressions:
        item.meta.pop("from_first", None)

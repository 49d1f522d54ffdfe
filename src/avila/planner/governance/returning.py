"""RETURNING, as a role sees the rows it has written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect import position
from avila.planner.governance import masks
from avila.planner.governance.names import column
from avila.security.authority import denied
from avila.security.columns.rewriting import reveal

if TYPE_CHECKING:
    from avila.kernel.base import TableColumn
    from avila.planner.governance.targets import Target


def returned(tree: exp.Expr, target: Target) -> None:
    """Write out what RETURNING answers; InsufficientPrivilege for a column that the role may not read."""
    returning = tree.args.get("returning")
    if returning is None:
        return
    items: list[exp.Expr] = []
    for item in returning.expressions:
        bare = item.unalias()
        if isinstance(bare, exp.Star) and not bare.args.get("except_") and not bare.args.get("replace"):
            items.extend(column(each.name, target.name) for each in target.columns)
        else:
            items.append(item)
    returning.set("expressions", items)
    known = {each.name.lower(): each for each in target.columns}
    for node in list(returning.find_all(exp.Column)):
        item = known.get(node.name.lower())
        if item is None or node.table.lower() not in {"", target.name.lower()}:
            continue
        if not target.authority.may(target.key, "SELECT", item.name.lower()):
            verdict = target.authority.may(target.key, "SELECT", item.name.lower())
            error = denied(target.key, verdict.reason)
            error.statement, error.position = target.reader.statement, position(node)
            raise error
        shown = _shown(item, target)
        if shown is None:
            continue
        if node.parent is returning:
            shown = exp.alias_(shown, item.name, quoted=True)
        node.replace(shown)


def _shown(item: TableColumn, target: Target) -> exp.Expr | None:
    """Return what stands for a column, or None when it is shown as it is."""
    name = item.name.lower()
    info = target.encrypted.get(name)
    if info is not None:
        subject = info.subject
        owner = None if subject is None else column(subject, target.name)
        if name in target.masks:
            raise target.refuse(
                f"column {item.name} is encrypted and masked, and cannot be returned", "Select it afterwards."
            )
        return reveal(column(item.name, target.name), info, owner)
    if name in target.masks:
        return masks.masked(target.masks[name], item, target.context, target.name)
    return None

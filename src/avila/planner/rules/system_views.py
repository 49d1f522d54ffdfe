"""Avila's own views, ``avila.sessions`` and the like, become calls of the table functions that answer them.

What they show is not in the kernel: each is made for the session that asks when its statement runs, and shows what that
session's role may see.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila.catalog.functions import OWN_SCHEMA
from avila.planner.dialect import nodes
from avila.planner.rules.bind_tables import targets
from avila.planner.scope import tables

if TYPE_CHECKING:
    from avila.planner.plan import Context, Plan


def system_views(plan: Plan, context: Context) -> Plan:
    """Replace the views by calls, under the names that statements know them by."""
    if not any(_view(table, context) for table in tables(plan.tree)):
        return plan
    tree = plan.tree.copy()
    written = {id(table) for table in targets(tree)}
    for table in list(tables(tree)):
        view = _view(table, context)
        if view is None or id(table) in written:
            continue
        arguments = table.this.expressions if isinstance(table.this, exp.Anonymous) else []
        if not table.args.get("alias"):
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.this.name)))
        table.set("this", exp.Anonymous(this=view, expressions=arguments))
        table.set("db", None)
        table.set("catalog", None)
        if isinstance(table.parent, nodes.ShowStatement):  # which names a table, and takes a query as well
            table.parent.set("this", exp.Select(expressions=[exp.Star()], from_=exp.From(this=table)))
    return replace(plan, tree=tree)


def _view(table: exp.Table, context: Context) -> str | None:
    """Return the table function that answers a view; None when the name is something else."""
    if table.db.lower() != OWN_SCHEMA or table.catalog.lower() not in {"", "native"} or not table.this:
        return None
    name = f"{OWN_SCHEMA}.{table.this.name.lower()}"
    return name if name in context.functions.tables else None

"""Keys that the kernel's own functions would show are shown to nobody, superusers among them.

The kernel attaches the lake with its key as an option, and lists the options of every database; and the lake lists its
files with theirs. Who may see everything in a database has no need of its keys, which would open a stolen copy.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from avila.planner.dialect import nodes, parse
from avila.planner.governance.views import place
from avila.planner.rules.bind_tables import resolve, targets
from avila.planner.scope import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.planner.plan import Context, Plan

KEYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "duckdb_databases": ("options",),
    "ducklake_list_files": ("data_file_encryption_key", "delete_file_encryption_key"),
})  # fmt: skip
"""The columns that hold keys, by the table function that shows them; a view of the same name shows them too."""


def hidden_keys(plan: Plan, context: Context) -> Plan:
    """Put NULL in the place of keys, in what definitions keep too."""
    if not any(_name(table, context) for table in tables(plan.tree)):
        return plan
    tree = plan.tree.copy()
    written = {id(table) for table in targets(tree)}
    for table in list(tables(tree)):
        name = _name(table, context)
        if name is not None and id(table) not in written:
            _hide(table, name)
    return replace(plan, tree=tree)


def _name(table: exp.Table, context: Context) -> str | None:
    """Return the function whose keys a table shows, by a call or as the kernel's view of it; None for all others."""
    if isinstance(table.this, exp.Anonymous):
        name = table.this.name.lower()
        return name if name in KEYS else None
    if not isinstance(table.this, exp.Identifier) or table.name.lower() not in KEYS:
        return None
    relation = resolve(table, context)
    return relation.name if relation is not None and relation.internal else None


def _hide(table: exp.Table, name: str) -> None:
    hidden = ", ".join(f'CASE WHEN false THEN "{column}" END AS "{column}"' for column in KEYS[name])
    query = parse(f"SELECT * REPLACE ({hidden}) FROM x")[0]
    shown = exp.Table(this=table.this.copy(), db=table.args.get("db"), catalog=table.args.get("catalog"))
    query.args["from_"].set("this", shown)
    if isinstance(table.parent, nodes.ShowStatement):  # which names a table, and takes a query as well
        table.parent.set("this", query)
        return
    alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(name))
    place(table, exp.Subquery(this=query, alias=alias.copy()))

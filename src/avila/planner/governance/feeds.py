"""The lake's change feed, as a role sees the table that it is about.

``table_changes('lake', 'main', 'visit', 1, 5)`` shows rows of a table under another name, so the grants, policies and
masks of the table hold for it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.governance import masks, policies
from avila.planner.governance.names import column, object_of
from avila.planner.governance.structs import whole_structs
from avila.planner.governance.views import place
from avila.security.authority import denied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avila.kernel.base import Relation
    from avila.planner.governance.reads import Reader

_NAMED = frozenset({"ducklake_table_changes", "ducklake_table_insertions", "ducklake_table_deletions"})
FEEDS = _NAMED | {"table_changes", "table_insertions", "table_deletions"}
"""Table functions whose rows are a table's."""
_OWN = ("snapshot_id", "rowid", "change_type")


def govern_feeds(tree: exp.Expr, reader: Reader) -> None:
    """Put a query over each call of a feed, with what holds for its table."""
    for table in list(tree.find_all(exp.Table)):
        if isinstance(table.this, exp.Anonymous) and table.this.name.lower() in FEEDS:
            _govern(table, reader)


def _govern(table: exp.Table, reader: Reader) -> None:
    relation = _relation(table, reader)
    authority = reader.context.authority
    if authority.superuser:
        return
    target = object_of(relation)
    authority.require(target.within, "USAGE")
    verdict = authority.may(target, "SELECT")
    if not verdict:
        raise denied(target, verdict.reason)
    reader.found.touched.add(relation)
    context = reader.context
    columns = reader.context.columns()[relation.key]
    mask = masks.masks(authority, target, columns)
    condition = policies.condition(authority, target, "SELECT", context)
    if not mask and condition is None:
        return
    name = relation.name
    items: list[exp.Expr] = [
        column(own, name)
        for own in _OWN
        if own != "change_type" or table.this.name.lower().endswith("table_changes")
    ]
    for item in columns:
        masking = mask.get(item.name.lower())
        items.append(
            column(item.name, name)
            if masking is None
            else exp.alias_(masks.masked(masking, item, context, name), item.name, quoted=True)
        )
    call = exp.Table(this=table.this.copy(), alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
    for part in ("db", "catalog"):
        if table.args.get(part):
            call.set(part, table.args[part].copy())
    select = exp.Select(expressions=items, from_=exp.From(this=call))
    if condition is not None:
        select.set("where", exp.Where(this=reader.expression(condition, relation, authority.role)))
        select = whole_structs(reader.fence(select, name), columns, name)
    alias = table.args.get("alias")
    shown = alias.copy() if alias is not None else exp.TableAlias(this=exp.to_identifier(table.this.name))
    place(table, exp.Subquery(this=select, alias=shown))


def _relation(table: exp.Table, reader: Reader) -> Relation:
    texts: Sequence[str] = [
        str(item.this) for item in table.this.expressions if isinstance(item, exp.Literal) and item.is_string
    ]
    if table.this.name.lower() in _NAMED:
        catalog, schema, name = (*texts, "", "", "")[:3]
    else:
        catalog, schema, name = "lake", "main", texts[0] if texts else ""
    if table.catalog or table.db:
        catalog = (table.catalog or table.db).lower()
        schema = table.db.lower() if table.catalog else "main"
    relation = reader.context.relations.get((catalog.lower(), schema.lower(), name.lower()))
    if relation is None:
        raise errors.UndefinedTable(
            f"{table.this.name}() is about a table {name or '?'} that does not exist",
            hint="Its arguments must be constants, so that the table can be checked.",
            statement=reader.statement,
        )
    return relation

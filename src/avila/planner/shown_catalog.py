"""The queries that show a role the kernel's catalog: listings with the rows it may see, and views made of those."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.catalog_views import DERIVED, LISTINGS
from avila.planner.dialect import parse
from avila.planner.scope import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from avila.planner.catalog_views import CatalogView

    Condition = Callable[[CatalogView], str]
    ViewName = tuple[str, str]


def shown_listing(view: CatalogView, condition: Condition) -> exp.Select:
    """Return the rows of a listing for which the condition holds, with NULL in what is hidden."""
    hidden = ", ".join(f'CASE WHEN false THEN "{column}" END AS "{column}"' for column in sorted(view.hidden))
    replaced = f" REPLACE ({hidden})" if hidden else ""
    text = f"SELECT *{replaced} FROM {view.listing}() WHERE {condition(view)}"
    query = parse(text)[0]
    if not isinstance(query, exp.Select):
        raise TypeError(text)
    return query


def shown_view(name: ViewName, definitions: Mapping[ViewName, str], condition: Condition) -> exp.Query:
    """Return a system view's own query, over listings that are shown.

    ``definitions`` are the kernel's: the texts in ``duckdb_views()`` by schema and name.
    """
    query = parse(definitions[name])[0].expression.copy()
    if not isinstance(query, exp.Query):
        raise TypeError(definitions[name])
    for table in list(tables(query)):
        inner = _shown(table, definitions, condition)
        if inner is not None:
            alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.this.name))
            table.replace(exp.Subquery(this=inner, alias=alias))
    return query


def _shown(
    table: exp.Table, definitions: Mapping[ViewName, str], condition: Condition
) -> exp.Query | exp.Select | None:
    if isinstance(table.this, exp.Anonymous):
        view = LISTINGS.get(table.this.name.lower())
        return None if view is None else shown_listing(view, condition)
    name = (table.db or "main", table.name)
    return shown_view(name, definitions, condition) if name in DERIVED else None

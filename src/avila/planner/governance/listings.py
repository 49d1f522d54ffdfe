"""The kernel's catalog, as far as a role may see it: its listings are filtered, views of them written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.catalog.names import Object
from avila.planner.catalog_views import DERIVED, LISTINGS, SUPERUSER_VIEWS, CatalogView
from avila.planner.dialect import parse, position
from avila.planner.governance.names import object_of
from avila.planner.governance.views import place
from avila.planner.rules.bind_tables import resolve
from avila.planner.scope import tables
from avila.planner.shown_catalog import shown_listing, shown_view

if TYPE_CHECKING:
    from avila.planner.plan import Context

_EVERYBODYS = "'system', 'temp'"


def govern_listings(tree: exp.Expr, context: Context, text: str) -> None:
    """Show a role of the catalog what it may see; InsufficientPrivilege for what only superusers may."""
    if context.authority.superuser:
        return

    def condition(view: CatalogView) -> str:
        return _condition(view, context)

    for table in list(tables(tree)):
        if isinstance(table.this, exp.Anonymous):
            view = LISTINGS.get(table.this.name.lower())
            if view is not None:
                _put(table, shown_listing(view, condition), table.this.name)
            continue
        relation = resolve(table, context) if isinstance(table.this, exp.Identifier) else None
        if relation is None or not relation.internal or relation.catalog != "system":
            continue
        name = (relation.schema, relation.name)
        if name not in DERIVED:
            raise errors.InsufficientPrivilege(
                f"permission denied for view {relation.name}",
                hint=SUPERUSER_VIEWS.get(name, "No rule says what it may show."),
                statement=text,
                position=position(table),
            )
        _put(table, shown_view(name, context.system_definitions(), condition), table.name)


def listed(kind: str, context: Context) -> exp.Expr:
    """Return the query that SHOW TABLES and its like stand for."""
    queries = {
        "TABLES": (
            "SELECT name FROM (SELECT table_name AS name, database_name AS d, schema_name AS s FROM duckdb_tables() "
            "UNION ALL SELECT view_name, database_name, schema_name FROM duckdb_views()) "
            f"WHERE d IN ('{context.catalog}', 'temp') AND s = '{context.schema}' ORDER BY name"
        ),
        "SCHEMAS": (
            "SELECT database_name, schema_name FROM duckdb_schemas() WHERE NOT internal ORDER BY ALL"
        ),
        "DATABASES": "SELECT database_name FROM duckdb_databases() WHERE NOT internal ORDER BY ALL",
    }
    if kind not in queries:
        raise errors.InsufficientPrivilege(
            f"only superusers may SHOW {kind}", hint="information_schema.tables lists what you may see."
        )
    return parse(queries[kind])[0]


def _put(table: exp.Table, query: exp.Expr, name: str) -> None:
    alias = table.args.get("alias")
    shown = alias.copy() if alias is not None else exp.TableAlias(this=exp.to_identifier(name, quoted=True))
    place(table, exp.Subquery(this=query, alias=shown))


def _condition(view: CatalogView, context: Context) -> str:
    """Return which rows of a listing a role may see."""
    if view.database is None:
        return "true"
    mine = f'"{view.database}" IN ({_EVERYBODYS})'
    if view.schema is None:
        return f"{mine} OR \"{view.database}\" IN ('native', 'lake')"
    places = _among(f'"{view.database}", "{view.schema}"', _schemas(context))
    if view.name is None:
        return f"{mine} OR {places}"
    if view.listing in {"duckdb_functions", "duckdb_types", "duckdb_sequences"}:
        return f"{mine} OR {places}"
    authority = context.authority.quietly
    names = {
        (*relation.key[:2], relation.name)
        for relation in context.relations.values()
        if not relation.internal and authority.sees(object_of(relation))
    }
    columns = f'lower("{view.database}"), lower("{view.schema}"), lower("{view.name}")'
    return f"{mine} OR {_among(columns, {tuple(map(str.lower, name)) for name in names})}"


def _schemas(context: Context) -> set[tuple[str, ...]]:
    places = {relation.key[:2] for relation in context.relations.values() if not relation.internal}
    places |= {("native", "main"), ("lake", "main")}
    authority = context.authority.quietly
    return {place for place in places if authority.may(Object("schema", *place), "USAGE")}


def _among(columns: str, rows: set[tuple[str, ...]]) -> str:
    if not rows:
        return "false"
    quoted = [", ".join("'" + part.replace("'", "''") + "'" for part in row) for row in sorted(rows)]
    return f"({columns}) IN ({', '.join(f'({row})' for row in quoted)})"

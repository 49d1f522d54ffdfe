"""Objects of the catalog for relations of the kernel, and the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.catalog.names import Object

if TYPE_CHECKING:
    from avila.kernel.base import Relation
    from avila.planner.plan import Context

STORES = frozenset({"native", "lake"})
"""The catalogs that rights are about; what is attached besides, a superuser attached."""


def object_of(relation: Relation) -> Object:
    """Return what rights on a relation hang on."""
    return Object("table", *relation.key)


def schema_of(table: exp.Table, context: Context) -> Object:
    """Return the schema in which a new object of that name would lie."""
    catalog, schema = table.catalog.lower(), table.db.lower()
    if not catalog and schema in STORES | {context.catalog.lower()} and (schema != context.schema.lower()):
        catalog, schema = schema, ""
    own = not catalog or catalog == context.catalog.lower()
    return Object(
        "schema", catalog or context.catalog.lower(), schema or (context.schema.lower() if own else "main")
    )


def new_object(kind: str, table: exp.Table, context: Context) -> Object:
    """Return what a new object of that name will be."""
    place = schema_of(table, context)
    return Object(kind, place.catalog, place.schema, table.name.lower())


def qualified(relation: Relation, *, alias: str | None = None) -> exp.Table:
    """Return a table node that no WITH clause can capture."""
    table = exp.Table(
        this=exp.to_identifier(relation.name, quoted=True),
        db=exp.to_identifier(relation.schema, quoted=True),
        catalog=exp.to_identifier(relation.catalog, quoted=True),
    )
    if alias is not None:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    return table


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a column by its exact name."""
    return exp.Column(
        this=exp.to_identifier(name, quoted=True),
        table=None if table is None else exp.to_identifier(table, quoted=True),
    )

"""The objects that statements of security name, as the catalog knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.names import Object
from avila.catalog.persistence import SCHEMA as OWN_SCHEMA
from avila.planner.dialect import position
from avila.planner.rules.bind_tables import resolve
from avila.planner.suggest import suggest
from avila.storage.stores import NATIVE

if TYPE_CHECKING:
    from sqlglot import exp

    from avila.executor import Executor
    from avila.kernel.base import Relation

_PRIVATE = frozenset({"temp", "system"})
_LISTED = {
    "sequence": "SELECT database_name, schema_name, sequence_name FROM duckdb_sequences()",
    "type": "SELECT database_name, schema_name, type_name FROM duckdb_types() WHERE NOT internal",
    "function": "SELECT database_name, schema_name, function_name FROM duckdb_functions() WHERE NOT internal",
}


def relation(executor: Executor, node: exp.Table) -> Relation:
    """Return the table or view that a name means; UndefinedTable when there is none.

    Raises InsufficientPrivilege for the system's own, and without USAGE on the schema.
    """
    context = executor.context()
    found = resolve(node, context)
    if found is None and node.db.lower() == "public":
        found = resolve(_in_main(node), context)
    if found is None:
        names = [other.name for other in context.relations.values() if not other.internal]
        raise errors.UndefinedTable(
            f"table {_written(node)} does not exist",
            hint=suggest(node.name, names),
            position=position(node),
        )
    if found.internal or (found.catalog, found.schema) == (NATIVE, OWN_SCHEMA):
        raise errors.InsufficientPrivilege(f'permission denied: "{found.name}" is a system catalog')
    if found.temporary or found.catalog == "temp":
        raise errors.FeatureNotSupported(
            f"{found.name} is temporary: only its session sees it, and nobody else needs rights on it"
        )
    executor.authority.require(Object.table(*found.key).within, "USAGE")
    return found


def table(executor: Executor, node: exp.Table) -> Object:
    """Return the table or view that a name means, as the catalog knows it."""
    return Object.table(*relation(executor, node).key)


def columns(executor: Executor, target: Object) -> dict[str, str]:
    """Return the columns of a table or view with their types, in order, by folded name."""
    found = executor.context().columns()[target.catalog, target.schema, target.name]
    return {column.name.lower(): column.type for column in found}


def column(executor: Executor, target: Object, node: exp.Expr) -> str:
    """Return the folded name of a column; UndefinedColumn when the table has none of that name."""
    name: str = node.name.lower()
    known = columns(executor, target)
    if name not in known:
        raise errors.UndefinedColumn(
            f'column "{node.name}" of {target.title} does not exist',
            hint=suggest(name, known),
            position=position(node),
        )
    return name


def schema(executor: Executor, node: exp.Table) -> Object:
    """Return the schema that a name means; PostgreSQL's ``public`` is ``main`` where no schema is called so."""
    known = executor.connection.schemas()
    name = node.db.lower()
    catalog = node.catalog.lower() or executor.catalog.lower()
    if (catalog, name) not in known and name == "public":
        name = "main"
    if (catalog, name) not in known:
        raise errors.InvalidSchemaName(
            f'schema "{node.db}" does not exist',
            hint=suggest(name, [other for where, other in known if where == catalog]),
            position=position(node),
        )
    if (catalog, name) == (NATIVE, OWN_SCHEMA):
        raise errors.InsufficientPrivilege(f"the schema {OWN_SCHEMA} is kept by Avila alone")
    return Object("schema", catalog, name)


def database(executor: Executor, node: exp.Expr) -> Object:
    """Return the database that a name means: a store, or ``native`` by the name of the directory."""
    name = node.name.lower()
    layout = executor.instance.layout
    known = {catalog for catalog, _ in executor.connection.schemas()} - _PRIVATE
    if name not in known and layout is not None and name == layout.root.name.lower():
        name = NATIVE
    if name not in known:
        raise errors.InvalidCatalogName(
            f'database "{node.name}" does not exist', hint=suggest(name, known), position=position(node)
        )
    return Object("database", name)


def extension(executor: Executor, node: exp.Expr) -> Object:
    """Return the extension that a name means; UndefinedObject when it is not installed."""
    name = node.name.lower()
    if name not in executor.instance.extensions:
        raise errors.UndefinedObject(
            f'extension "{node.name}" does not exist',
            hint=suggest(name, executor.instance.extensions),
            position=position(node),
        )
    return Object("extension", "", "", name)


def sequence(executor: Executor, node: exp.Table) -> Object:
    """Return the sequence that a name means; UndefinedTable when there is none, as sequences are relations."""
    found = _found(executor, "sequence", node)
    if found is None:
        raise errors.UndefinedTable(f"sequence {_written(node)} does not exist", position=position(node))
    return found


def type_(executor: Executor, node: exp.Table) -> Object:
    """Return the user's type that a name means; UndefinedObject when there is none."""
    found = _found(executor, "type", node)
    if found is None:
        raise errors.UndefinedObject(f'type "{_written(node)}" does not exist', position=position(node))
    return found


def function(executor: Executor, node: exp.Expr) -> Object:
    """Return the function that a name means: a user's, or one that every database has.

    The overloads of a name have their rights together, as they are one object to the kernel.
    """
    name: exp.Table = node.this
    found = _found(executor, "function", name)
    if found is None and not name.db and name.name.lower() in executor.context().functions:
        return Object("function", "system", "main", name.name.lower())
    if found is None:
        raise errors.UndefinedFunction(f"function {_written(name)} does not exist", position=position(node))
    return found


def tables_in(executor: Executor, place: Object) -> list[Object]:
    """Return the tables and views of a schema."""
    return [
        Object.table(*key)
        for key, other in executor.context().relations.items()
        if key[:2] == (place.catalog, place.schema) and not other.internal and not other.temporary
    ]


def listed_in(executor: Executor, kind: str, place: Object) -> list[Object]:
    """Return the sequences or functions of a schema."""
    return [found for found in _listed(executor, kind) if found.within == place]


def _listed(executor: Executor, kind: str) -> list[Object]:
    rows = executor.connection.run(_LISTED[kind]).fetchall()
    found = [Object(kind, catalog.lower(), schema.lower(), name.lower()) for catalog, schema, name in rows]
    return [target for target in dict.fromkeys(found) if target.catalog not in _PRIVATE]


def _found(executor: Executor, kind: str, node: exp.Table) -> Object | None:
    """Return what a name means among the sequences, types or functions, searched in the kernel's order."""
    name, db, catalog = node.name.lower(), node.db.lower(), node.catalog.lower()
    here = executor.catalog.lower()
    if catalog:
        places = [(catalog, db)]
    elif db:
        places = [(here, db), (db, "main"), *([(here, "main")] if db == "public" else [])]
    else:
        places = [(here, executor.schema.lower()), (here, "main")]
    known = set(_listed(executor, kind))
    found = next((target for place in places if (target := Object(kind, *place, name)) in known), None)
    if found is not None:
        executor.authority.require(found.within, "USAGE")
    return found


def _in_main(node: exp.Table) -> exp.Table:
    moved = node.copy()
    moved.args["db"].set("this", "main")
    return moved


def _written(node: exp.Table) -> str:
    return ".".join(part for part in (node.catalog, node.db, node.name) if part)

"""Every table a statement names is looked up, as the kernel would; what is not there is an error here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.dialect import nodes, position
from avila.planner.plan import Kind, SourceCall
from avila.planner.scope import tables
from avila.planner.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.kernel.base import Relation
    from avila.planner.plan import Context, Plan

OWN_SCHEMA = "avila"
_NAMED = (nodes.CreateType, nodes.CreateMacro, nodes.CreateSequence)
SYSTEM = (("system", "main"), ("system", "pg_catalog"), ("system", "information_schema"))


def bind_tables(plan: Plan, context: Context) -> Plan:
    """Record what is read and which catalogs are written; UndefinedTable for a name that is nothing."""
    reads: set[Relation] = set()
    frames: dict[str, SourceCall] = {}
    framed: list[tuple[exp.Table, str]] = []
    tree = plan.tree.copy()
    written_to = {id(table) for table in targets(tree)}
    for table in tables(tree):
        if not isinstance(table.this, exp.Identifier | exp.Literal):
            continue
        relation = resolve(table, context)
        if relation is not None:
            if id(table) not in written_to:
                reads.add(relation)
        elif id(table) in written_to:
            continue
        elif not table.db and not table.catalog and context.frames(table.name):
            call = frames.setdefault(table.name, SourceCall(f"__avila_frame_{len(frames)}", frame=table.name))
            framed.append((table, call.slot))
        else:
            raise _undefined(table, plan, context)
    for table in targets(tree):
        _refuse_own(table, resolve(table, context), plan)
    for table, slot in framed:
        if not table.args.get("alias"):
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
        table.set("this", exp.to_identifier(slot))
    written: frozenset[str] = frozenset()
    if isinstance(tree, nodes.Call):
        written = frozenset({context.catalog})
    elif plan.kind is not Kind.QUERY:
        written = frozenset(_catalog(table, context) for table in targets(tree))
    return replace(plan, tree=tree, reads=frozenset(reads), writes=written, sources=tuple(frames.values()))


def resolve(table: exp.Table, context: Context) -> Relation | None:
    """Return the relation a name means, searched in the kernel's order; None when it is none."""
    name, db, catalog = table.name.lower(), table.db.lower(), table.catalog.lower()
    if catalog:
        candidates = [(catalog, db or "main", name)]
    elif db:
        candidates = [
            (context.catalog.lower(), db, name),
            (db, "main", name),
            ("temp", db, name),
            ("system", db, name),
        ]
    else:
        candidates = [
            ("temp", "main", name),
            (context.catalog.lower(), context.schema.lower(), name),
            (context.catalog.lower(), "main", name),
            *((system, schema, name) for system, schema in SYSTEM),
        ]
    return next((context.relations[key] for key in candidates if key in context.relations), None)


def targets(tree: exp.Expr) -> Iterator[exp.Table]:
    """Yield the tables that a statement writes or defines, rather than reads."""
    if isinstance(tree, nodes.Explain):
        yield from targets(tree.this)
        return
    if isinstance(
        tree, exp.Insert | exp.Update | exp.Delete | exp.Merge | exp.Create | exp.Alter | nodes.CommentOn
    ):
        target = tree.this
        if isinstance(target, exp.Schema | exp.Index):
            target = target.this if isinstance(target, exp.Schema) else target.args.get("table")
        if isinstance(target, exp.Table):
            yield target
        if isinstance(tree, exp.Create | exp.Alter):
            # REFERENCES names a table too, which the kernel checks; it reads nothing.
            for reference in tree.find_all(exp.Reference):
                yield from reference.find_all(exp.Table)
    elif isinstance(tree, exp.Drop):
        yield from tree.args["tables"]
    elif isinstance(tree, nodes.AnalyzeTable):
        if tree.this is not None:
            yield tree.this
    elif isinstance(tree, exp.TruncateTable):
        yield from (table for table in tree.expressions if isinstance(table, exp.Table))
    elif isinstance(tree, nodes.CopyStatement):
        if tree.args.get("is_from"):
            yield tree.this
    elif isinstance(tree, _NAMED) and isinstance(tree.this, exp.Table):
        yield tree.this


def _refuse_own(table: exp.Table, relation: Relation | None, plan: Plan) -> None:
    """Refuse to change what Avila keeps about the database."""
    schema = relation.schema if relation is not None and relation.catalog == "native" else table.db
    if schema.lower() == OWN_SCHEMA and table.catalog.lower() in {"", "native"}:
        raise errors.InsufficientPrivilege(
            f"the schema {OWN_SCHEMA} is kept by Avila alone",
            statement=plan.statement.text,
            position=position(table),
        )


def _catalog(table: exp.Table, context: Context) -> str:
    """Return the catalog a target lies in or will lie in."""
    relation = resolve(table, context)
    if relation is not None:
        return relation.catalog
    if table.catalog:
        return table.catalog.lower()
    known = {catalog for catalog, _, _ in context.relations} | {"lake"}
    return table.db.lower() if table.db.lower() in known else context.catalog


def _undefined(table: exp.Table, plan: Plan, context: Context) -> errors.UndefinedTable:
    written = ".".join(part for part in (table.catalog, table.db, table.name) if part)
    names = []
    for relation in context.relations.values():
        if not relation.internal:
            here = relation.catalog in {context.catalog, "temp"}
            names.append(relation.name if here else f"{relation.catalog}.{relation.name}")
    return errors.UndefinedTable(
        f"table {written} does not exist",
        hint=suggest(written, names),
        statement=plan.statement.text,
        position=position(table.this) if position(table) is None else position(table),
    )

"""Views are replaced by their queries, so that what they read is read with the right role's rights.

The kernel would read a view's tables as nobody in particular. Here each table that comes from a view is marked with the
role whose rights hold for it: the view's owner (definer's rights), or whoever asks, for a ``security_invoker`` view.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.dialect import parse, position
from avila.planner.governance.column_rights import Partial
from avila.planner.governance.columns import denied_column, takes_all
from avila.planner.governance.division import run_division
from avila.planner.governance.marks import ROLE
from avila.planner.governance.names import object_of, qualified
from avila.planner.governance.structs import whole_structs
from avila.planner.rules.bind_tables import resolve
from avila.planner.rules.session_values import mentions_session, with_session_values
from avila.planner.scope import tables
from avila.security.authority import denied

if TYPE_CHECKING:
    from avila.kernel.base import Relation
    from avila.planner.plan import Context

NESTED_MAX = 32


@dataclass
class Expanded:
    """What the expansion of views found: every relation that was named, and the columns that a role may not name."""

    touched: set[Relation] = field(default_factory=set)
    hidden: dict[str, str] = field(default_factory=dict)
    partial: dict[int, Partial] = field(default_factory=dict)
    """What stands for views that may be read in part, by the identity of its node."""
    barriers: list[exp.Subquery] = field(default_factory=list)
    """The views that are to be barriers: what stands for each in the tree."""


def expand(
    tree: exp.Expr, role: str, context: Context, found: Expanded, *, skip: frozenset[int] = frozenset()
) -> None:
    """Replace the views that a tree reads, and mark its tables with the role whose rights hold for them.

    ``skip`` holds the identities of tables that are written, not read. Raises InsufficientPrivilege for a view that the
    role may not read.
    """
    _expand(tree, role, context, found, skip, ())


def _expand(
    tree: exp.Expr,
    role: str,
    context: Context,
    found: Expanded,
    skip: frozenset[int],
    path: tuple[Relation, ...],
) -> None:
    for table in list(tables(tree)):
        if id(table) in skip or not isinstance(table.this, exp.Identifier):
            continue
        relation = resolve(table, context)
        if relation is None:
            continue
        found.touched.add(relation)
        table.meta[ROLE] = role
        if relation.kind == "view" and not relation.internal and context.definitions().get(relation.key):
            _expand_view(table, relation, role, context, found, path)


def _expand_view(
    table: exp.Table,
    relation: Relation,
    role: str,
    context: Context,
    found: Expanded,
    path: tuple[Relation, ...],
) -> None:
    if relation in path or len(path) >= NESTED_MAX:
        raise errors.InvalidRecursion(f"view {relation.name} reads itself")
    readable, inner_role = _rights(table, relation, role, context)
    body, names = _query(context.definitions()[relation.key])
    body = run_division(with_session_values(body, context), context)
    inside = context if relation.temporary else _inside(relation, context)
    _expand(body, inner_role, inside, found, frozenset(), (*path, relation))
    for inner in list(tables(body)):
        # The names inside are the view's own: they are written out, for outside they may mean something else.
        if isinstance(inner.this, exp.Identifier):
            meant = resolve(inner, inside)
            if meant is None:
                raise errors.UndefinedTable(f"view {relation.name} reads {inner.name}, which does not exist")
            whole = qualified(meant)
            if not inner.args.get("alias"):
                inner.set("alias", exp.TableAlias(this=exp.to_identifier(inner.name, quoted=True)))
            for part in ("this", "db", "catalog"):
                inner.set(part, whole.args[part])
    if readable is not None:
        body, names = _only(body, names, readable, relation, context), []
    barrier = context.described.views.of(object_of(relation)).security_barrier
    if barrier:
        body, names = _behind_barrier(body, names, relation, context), []
    shown = _put(table, body, names)
    if readable is not None:
        every = frozenset(item.name.lower() for item in context.columns()[relation.key])
        found.partial[id(shown)] = Partial(relation.name, every - readable, every)
        found.hidden.update(dict.fromkeys(every - readable, relation.name))
    if barrier:
        found.barriers.append(shown)


def _behind_barrier(body: exp.Expr, names: list[exp.Expr], relation: Relation, context: Context) -> exp.Expr:
    """Return a view's query with its structs whole, so that none of their fields is taken before its conditions."""
    alias = exp.TableAlias(this=exp.to_identifier(relation.name, quoted=True), columns=names or None)
    inner = exp.Select(expressions=[exp.Star()], from_=exp.From(this=exp.Subquery(this=body, alias=alias)))
    return whole_structs(inner, context.columns()[relation.key], relation.name)


def _inside(relation: Relation, context: Context) -> Context:
    """Return the context in which names in a view mean what they meant when it was made.

    The kernel looks in the view's own schema, and nothing that one session made for itself comes before.
    """
    lasting = {
        key: other for key, other in context.relations.items() if not other.temporary or other.internal
    }
    return replace(context, catalog=relation.catalog, schema=relation.schema, relations=lasting)


def _rights(
    table: exp.Table, relation: Relation, role: str, context: Context
) -> tuple[frozenset[str] | None, str]:
    """Return the columns of a view that a role may read (None for all), and the role whose rights hold inside it.

    Raises InsufficientPrivilege when the role may read none, or when the statement asks for all and it may read some.
    """
    if relation.temporary:
        return None, role  # the session's own, with the rights of whoever asks
    target = object_of(relation)
    authority = context.authority_of(role)
    authority.require(target.within, "USAGE")
    # As in PostgreSQL, the invoker is the session's role even when another view stands between.
    invoker = context.described.views.of(target).security_invoker
    inner = context.principal.current_user if invoker else context.described.grants.owner(target)
    verdict = authority.may(target, "SELECT")
    readable = authority.columns(target, "SELECT")
    if verdict or {item.name.lower() for item in context.columns()[relation.key]} <= readable:
        return None, inner
    if not readable or takes_all(table):
        error = denied(target, verdict.reason)
        error.position = position(table)
        raise error
    return readable, inner


def _only(
    body: exp.Expr, names: list[exp.Expr], readable: frozenset[str], relation: Relation, context: Context
) -> exp.Expr:
    """Return a view's query without the values of what a role may not read."""
    shown = [
        exp.column(exp.to_identifier(item.name, quoted=True))
        if item.name.lower() in readable
        else denied_column(item, relation.name)
        for item in context.columns()[relation.key]
    ]
    alias = exp.TableAlias(this=exp.to_identifier(relation.name, quoted=True), columns=names or None)
    return exp.Select(expressions=shown, from_=exp.From(this=exp.Subquery(this=body, alias=alias)))


def _put(table: exp.Table, body: exp.Expr, names: list[exp.Expr]) -> exp.Subquery:
    """Put a view's query where its name stood."""
    alias = table.args.get("alias")
    alias = (
        alias.copy() if alias is not None else exp.TableAlias(this=exp.to_identifier(table.name, quoted=True))
    )
    if names and not alias.args.get("columns"):
        alias.set("columns", [name.copy() for name in names])
    shown = exp.Subquery(this=body, alias=alias)
    place(table, shown)
    return shown


def place(table: exp.Table, subquery: exp.Subquery) -> None:
    """Put a subquery where a table stands; what hung on the table (joins, samples, pivots) hangs on it."""
    for kept in ("sample", "joins", "pivots"):
        if table.args.get(kept):
            subquery.set(kept, table.args[kept])
    parent = table.parent
    if isinstance(parent, exp.From) and isinstance(parent.parent, exp.Select):
        # FROM t and TABLE t are written for names only.
        parent.parent.meta.pop("from_first", None)
        for item in parent.parent.expressions:
            item.meta.pop("from_first", None)
    table.replace(subquery)


@lru_cache(maxsize=512)
def _query(definition: str) -> tuple[exp.Expr, list[exp.Expr]]:
    """Return the query of a view's definition, and the names it gives the columns."""
    tree = parse(definition)[0]
    target = tree.this
    names = list(target.expressions) if isinstance(target, exp.Schema) else []
    return tree.args["expression"], names


def must_expand(tree: exp.Expr, context: Context) -> bool:
    """Whether a tree reads a view that the kernel would not read as is meant, even for a superuser.

    That is so when the rights of another role hold inside it, and when it asks for what only the session knows.
    """
    roles = context.described.roles
    for table in tables(tree):
        relation = resolve(table, context) if isinstance(table.this, exp.Identifier) else None
        if (
            relation is not None
            and relation.kind == "view"
            and not relation.internal
            and not relation.temporary
        ):
            owner = context.described.grants.owner(object_of(relation))
            if owner not in roles or not roles[owner].superuser:
                return True
            if mentions_session(context.definitions()[relation.key]):
                return True
    return False

"""The columns that a role may not read of the tables and views in a statement, and the check that it names none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.governance.column_rights import ColumnRights, Partial
from avila.planner.governance.marks import ROLE
from avila.planner.governance.names import object_of
from avila.planner.rules.bind_tables import resolve, targets
from avila.planner.scope import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.planner.plan import Context


def check_columns(tree: exp.Expr, context: Context, views: Mapping[int, Partial], text: str) -> None:
    """Raise InsufficientPrivilege when a statement names a column that the role may not read.

    ``views`` are those that may be read in part, by the identity of what stands for them.
    """
    known = context.columns()
    relations = {
        id(table): relation
        for table in (*tables(tree), *targets(tree))
        if isinstance(table.this, exp.Identifier) and (relation := resolve(table, context)) is not None
    }
    partial = dict(views)
    written = {id(table) for table in targets(tree)}
    for table in (*tables(tree), *targets(tree)):
        relation = relations.get(id(table))
        if relation is None or relation.temporary or relation.internal or relation.key not in known:
            continue
        role = table.meta.get(ROLE, context.principal.current_user)
        authority, target = context.authority_of(role), object_of(relation)
        if id(table) in written:
            authority = authority.quietly  # it may be written without being read
        if authority.may(target, "SELECT"):
            continue
        every = frozenset(item.name.lower() for item in known[relation.key])
        hidden = every - authority.columns(target, "SELECT")
        partial[id(table)] = Partial(relation.name, hidden, every)
    if not partial:
        return

    def columns(table: exp.Table) -> frozenset[str] | None:
        relation = relations.get(id(table))
        found = None if relation is None else known.get(relation.key)
        return None if found is None else frozenset(item.name.lower() for item in found)

    ColumnRights(tree, partial, columns, text).check()

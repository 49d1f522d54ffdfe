"""Which tenants a statement stores something for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.rules.bind_tables import resolve, targets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.catalog.tenants import Tenant
    from avila.planner.plan import Context, Plan

_FREES = (exp.Delete, exp.Drop, exp.TruncateTable, nodes.CommentOn)
"""What stores nothing: it must be possible for a tenant that is over its bound."""


def tenants_written(plan: Plan, context: Context) -> Iterator[Tenant]:
    """Yield the tenants whose storage a statement adds to."""
    if isinstance(plan.tree, _FREES):
        return
    for table in targets(plan.tree):
        relation = resolve(table, context)
        schema = relation.schema if relation is not None else table.db or context.schema
        tenant = context.described.tenants.of(schema)
        if tenant is not None:
            yield tenant

"""avila.usage: what roles and tenants use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila.observe.usage import NOTHING
from avila.system_views.view import View
from avila.system_views.visibility import sees_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.catalog.objects import Catalog
    from avila.executor import Executor


def _rows(executor: Executor) -> Iterator[tuple[Any, ...]]:
    authority, catalog = executor.authority, executor.described()
    totals = executor.instance.governor.accounts.totals()
    stored = {
        tenant.role: executor.instance.storage.of(tenant) for tenant in catalog.tenants.tenants.values()
    }
    for role in sorted({*totals, *stored}):
        if not (sees_all(authority) or authority.acts_as(role)):
            continue
        use = totals.get(role, NOTHING)
        yield (
            tenant_of(catalog, role),
            role,
            use.statements,
            use.statement_ms,
            use.rows_returned,
            use.bytes_scanned,
            stored.get(role),
        )


def tenant_of(catalog: Catalog, role: str) -> str | None:
    """Return the tenant that a role belongs to: whose role it is, or is a member of."""
    if role not in catalog.roles:
        return None
    reached = catalog.roles.member_of(role)
    tenants = sorted(tenant.name for tenant in catalog.tenants.tenants.values() if tenant.role in reached)
    return tenants[0] if tenants else None


VIEWS = (
    View(
        "usage",
        "tenant VARCHAR, role VARCHAR, statements BIGINT, statement_ms DOUBLE, rows_returned BIGINT,"
        " bytes_scanned BIGINT, storage_bytes BIGINT",
        _rows,
        "What roles have used: their statements, the time and rows of these, the size of the tables read, and, for the"
        " role of a tenant, what is stored.",
    ),
)

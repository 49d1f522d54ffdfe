"""avila.permissions(role, object): what a role may do with a table, view or schema, and because of what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.planner.governance.explain import COLUMNS, permissions, require_may_ask
from avila.planner.governance.privilege_functions import named_object
from avila.planner.suggest import suggest
from avila.system_views.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.catalog.names import Object
    from avila.executor import Executor
    from avila.planner.governance.explain import Row
    from avila.planner.plan import Context


def _rows(executor: Executor, role: str, object: str) -> Iterator[Row]:  # noqa: A002 (SQL's own name)
    context = executor.context()
    if role.lower() not in context.described.roles:
        raise errors.UndefinedObject(
            f'role "{role}" does not exist', hint=suggest(role, context.described.roles.roles)
        )
    require_may_ask(executor.authority, role.lower())
    yield from permissions(_target(object, context), context, role.lower())


def _target(name: str, context: Context) -> Object:
    """Return the table, view or schema that a text means; UndefinedTable when there is none."""
    try:
        return named_object("table", name, context)
    except errors.UndefinedTable:
        schema = named_object("schema", name, context)
        if not any(key[:2] == (schema.catalog, schema.schema) for key in context.relations):
            raise
        return schema


VIEWS = (
    View(
        "permissions",
        ", ".join(f"{name} {'BOOLEAN' if name == 'allowed' else 'VARCHAR'}" for name in COLUMNS),
        _rows,
        "What a role may do with a table, view or schema, with the reasons: one's own role, and those one may act as.",
        "permissions(role VARCHAR, object VARCHAR)",
    ),
)

"""Avila's own views, a file a family: what a session's role may see of sessions, rights and use.

A view is a table function in the schema ``avila`` that is given the session. To add one, write a function that takes
the executor (and its parameters) and yields rows, and put its View into ``VIEWS``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from avila.system_views import audit, governance, permissions, principals, secrets, sessions, usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.functions import TableFunction
    from avila.system_views.view import View

VIEWS: tuple[View, ...] = (
    *sessions.VIEWS,
    *usage.VIEWS,
    *principals.VIEWS,
    *governance.VIEWS,
    *permissions.VIEWS,
    *audit.VIEWS,
    *secrets.VIEWS,
)

TABLES: Mapping[str, TableFunction] = MappingProxyType({
    made.signature.name: made for made in (view.function() for view in VIEWS)
})  # fmt: skip
"""The table functions of the views by name, as the planner binds them."""

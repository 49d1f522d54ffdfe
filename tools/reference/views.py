"""Avila's own views and functions about what the database knows of itself, from avila.system_views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.catalog.signature import split_top_level
from avila.system_views import VIEWS
from reference.markdown import page, table

if TYPE_CHECKING:
    from avila.system_views.view import View

INTRODUCTION = """
What the database knows of itself, as tables in the schema `avila`. Everybody may read them, and sees what is said
below; superusers and members of `pg_monitor` see everything. `information_schema` and `duckdb_…()` functions
of the kernel list the objects on which one has a right.

```sql
SELECT name, privilege, grantee FROM avila.grants WHERE grantee = 'analyst';
SELECT * FROM avila.permissions('analyst', 'star');
```
"""


def pages() -> dict[str, str]:
    """Return the page of the views."""
    parts = [INTRODUCTION]
    for view in sorted(VIEWS, key=lambda view: view.name):
        parts += [f"## avila.{view.signature or view.name}", view.doc, _columns(view)]
    return {"views.md": page("Avila's own views", *parts, label="views")}


def _columns(view: View) -> str:
    columns = (column.split(maxsplit=1) for column in split_top_level(view.columns, ","))
    return table(["Column", "Type"], [[f"`{name}`", f"`{kind}`"] for name, kind in columns])

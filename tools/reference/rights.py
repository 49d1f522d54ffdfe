"""The privileges, what PUBLIC has of them, and the predefined roles, from avila.catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.catalog.grants import COLUMN_PRIVILEGES, PRIVILEGES, for_everybody
from avila.catalog.names import Object
from avila.catalog.roles import PREDEFINED
from reference.markdown import page, table

if TYPE_CHECKING:
    from collections.abc import Mapping

INTRODUCTION = """
What `GRANT` can give. An owner has every privilege on what it owns, and may give them to others; a superuser may do
everything. What is not listed for PUBLIC, nobody has until it is granted. `avila.permissions(role, object)` says what a
role has and why: see [views](views.md).
"""

MEANINGS: Mapping[tuple[str, str], str] = {
    ("table", "SELECT"): "read it; also to name its columns in conditions of `UPDATE` and `DELETE`",
    ("table", "INSERT"): "add rows",
    ("table", "UPDATE"): "change rows",
    ("table", "DELETE"): "remove rows",
    ("table", "TRUNCATE"): "empty it; row policies do not hold for that",
    ("table", "REFERENCES"): "make foreign keys to it",
    ("table", "TRIGGER"): "nothing yet: there are no triggers",
    ("table", "MAINTAIN"): "`ANALYZE` it",
    ("sequence", "SELECT"): "`currval`",
    ("sequence", "UPDATE"): "`nextval`",
    ("sequence", "USAGE"): "`currval` and `nextval`",
    ("schema", "CREATE"): "make objects in it",
    ("schema", "USAGE"): "name what is in it",
    ("database", "CREATE"): "make schemas in the store, and tags and masking policies",
    ("database", "CONNECT"): "nothing yet: it is for connections over a network",
    ("database", "TEMPORARY"): "make temporary tables",
    ("function", "EXECUTE"): "call it",
    ("type", "USAGE"): "use it for columns",
    ("extension", "USAGE"): "call its functions",
    ("secret", "USAGE"): "use it",
}


def pages() -> dict[str, str]:
    """Return the page of the rights."""
    rows = [
        [f"`{privilege}`", kind, MEANINGS[kind, privilege], _public(kind, privilege)]
        for kind, privileges in PRIVILEGES.items()
        for privilege in privileges
    ]
    columns = ", ".join(f"`{privilege}`" for privilege in sorted(COLUMN_PRIVILEGES))
    roles = [[f"`{name}`", meaning] for name, meaning in PREDEFINED.items()]
    parts = [
        INTRODUCTION,
        table(["Privilege", "On a", "Lets a role", "PUBLIC has it"], rows),
        f"{columns} can be granted on single columns as well. A view counts as a table.",
        "## Predefined roles",
        "Membership in one gives what is said here. None of them can log in, be changed or be dropped.",
        table(["Role", "Its members"], roles),
    ]
    return {"rights.md": page("Privileges and predefined roles", *parts, label="rights")}


def _public(kind: str, privilege: str) -> str:
    if privilege not in for_everybody(Object(kind, "native", "main", "new")):
        return ""
    return "on `main` alone" if kind == "schema" else "yes"

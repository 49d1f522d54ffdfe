"""The functions of the installed extensions, a page each, and the kernel's table functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.extensions import registry
from avila.planner import governed
from reference.markdown import code, page, prose, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avila.catalog.functions import MacroFunction, ScalarFunction, TableFunction
    from avila.extensions.api import Extension

    Function = ScalarFunction | MacroFunction | TableFunction

FAMILIES = {
    "tables": ("Table functions", "Used where a table is: `SELECT … FROM name(…)`."),
    "scalars": (
        "Functions",
        "Called like the kernel's own; arguments can be given by name, and those with a default left out.",
    ),
    "macros": ("Macros", "Replaced by the expression they stand for, so they run at the kernel's own speed."),
}

GOVERNED = {
    "FILES": (
        "Files",
        "The paths they name are checked: nothing inside the directory of the database itself can be read.",
    ),
    "SQL_TEXT": (
        "SQL in a text",
        "The text must be a constant; it becomes part of the statement and is checked like it.",
    ),
    "PURE": ("Rows from arguments", "They read nothing but their arguments."),
    "CATALOG": ("What the database holds", "They list tables, columns, types, settings and functions."),
    "LAKE": (
        "The lake",
        "Snapshots, changes between snapshots, and maintenance; see [the lake](../../how-to/lake.md).",
    ),
}


def pages() -> dict[str, str]:
    """Return a page an extension, and the one of the kernel's functions."""
    extensions = registry.discover()
    made = {f"functions-{name}.md": _extension_page(found) for name, found in sorted(extensions.items())}
    return {**made, "kernel-functions.md": _kernel_page()}


def _extension_page(extension: Extension) -> str:
    parts = [f"{extension.summary}."]
    for family, (title, meaning) in FAMILIES.items():
        functions: dict[str, Function] = getattr(extension, family)
        if functions:
            parts += [f"## {title}", meaning]
        for name, function in sorted(functions.items()):
            parts += _entry(name, function)
    return page(f"Extension {extension.name}", *parts, label=f"extension-{extension.name}")


def _entry(name: str, function: Function) -> list[str]:
    lines = [f"### {name}", code(str(function.signature), "text"), prose(function.doc)]
    if function.example:
        lines.append(code(function.example, "sql"))
    if suffixes := getattr(function, "suffixes", ()):
        endings = ", ".join(f"`{suffix}`" for suffix in suffixes)
        lines.append(f"`FROM 'name'` means this function for names that end in {endings}.")
    return lines


def _kernel_page() -> str:
    parts = [
        "Avila runs on DuckDB and offers its functions: scalar, aggregate and window functions are those of "
        "[DuckDB's reference](https://duckdb.org/docs/stable/sql/functions/overview). Table functions reach "
        "further, so Avila runs only those listed here; any other is refused with `StatementNotAllowed`."
    ]
    for family, (title, meaning) in GOVERNED.items():
        names: Iterable[str] = getattr(governed, family)
        parts += [f"## {title}", meaning, "\n".join(f"- `{name}`" for name in sorted(names))]
    refused = governed.REFUSED | governed.REFUSED_TABLES
    rows: list[list[object]] = [[f"`{name}`", why] for name, why in sorted(refused.items())]
    parts += ["## Refused", "These are refused, for the reason given.", table(["Function", "Why"], rows)]
    return page("Functions of the kernel", *parts, label="kernel-functions")

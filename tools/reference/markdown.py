"""The little Markdown that the generated pages share."""

from __future__ import annotations

import inspect


def code(text: str, language: str) -> str:
    """Return a block of code."""
    return f"```{language}\n{text.strip()}\n```"


def cell(value: object) -> str:
    """Return a value as a table's cell."""
    return str(value).replace("|", "\\|").replace("\n", " ")


def table(headings: list[str], rows: list[list[object]]) -> str:
    """Return a table."""
    lines: list[list[object]] = [[*headings], ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell(value) for value in line) + " |" for line in lines)


def prose(docstring: str) -> str:
    """Return a docstring without its indentation."""
    return inspect.cleandoc(docstring)


def page(title: str, *parts: str, label: str | None = None) -> str:
    """Return a page: an optional label to link to, the title, and the parts."""
    head = f"({label})=\n# {title}" if label else f"# {title}"
    return "\n\n".join([head, *(part.strip() for part in parts if part.strip())]) + "\n"

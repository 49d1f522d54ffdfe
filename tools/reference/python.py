"""The Python API: directives for Sphinx's autodoc, one section a public class."""

from __future__ import annotations

import inspect
from importlib.util import find_spec

import avila
from reference.markdown import page

INTRODUCTION = """
`import avila` costs next to nothing: the parts are imported when they are first used. Names that are not on this page,
and names with an underscore in front, may change without notice.
"""

MODULES = {"avila.dbapi": "DB-API 2.0"}
"""Public modules beside the package itself, and what their sections are called."""


def pages() -> dict[str, str]:
    """Return the page of the Python API."""
    parts = [INTRODUCTION]
    for name in public():
        value = getattr(avila, name)
        directive = "autoclass" if inspect.isclass(value) else "autofunction"
        options = "   :members:\n   :inherited-members: BaseException\n" if inspect.isclass(value) else ""
        parts += [f"## {name}", f"```{{eval-rst}}\n.. {directive}:: {value.__module__}.{name}\n{options}```"]
    for module, title in MODULES.items():
        if find_spec(module) is not None:
            parts += [f"## {title}", f"```{{eval-rst}}\n.. automodule:: {module}\n   :members:\n```"]
    return {"python.md": page("Python", *parts, label="python")}


def public() -> list[str]:
    """Return the names that ``avila`` offers, constants left out."""
    return [name for name in avila.__all__ if not name.startswith("__") and callable(getattr(avila, name))]

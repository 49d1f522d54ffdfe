"""The Python API: directives for Sphinx's autodoc, one for each public class and function."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import avila
from avila import dbapi
from reference.markdown import page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

INTRODUCTION = """
`import avila` costs next to nothing: the parts are imported when they are first used. Names that are not on
this page, and names with an underscore in front, may change without notice.
"""

MODULES = {"avila": avila, "avila.dbapi": dbapi}


def pages() -> dict[str, str]:
    """Return the page of the Python API."""
    parts = [INTRODUCTION]
    for title, module in MODULES.items():
        parts.append(f"## {title}")
        parts += [_directive(value) for value in public(module)]
    return {"python.md": page("Python", *parts, label="python")}


def public(module: ModuleType) -> Iterator[type]:
    """Yield the classes and functions that a module offers; the errors have a page of their own."""
    for name in module.__all__:
        value = getattr(module, name)
        known_elsewhere = _is_error(value) and module is not avila
        if callable(value) and not known_elsewhere and value.__module__.startswith("avila"):
            yield value


def _is_error(value: object) -> bool:
    return inspect.isclass(value) and issubclass(value, Exception)


def _directive(value: type) -> str:
    name = f"{value.__module__}.{value.__qualname__}"
    if inspect.isclass(value):
        errors = ", ".join(sorted(member for member, held in vars(value).items() if _is_error(held)))
        options = ["   :members:", *([f"   :exclude-members: {errors}"] if errors else [])]
        return "\n".join(["```{eval-rst}", f".. autoclass:: {name}", *options, "```"])
    return f"```{{eval-rst}}\n.. autofunction:: {name}\n```"

"""Avila: one governed database for science and business data.

::

    import avila

    db = avila.connect("observatory")
    db.sql("SELECT 42 AS answer").show()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila.errors import Error

if TYPE_CHECKING:
    from avila.database import Database
    from avila.extensions.api import Extension
    from avila.opening import connect
    from avila.result import Result
    from avila.session import Session

__version__ = "0.1.0"

__all__ = ["Database", "Error", "Extension", "Result", "Session", "__version__", "connect"]

# Imported when first used: `import avila` costs next to nothing.
_HOMES = {
    "connect": "avila.opening",
    "Database": "avila.database",
    "Extension": "avila.extensions.api",
    "Result": "avila.result",
    "Session": "avila.session",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'avila' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

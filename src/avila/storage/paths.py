"""Which paths statements may name: anything the process may read, except the database's own files."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avila import errors

if TYPE_CHECKING:
    from avila.storage.layout import Layout

_WILDCARDS = "*?["


def check_path(value: Any, layout: Layout | None, statement: str | None) -> None:
    """Refuse a path, or any of a list of paths, that leads into the database directory."""
    if isinstance(value, list | tuple):
        for item in value:
            check_path(item, layout, statement)
        return
    if not isinstance(value, str):
        raise errors.DatatypeMismatch(f"a path is a text, and {value!r} is not", statement=statement)
    if layout is None or "://" in value:
        return
    root = layout.root.resolve()
    matches = glob.glob(value, recursive=True) if any(mark in value for mark in _WILDCARDS) else [value]  # noqa: PTH207
    for match in matches:
        path = Path(match).expanduser().resolve()
        if path == root or root in path.parents:
            raise errors.InsufficientPrivilege(
                f"{value} leads into the directory of the database itself",
                hint="Its tables are read by their names; put data files somewhere else.",
                statement=statement,
            )

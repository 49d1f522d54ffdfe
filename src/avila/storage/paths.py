"""Which paths statements may name: anything the process may read, except the database's own files."""

from __future__ import annotations

import glob
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avila import errors

if TYPE_CHECKING:
    from avila.storage.layout import Layout

_WILDCARDS = "*?["
_SPECIAL = (Path("/dev"), Path("/proc"), Path("/sys"))
_FILE = re.compile(r"file:(?://(?:localhost)?)?(?=/)", re.IGNORECASE)
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def _local(value: str) -> str | None:
    """Return the path on this machine that a text means, or None when it is somewhere else."""
    if _REMOTE.match(value) and not value.lower().startswith("file:"):
        return None
    return _FILE.sub("", value, count=1) if value.lower().startswith("file:") else value


def check_path(value: Any, layout: Layout | None, statement: str | None) -> None:
    """Refuse a path, or any of a list of paths, that leads into the database directory."""
    if isinstance(value, list | tuple):
        for item in value:
            check_path(item, layout, statement)
        return
    if not isinstance(value, str):
        raise errors.DatatypeMismatch(f"a path is a text, and {value!r} is not", statement=statement)
    local = _local(value)
    if local is None:
        return
    root = layout.root.resolve() if layout is not None else None
    matches = glob.glob(local, recursive=True) if any(mark in local for mark in _WILDCARDS) else [local]  # noqa: PTH207
    for match in matches:
        written = Path(match).expanduser().absolute()
        path = written.resolve()
        if any(place in {*written.parents, *path.parents} for place in _SPECIAL):
            raise errors.InsufficientPrivilege(
                f"{value} is no file but a door to the process or the machine", statement=statement
            )
        if root is not None and (path == root or root in path.parents):
            raise errors.InsufficientPrivilege(
                f"{value} leads into the directory of the database itself",
                hint="Its tables are read by their names; put data files somewhere else.",
                statement=statement,
            )

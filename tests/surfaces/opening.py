"""The ways in to a database, for suites that must hold on each of them.

A suite takes the fixture ``surface``, or calls :func:`open_surface` with a name of :data:`SURFACES` itself.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import avila
from surfaces.peer import Peer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SURFACES = ("embedded", "second-process")


@cache
def _owner() -> Peer:
    """Return the one process that owns the directories of all second-process databases; it ends with this one."""
    return Peer()


@contextmanager
def open_surface(name: str, directory: Path, **settings: Any) -> Iterator[avila.Database]:
    """Open a database over a fresh directory, by one of the ways in."""
    if name == "embedded":
        with avila.connect(directory, **settings) as database:
            assert database.owner
            yield database
        return
    owner = _owner()
    assert owner.open(directory, **settings)
    try:
        with avila.connect(directory) as database:
            assert not database.owner
            yield database
    finally:
        owner.close(directory)

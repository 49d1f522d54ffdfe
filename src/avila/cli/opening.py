"""Databases as commands open them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    from pathlib import Path

    from avila.database import Database

MEMORY = ":memory:"


def open_database(directory: Path, *, make: bool = True) -> Database:
    """Open a database; with ``make``, a new one where the directory is missing or empty, which is said."""
    from avila import connect
    from avila.cli.failure import print_note

    if str(directory) == MEMORY:
        return connect(MEMORY)
    is_new = not require(directory, make=make)
    database = connect(directory)
    if is_new:
        print_note(f"made a new database in {directory}")
    return database


def require(directory: Path, *, make: bool = False) -> bool:
    """Return whether a directory holds a database; without ``make``, InvalidCatalogName when it does not."""
    from avila.storage.layout import Layout

    there = Layout(directory.expanduser().absolute()).exists
    if not there and not make:
        raise errors.InvalidCatalogName(
            f"there is no database in {directory}", hint=f"avila shell {directory} makes one."
        )
    return there

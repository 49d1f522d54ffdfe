"""``avila.connect``: where the parts are put together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from avila import errors
from avila.database import Database
from avila.instance import Instance
from avila.server.local.owner import open_link
from avila.settings import SETTINGS, Settings
from avila.storage.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEMORY = ":memory:"


def connect(target: str | Path = MEMORY, **settings: object) -> Database:
    """Open a database: a directory, made when it is missing, or ``":memory:"``.

    A directory that another process has open is reached through that process, with the same API; when that one ends,
    the next call takes the directory over. Keyword arguments are settings, see the reference.

    Raises InvalidCatalogName for a path that is no database, ReadOnlySqlTransaction for a directory that cannot be
    written to, InvalidKey for a wrong or missing key, CorruptedDatabase for damaged files, ConfigurationError for an
    impossible setting.
    """
    text = os.fspath(target)
    if text == MEMORY:
        loaded = Settings.load(None, settings)
        links = iter((Instance.memory(loaded),))
        return Database(MEMORY, lambda: _only(links))
    if "://" in text:
        raise errors.FeatureNotSupported(
            f"{text} is a network address, and this version opens directories only",
            hint="Give the path of a directory.",
        )
    layout = Layout.claim(text)
    loaded = Settings.load(layout.settings, settings)
    wanted = {
        name: value
        for name, value in loaded.values.items()
        if SETTINGS[name].scope == "session" and loaded.origins[name] != "default"
    }
    return Database(
        str(layout.root), lambda: open_link(layout, wanted, lambda: Instance.open(layout, loaded))
    )


def _only(links: Iterator[Instance]) -> Instance:
    """Return the database in memory, once: a forked child that asks for it again cannot have it."""
    link = next(links, None)
    if link is None:
        raise errors.ConnectionDoesNotExist(
            "a database in memory belongs to the process that opened it", hint="Open a directory to share it."
        )
    return link

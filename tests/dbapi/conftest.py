"""One way in to a DB-API connection, so that the suite can be run over others too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import avila
from avila import dbapi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Connect = Callable[..., dbapi.Connection]


@pytest.fixture(params=["embedded"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Return what opens a further connection to one database."""
    opened: list[dbapi.Connection] = []
    with avila.connect() as database:

        def open_(**keywords: object) -> dbapi.Connection:
            opened.append(dbapi.connect(database, **keywords))
            return opened[-1]

        yield open_
        for connection in opened:
            connection.close()


@pytest.fixture
def connection(connect: Connect) -> dbapi.Connection:
    """Return an open connection."""
    return connect()


@pytest.fixture
def cursor(connection: dbapi.Connection) -> dbapi.Cursor:
    """Return a cursor over an empty table ``beer (name, price)``."""
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE beer (name VARCHAR, price INTEGER)")
    return cursor

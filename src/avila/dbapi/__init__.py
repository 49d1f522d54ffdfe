"""DB-API 2.0 (PEP 249) over Avila: what SQLAlchemy, pandas and every other driver-speaking tool can use.

::

    from avila import dbapi

    with dbapi.connect("observatory") as connection:       # commits at the end, or rolls back on an exception
        cursor = connection.cursor()
        cursor.execute("SELECT name FROM star WHERE mag < ?", [6.5])
        for (name,) in cursor:
            ...

Parameters are ``?`` with a sequence, or ``$name`` with a mapping. A transaction opens with the first
statement and ends with ``commit()`` or ``rollback()``; ``autocommit=True`` turns that off. Threads may share
the module and connections (each call waits for the one before), but not cursors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import avila
from avila.dbapi.connection import Connection
from avila.dbapi.cursor import Cursor
from avila.dbapi.types import (
    BINARY,
    DATETIME,
    NUMBER,
    ROWID,
    STRING,
    Binary,
    Date,
    DateFromTicks,
    Time,
    TimeFromTicks,
    Timestamp,
    TimestampFromTicks,
)
from avila.errors import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,  # noqa: A004 (PEP 249 fixes the name)
)
from avila.session import Session

if TYPE_CHECKING:
    from pathlib import Path

apilevel = "2.0"
threadsafety = 2
paramstyle = "qmark"

__all__ = [
    "BINARY", "DATETIME", "NUMBER", "ROWID", "STRING", "Binary", "Connection", "Cursor", "DataError",
    "DatabaseError", "Date", "DateFromTicks", "Error", "IntegrityError", "InterfaceError",
    "InternalError", "NotSupportedError", "OperationalError", "ProgrammingError", "Time", "TimeFromTicks",
    "Timestamp", "TimestampFromTicks", "Warning", "apilevel", "connect", "paramstyle", "threadsafety",
]  # fmt: skip


def connect(
    target: str | Path | Session = ":memory:", *, autocommit: bool = False, **settings: object
) -> Connection:
    """Open a connection: to a directory, to ``":memory:"``, or a further one to a database that is open.

    Further keyword arguments are settings, as for :func:`avila.connect`.
    """
    if isinstance(target, Session):
        if settings:
            raise InterfaceError(f"{', '.join(settings)}: the settings of an open database are fixed")
        return Connection(target.database.session(), autocommit=autocommit)
    # The database itself is a session: closing the connection closes both.
    return Connection(avila.connect(target, **settings), autocommit=autocommit)

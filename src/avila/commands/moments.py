"""Moments as statements of PostgreSQL write them, kept in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    from avila.executor import Executor

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPOKEN = re.compile(
    r"([A-Za-z]{3,9})\.? (\d{1,2}),? (?:(\d\d:\d\d(?::\d\d)?) )?(\d{4})(?: ([+-])(\d{1,2})(?::?(\d\d))?)?"
)


def moment(executor: Executor, text: str) -> str:
    """Return a moment as the catalog keeps it: in UTC, or 'infinity'; InvalidTextRepresentation when it is none.

    ``May 4 12:00:00 2015 +1`` is PostgreSQL's, as its own examples have it; the rest is the kernel's to read. Without a
    zone it is the session's.
    """
    sql = "SELECT CAST(CAST(? AS TIMESTAMPTZ) AS VARCHAR)"
    read: str = executor.connection.run(sql, [_numeric(text)]).fetchall()[0][0]
    if "infinity" in read:
        return read
    return datetime.fromisoformat(read).astimezone(UTC).isoformat(sep=" ")


def _numeric(text: str) -> str:
    """Return a moment whose month is a word as the kernel reads it."""
    parts = _SPOKEN.fullmatch(text.strip())
    if parts is None:
        return text
    month, day, clock, year, sign, hours, minutes = parts.groups()
    if month[:3].lower() not in _MONTHS:
        raise errors.InvalidTextRepresentation(f"{month} is no month")
    number = _MONTHS.index(month[:3].lower()) + 1
    zone = f"{sign}{int(hours):02}:{minutes or '00'}" if sign else ""
    return f"{year}-{number:02}-{int(day):02} {clock or '00:00:00'}{zone}"

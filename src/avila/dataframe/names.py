"""Names of tables as users write them: ``flights``, ``lake.flights``, ``lake.main."the flights"``."""

from __future__ import annotations

import re

from avila import errors

PARTS_MAX = 3

_PART = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^".]+?))\s*(\.|$)')


def split(name: str) -> tuple[str, ...]:
    """Return the parts of a name, at most three; SyntaxError when it is no name.

    A part that holds dots or quotes is written in double quotes; anything else may be, as in SQL.
    """
    parts, end, separator = [], 0, "."
    while separator == ".":
        match = _PART.match(name, end)
        if match is None:
            raise _no_name(name)
        quoted, plain, separator = match.groups()
        parts.append(quoted.replace('""', '"') if quoted is not None else plain)
        end = match.end()
    if len(parts) > PARTS_MAX:
        raise _no_name(name)
    return tuple(parts)


def _no_name(name: str) -> errors.SyntaxError:
    return errors.SyntaxError(
        f"{name!r} is not the name of a table",
        hint="Write table, schema.table or catalog.schema.table; double quotes go around a part with dots.",
    )

"""One record of the audit log: who did what, when, to which objects, and how it ended.

A record is kept as JSON with every field in one fixed order and without spaces, so that equal records are equal bytes
and anybody can read the log without Avila. Texts come normalised: whoever makes a record has put placeholders where
literals stood, and the log never looks into them.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from json.encoder import encode_basestring as quoted
from typing import NamedTuple

RECORD_BYTES_MAX = 256 * 1024
KEPT_CHARACTERS = 16 * 1024
KEPT_NAMES = 256
KEPT_NAME_CHARACTERS = 256


class Kind(StrEnum):
    """What a record tells of."""

    connection = "connection"
    disconnection = "disconnection"
    statement = "statement"
    change = "change"  # of the catalog: roles, grants, policies, tags …
    key = "key"
    privacy = "privacy"
    log = "log"  # of the log itself: it was opened, closed or repaired


class Record(NamedTuple):
    """What happened. A named tuple, because one is made for every statement and this is the cheapest frozen value."""

    kind: Kind
    time_us: int  # since 1970 in UTC: when it began
    session: int = 0
    session_user: str = ""  # who logged in
    current_user: str = ""  # whose rights were used
    action: str = ""  # the statement's or event's name: SELECT, CreateRole, rotate …
    statement: str = ""  # normalised: placeholders where literals stood
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    rows: int | None = None
    duration_us: int | None = None
    sqlstate: str = "00000"
    detail: str = ""  # JSON: the body of a change or an event, without secrets


def encode(record: Record) -> bytes:
    """Return the bytes that are kept; a record that is too long is cut, and says so.

    Raises ValueError when a field that is a number is none.
    """
    body = _json(record)
    return body if len(body) <= RECORD_BYTES_MAX else _json(_cut(record))


def encode_text(text: str) -> bytes:
    """Return a text as it stands in the bytes of a record, in quotes."""
    return quoted(text).encode("utf-8", "replace")


def _json(record: Record) -> bytes:
    # Written out by hand: json.dumps takes three times as long, and this is on the way of every statement.
    (kind, time_us, session, session_user, current_user, action, statement, reads, writes, rows, duration_us,
     sqlstate, detail) = record  # fmt: skip
    return (
        f'{{"kind":{quoted(kind)},"time_us":{time_us:d},"session":{session:d},'
        f'"session_user":{quoted(session_user)},"current_user":{quoted(current_user)},'
        f'"action":{quoted(action)},"statement":{quoted(statement)},'
        f'"reads":[{",".join(map(quoted, reads))}],"writes":[{",".join(map(quoted, writes))}],'
        f'"rows":{"null" if rows is None else format(rows, "d")},'
        f'"duration_us":{"null" if duration_us is None else format(duration_us, "d")},'
        f'"sqlstate":{quoted(sqlstate)},"detail":{quoted(detail)}}}'
    ).encode("utf-8", "replace")


def _cut(record: Record) -> Record:
    """Return the record with its long texts and lists cut, in a way that a reader sees."""
    detail = record.detail
    if len(detail) > KEPT_CHARACTERS:
        digest = hashlib.sha256(detail.encode("utf-8", "replace")).hexdigest()
        detail = json.dumps({"omitted_characters": len(detail), "sha256": digest})
    return record._replace(
        session_user=_start(record.session_user, KEPT_NAME_CHARACTERS),
        current_user=_start(record.current_user, KEPT_NAME_CHARACTERS),
        action=_start(record.action, KEPT_NAME_CHARACTERS),
        statement=_start(record.statement, KEPT_CHARACTERS),
        reads=_some(record.reads),
        writes=_some(record.writes),
        detail=detail,
    )


def _start(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def _some(names: tuple[str, ...]) -> tuple[str, ...]:
    shown = tuple(_start(name, KEPT_NAME_CHARACTERS) for name in names[:KEPT_NAMES])
    return shown if len(names) <= KEPT_NAMES else (*shown, f"… and {len(names) - KEPT_NAMES} more")

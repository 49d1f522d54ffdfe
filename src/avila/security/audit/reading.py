"""Reading the log: its records as Arrow batches, all of them or those that were asked for.

Reading takes records as they lie and proves nothing: that is what verifying is for. But nothing is left out silently.
What cannot be read comes as a row of the kind ``damaged`` that says where it lies.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from avila import errors
from avila.security.audit import frames
from avila.security.audit.folder import Folder
from avila.security.audit.record import Record, encode_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAMAGED = "damaged"
BATCH_ROWS = 16_384

# What each column holds. The SQL view and the exports have the same columns.
SCHEMA = pa.schema(
    [
        pa.field("number", pa.int64()),  # of the record, from 0; NULL where that cannot be read
        pa.field("time", pa.timestamp("us", "UTC")),  # when it began
        pa.field("kind", pa.string()),  # see record.Kind, and DAMAGED
        pa.field("action", pa.string()),
        pa.field("session", pa.int64()),
        pa.field("session_user", pa.string()),
        pa.field("current_user", pa.string()),
        pa.field("statement", pa.string()),
        pa.field("reads", pa.list_(pa.string())),
        pa.field("writes", pa.list_(pa.string())),
        pa.field("rows", pa.int64()),
        pa.field("duration_us", pa.int64()),
        pa.field("sqlstate", pa.string()),
        pa.field("detail", pa.string()),  # JSON
    ]
)
_KEYS = ["time_us" if field.name == "time" else field.name for field in SCHEMA]
_FIELDS = frozenset(Record._fields)
_UNREADABLE = (ValueError, TypeError, OverflowError)  # of Arrow's errors, each is one of these


@dataclass(frozen=True)
class Filter:
    """Which records are wanted: those that fit everything that is given."""

    kind: str | None = None
    user: str | None = None  # who logged in, or whose rights were used
    object: str | None = None  # read or written; the end of its name is enough: star, main.star
    session: int | None = None
    since_us: int | None = None
    until_us: int | None = None  # this moment is not included

    @property
    def needles(self) -> list[bytes]:
        """Bytes that a record must hold to be wanted: looking for them is cheaper than decoding it."""
        found = [] if self.user is None else [encode_text(self.user)]
        if self.kind is not None:
            found.append(b'{"kind":' + encode_text(self.kind))
        if self.object is not None:
            found.append(encode_text(self.object)[1:])
        if self.session is not None:
            found.append(f'"session":{self.session},'.encode())
        return found

    def fits(self, fields: dict[str, Any]) -> bool:
        """Whether a record is wanted. A damaged one always is: nobody knows what it was."""
        if fields["kind"] == DAMAGED:
            return True
        return (
            (self.kind is None or fields["kind"] == self.kind)
            and (self.user is None or self.user in {fields["session_user"], fields["current_user"]})
            and (self.session is None or fields["session"] == self.session)
            and (self.since_us is None or fields["time_us"] >= self.since_us)
            and (self.until_us is None or fields["time_us"] < self.until_us)
            and (self.object is None or any(map(self._names, (*fields["reads"], *fields["writes"]))))
        )

    def _names(self, name: str) -> bool:
        return name == self.object or name.endswith(f".{self.object}")


class Kept(NamedTuple):
    """A record as it is kept; None for its bytes where they are damaged."""

    number: int | None
    leaf: bytes  # its hash in the tree
    previous: bytes  # the hash that it is linked to
    body: bytes | None
    place: str  # file and offset


def read(folder: Path, wanted: Filter | None = None) -> pa.RecordBatchReader:
    """Return the records of a log as a stream of batches of :data:`SCHEMA`; all of them, or those wanted.

    Raises UndefinedFile when there is no log, IoError when it cannot be read.
    """
    where = existing(folder)
    return pa.RecordBatchReader.from_batches(SCHEMA, batches(kept(where), wanted or Filter()))


def existing(folder: Path) -> Folder:
    """Return the folder of a log that is there; UndefinedFile when it is not."""
    where = Folder(folder)
    if not where.segments():
        raise errors.UndefinedFile(f"there is no audit log in {folder}")
    return where


def kept(folder: Folder) -> Iterator[Kept]:
    """Yield every record as it is kept, in the order of the files; IoError when one cannot be read."""
    for path in folder.segments():
        try:
            data = path.read_bytes()
        except OSError as error:
            raise errors.IoError(f"{path} cannot be read: {error.strerror or error}") from error
        for piece in frames.pieces(data):
            if isinstance(piece, frames.Frame):
                if piece.type == frames.RECORD:
                    place = f"{path.name}:{piece.start}"
                    yield Kept(piece.number, piece.hash(data), piece.previous, piece.body(data), place)
            elif not piece.torn:
                yield Kept(None, b"", b"", None, f"{path.name}:{piece.start}")


def batches(records: Iterator[Kept], wanted: Filter) -> Iterator[pa.RecordBatch]:
    """Yield the records that are wanted as batches."""
    needles, part = wanted.needles, []
    for record in records:
        if record.body is not None and not all(needle in record.body for needle in needles):
            continue
        fields = _fields(record)
        if wanted.fits(fields):
            part.append(fields)
        if len(part) == BATCH_ROWS:
            yield _batch(part)
            part = []
    yield _batch(part)


def _fields(record: Kept) -> dict[str, Any]:
    """Return what a record says, by field."""
    if record.body is not None:
        try:
            fields = json.loads(record.body)
            if isinstance(fields, dict) and fields.keys() == _FIELDS:
                fields["number"] = record.number
                fields["place"] = record.place
                return fields
        except (ValueError, RecursionError):
            pass  # it is sound and no record of this format, so it is shown as damaged
    return _damaged(record.number, record.place)


def _damaged(number: int | None, place: str) -> dict[str, Any]:
    return dict.fromkeys(_FIELDS) | {
        "number": number, "kind": DAMAGED, "detail": json.dumps({"place": place}), "place": place,
    }  # fmt: skip


def _batch(part: list[dict[str, Any]]) -> pa.RecordBatch:
    try:
        return _converted(part)
    except _UNREADABLE:
        # A field of some record has a type that it cannot have: show that one as damaged, the others as they are.
        return _converted([one if _converts(one) else _damaged(one["number"], one["place"]) for one in part])


def _converts(fields: dict[str, Any]) -> bool:
    try:
        _converted([fields])
    except _UNREADABLE:
        return False
    return True


def _converted(part: list[dict[str, Any]]) -> pa.RecordBatch:
    columns = [
        pa.array([fields[key] for fields in part], field.type)
        for key, field in zip(_KEYS, SCHEMA, strict=True)
    ]
    return pa.record_batch(columns, schema=SCHEMA)

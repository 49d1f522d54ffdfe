"""Reading the log: its records as Arrow batches, all of them or those that were asked for.

Reading takes records as they lie and proves nothing: that is what verifying is for. But nothing is left out silently.
What cannot be read comes as a row of the kind ``damaged`` that says where it lies.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from avila import errors
from avila.security.audit import frames
from avila.security.audit.folder import Folder
from avila.security.audit.record import encode_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAMAGED = "damaged"
BATCH_ROWS = 16_384

# What each column holds. The exports have the same columns; the SQL view calls the two users role and acting_as.
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
_KEPT = pa.schema(
    [
        pa.field("time_us", pa.int64()) if field.name == "time" else field
        for field in SCHEMA
        if field.name != "number"
    ]
)
_MAY_BE_NULL = frozenset({"rows", "duration_us"})
_OPENING, _CLOSING = b'{"kind":"', b'"}'
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

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return what is wanted of a batch. What is damaged always is: nobody knows what it was."""
        from pyarrow import compute as pc

        tests = [
            *self._equal(pc, batch, self.kind, "kind"),
            *self._equal(pc, batch, self.user, "session_user", "current_user"),
            *self._equal(pc, batch, self.session, "session"),
        ]
        time_us = batch["time"].cast(pa.int64())
        if self.since_us is not None:
            tests.append(pc.greater_equal(time_us, self.since_us))
        if self.until_us is not None:
            tests.append(pc.less(time_us, self.until_us))
        if self.object is not None:
            objects = zip(batch["reads"].to_pylist(), batch["writes"].to_pylist(), strict=True)
            tests.append(
                pa.array([any(map(self._names, (*(r or ()), *(w or ())))) for r, w in objects], pa.bool_())
            )
        if not tests:
            return batch
        wanted = reduce(pc.and_kleene, tests)
        return batch.filter(pc.or_kleene(wanted, pc.equal(batch["kind"], DAMAGED)))

    @staticmethod
    def _equal(pc: Any, batch: pa.RecordBatch, value: str | int | None, *columns: str) -> list[Any]:
        if value is None:
            return []
        return [reduce(pc.or_kleene, [pc.equal(batch[column], value) for column in columns])]

    def _names(self, name: str) -> bool:
        return name == self.object or name.endswith(f".{self.object}")


class Kept(NamedTuple):
    """A record as it is kept; None for its bytes where they are damaged."""

    number: int | None
    previous: bytes  # the hash that it is linked to
    body: bytes | None
    file: str
    offset: int

    @property
    def place(self) -> str:
        """Where it lies."""
        return f"{self.file}:{self.offset}"


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
                    yield Kept(piece.number, piece.previous, piece.body(data), path.name, piece.start)
            elif not piece.torn:
                yield Kept(None, b"", None, path.name, piece.start)


def batches(records: Iterator[Kept], wanted: Filter) -> Iterator[pa.RecordBatch]:
    """Yield the records that are wanted as batches."""
    needles = wanted.needles
    part: list[Kept] = []
    for record in records:
        if needles and record.body is not None and not all(needle in record.body for needle in needles):
            continue
        part.append(record)
        if len(part) == BATCH_ROWS:
            yield wanted.apply(_batch(part))
            part = []
    yield wanted.apply(_batch(part))


def _batch(part: list[Kept]) -> pa.RecordBatch:
    fields = _fields(part)
    numbers = pa.chunked_array([pa.array([record.number for record in part], pa.int64())])
    times = fields["time_us"].cast(SCHEMA.field("time").type)
    table = fields.append_column("time", times).append_column("number", numbers).select(SCHEMA.names)
    (batch,) = table.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], SCHEMA)]
    return batch


def _fields(part: list[Kept]) -> pa.Table:
    """Return what records say; those that cannot be read as damaged ones, which are looked for half by half."""
    found = _parsed([record.body for record in part])
    if found is not None:
        return found
    if len(part) == 1:
        damaged = {"kind": DAMAGED, "detail": json.dumps({"place": part[0].place})}
        return pa.Table.from_pylist([dict.fromkeys(_KEPT.names) | damaged], _KEPT)
    middle = len(part) // 2
    return pa.concat_tables([_fields(part[:middle]), _fields(part[middle:])])


def _parsed(bodies: list[bytes | None]) -> pa.Table | None:
    """Return the fields of records, or None when one of them cannot be read.

    All are read as one text, so none may end within another: one that begins and ends as records do cannot, since after
    a closing brace only a text that is over goes on with an opening one.
    """
    from pyarrow import json as arrow_json

    if not bodies:
        return _KEPT.empty_table()
    if not all(body is not None and body.startswith(_OPENING) and body.endswith(_CLOSING) for body in bodies):
        return None
    text = pa.py_buffer(b"\n".join(body for body in bodies if body is not None))
    try:
        found = arrow_json.read_json(
            pa.BufferReader(text),
            arrow_json.ReadOptions(block_size=len(text) + 1, use_threads=False),
            arrow_json.ParseOptions(explicit_schema=_KEPT, unexpected_field_behavior="error"),
        )
    except _UNREADABLE:
        return None
    whole = found.num_rows == len(bodies) and all(
        found[field.name].null_count == 0 for field in _KEPT if field.name not in _MAY_BE_NULL
    )
    return found if whole else None

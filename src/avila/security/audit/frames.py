"""How records lie in a segment file: frames, each with its number and the hash of the frame before it.

A frame is a type, a checksum, the length of its body, its number, the SHA-256 of the frame before it, and its body.
The type of a record is the byte 0, which is also what RFC 6962 puts before a leaf: the leaf hash of a record is the
plain SHA-256 of its frame, and the same hash is the link of the chain. Numbers are the records'; a frame that is no
record carries the number of the record that comes next.

The checksum protects nothing from an attacker, who can compute it. It tells a damaged frame from its sound neighbours,
so that one flipped byte is reported as one bad record.
"""

from __future__ import annotations

import struct
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORD, SEGMENT, HEAD, SEAL = 0, 1, 2, 3
TYPES = frozenset({RECORD, SEGMENT, HEAD, SEAL})

_FIELDS = struct.Struct("<BIIQ32s")  # type, checksum, length of the body, number, hash of the frame before
_START = struct.Struct("<BI")
_CHECKED = struct.Struct("<IQ32s")
HEADER_BYTES = _FIELDS.size
BODY_BYTES_MAX = 2**20
NOTHING_BEFORE = bytes(32)


class Frame(NamedTuple):
    """Where a sound frame lies in its segment, and what its header says."""

    type: int
    number: int
    previous: bytes
    start: int
    end: int

    def body(self, data: bytes) -> bytes:
        """Return what the frame carries."""
        return data[self.start + HEADER_BYTES : self.end]

    def hash(self, data: bytes) -> bytes:
        """Return the link of the chain, which is the leaf hash too when this is a record."""
        return sha256(data[self.start : self.end]).digest()


class Gap(NamedTuple):
    """Bytes that are no frame. ``torn`` says that they are the beginning of one that the end of the file cuts off."""

    start: int
    end: int
    torn: bool


class Straight(NamedTuple):
    """A segment whose frames follow one another as they should."""

    leaves: list[bytes]
    marks: list[Frame]  # what is no record, in order
    number: int
    chain: bytes


def pack(kind: int, number: int, previous: bytes, body: bytes) -> bytes:
    """Return a frame."""
    checked = _CHECKED.pack(len(body), number, previous)
    return _START.pack(kind, crc32(body, crc32(checked, kind))) + checked + body


def parse(data: bytes, start: int) -> Frame | None:
    """Return the frame that begins there; None when no sound one does."""
    if len(data) - start < HEADER_BYTES:
        return None
    kind, checksum, length, number, previous = _FIELDS.unpack_from(data, start)
    end = start + HEADER_BYTES + length
    if kind not in TYPES or length > BODY_BYTES_MAX or end > len(data):
        return None
    if crc32(memoryview(data)[start + _START.size : end], kind) != checksum:
        return None
    return Frame(kind, number, previous, start, end)


def pieces(data: bytes, start: int = 0) -> Iterator[Frame | Gap]:
    """Yield everything in a segment from ``start`` on: frames where they are sound, and what lies between them."""
    while start < len(data):
        frame = parse(data, start)
        if frame is None:
            end = _next(data, start)
            yield Gap(start, end, end == len(data) and _torn(data, start))
            start = end
        else:
            yield frame
            start = frame.end


def straight(data: bytes, number: int, chain: bytes) -> Straight | None:
    """Return the hashes of a segment that is as it should be, and None for any other.

    This is the fast way through: checksums are not looked at, since hashes that fit a signed head prove more.
    """
    leaves: list[bytes] = []
    marks: list[Frame] = []
    add, unpack, digest = leaves.append, _FIELDS.unpack_from, sha256
    start, end_of_data = 0, len(data)
    last_header = end_of_data - HEADER_BYTES
    while start <= last_header:
        kind, _, length, stated, previous = unpack(data, start)
        end = start + HEADER_BYTES + length
        if previous != chain or stated != number or end > end_of_data:
            return None
        chain = digest(data[start:end]).digest()
        if kind == RECORD:
            add(chain)
            number += 1
        elif kind in TYPES:
            marks.append(Frame(kind, stated, previous, start, end))
        else:
            return None
        start = end
    return Straight(leaves, marks, number, chain) if start == end_of_data else None


def _next(data: bytes, start: int) -> int:
    """Return where the next sound frame begins, or where the data end."""
    # A damaged body leaves the length as it was, so look there first.
    if len(data) - start >= HEADER_BYTES:
        _, _, length, _, _ = _FIELDS.unpack_from(data, start)
        end = start + HEADER_BYTES + length
        if length <= BODY_BYTES_MAX and end <= len(data) and (end == len(data) or parse(data, end)):
            return int(end)
    for place in range(start + 1, len(data) - HEADER_BYTES + 1):
        if data[place] in TYPES and parse(data, place) is not None:
            return place
    return len(data)


def _torn(data: bytes, start: int) -> bool:
    """Whether the data end before the frame does that begins there, as after a write that was cut off."""
    if data[start] not in TYPES:
        return False
    if len(data) - start < HEADER_BYTES:
        return True
    _, _, length, _, _ = _FIELDS.unpack_from(data, start)
    return bool(length <= BODY_BYTES_MAX and start + HEADER_BYTES + length > len(data))

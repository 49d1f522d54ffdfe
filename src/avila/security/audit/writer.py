"""Writing groups of records: frames, the tree, the group's signed head, and the segment they go to.

A group is one write: its records and a head signed over all records so far. So what a process that was killed leaves
behind is signed up to the last whole group. A segment that has grown to its size ends with a *seal*, a head that also
carries the tree's right edge and every signature of the key.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from avila.security.audit import frames
from avila.security.audit.folder import write_all
from avila.security.audit.head import Head, SignedHead
from avila.security.audit.marks import header_body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avila.security.audit.folder import Folder
    from avila.security.audit.merkle import Edge
    from avila.security.audit.signing import Signer


@dataclass
class Position:
    """Where a log ends: what the next frame is linked to, and the place it goes to."""

    log: str
    edge: Edge
    chain: bytes
    segment: int
    offset: int
    sealed: bool  # the segment takes no more, and the next one is not there yet

    @classmethod
    def of(cls, head: Head) -> Position:
        """Return the position that a head with its edge describes."""
        return cls(head.log, head.edge, head.chain, head.segment, head.offset, sealed=False)


class Writer:
    """The one that appends to a log. Not for several threads at once."""

    def __init__(self, folder: Folder, signer: Signer, position: Position, segment_bytes: int) -> None:
        self._folder = folder
        self._signer = signer
        self._at = position
        self._segment_bytes = segment_bytes
        self._file: int | None = None
        self._dirty = False  # a write failed half way
        self._unpublished = True
        self.head: SignedHead | None = None

    def append(self, bodies: Sequence[bytes]) -> int:
        """Append records durably, as many as go into the segment, and return how many that were.

        Raises OSError when they cannot be written; nothing is appended then, and the call can be repeated.
        """
        at, file = self._at, self._segment()
        number, chain, length = at.edge.size, at.chain, at.offset
        group: list[bytes] = []
        leaves: list[bytes] = []
        for body in bodies:
            frame = frames.pack(frames.RECORD, number, chain, body)
            chain = sha256(frame).digest()
            group.append(frame)
            leaves.append(chain)
            number, length = number + 1, length + len(frame)
            if length >= self._segment_bytes:
                break
        edge = at.edge.copy()
        edge.extend(leaves)
        seals = length >= self._segment_bytes
        ending = self._ending(edge, chain, length, seals=seals)
        self._write(file, b"".join([*group, ending]))
        at.edge, at.chain, at.offset = edge, sha256(ending).digest(), length + len(ending)
        if seals:
            self.close()
            at.sealed = True
        self._unpublished = True
        return len(leaves)

    def publish(self) -> None:
        """Replace the head file by the head of now; OSError when it cannot be written, and nothing is lost then."""
        if not self._unpublished:
            return
        self._segment()
        at = self._at
        head = Head(
            at.log, at.edge.size, at.edge.root, at.chain, _now_us(), at.segment, at.offset, at.edge.peaks
        )
        signed = SignedHead.sign(head, self._signer, self._signer.public)
        self._folder.replace(self._folder.head, signed.json)
        self.head, self._unpublished = signed, False

    def close(self) -> None:
        """Close the file of the segment."""
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)

    def _ending(self, edge: Edge, chain: bytes, offset: int, *, seals: bool) -> bytes:
        at, public = self._at, self._signer.public
        head = Head(
            at.log, edge.size, edge.root, chain, _now_us(), at.segment, offset, edge.peaks if seals else ()
        )
        signed = SignedHead.sign(head, self._signer, public if seals else public.classical)
        return frames.pack(frames.SEAL if seals else frames.HEAD, edge.size, chain, signed.json)

    def _segment(self) -> int:
        """Return the open file of the segment, a new one after a seal."""
        if self._at.sealed:
            self._begin_segment()
        if self._file is None:
            self._file = os.open(self._folder.segment(self._at.segment), os.O_WRONLY)
        return self._file

    def _begin_segment(self) -> None:
        at = self._at
        number = at.edge.size
        path = self._folder.segment(number)
        frame = frames.pack(frames.SEGMENT, number, at.chain, header_body(at.log))
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            write_all(file, frame, 0)
            os.fsync(file)
            self._folder.sync()
        except OSError:
            os.close(file)
            path.unlink()
            raise
        self._file = file
        at.chain, at.segment, at.offset, at.sealed = sha256(frame).digest(), number, len(frame), False

    def _write(self, file: int, data: bytes) -> None:
        if self._dirty:
            os.ftruncate(file, self._at.offset)
        self._dirty = True
        write_all(file, data, self._at.offset)
        if hasattr(os, "fdatasync"):
            os.fdatasync(file)
        else:
            os.fsync(file)
        self._dirty = False


def _now_us() -> int:
    return time.time_ns() // 1000

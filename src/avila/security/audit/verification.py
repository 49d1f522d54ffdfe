"""Verifying a log: that every record is as it was signed, and if not, which are not.

Needed are the folder and nothing else; no key that is secret. A segment that is as it should be is gone through once,
hashing the bytes as they lie, without reading any record. Only one that is not is looked into (:mod:`diagnosis`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from avila import errors
from avila.security.audit import frames
from avila.security.audit.diagnosis import Diagnosis, Expected
from avila.security.audit.folder import Folder, segment_name
from avila.security.audit.marks import header_log, signed_head
from avila.security.audit.merkle import EMPTY_ROOT, Edge
from avila.security.audit.repairs import Repairs
from avila.security.audit.report import Damage, Findings, Report
from avila.security.audit.trust import Trust

if TYPE_CHECKING:
    from pathlib import Path

    from avila.security.audit.frames import Frame, Straight
    from avila.security.audit.head import SignedHead

_HEADER_READ = 4096


def verify(path: Path, fingerprint: str | None = None, head: SignedHead | None = None) -> Report:
    """Verify the log in a folder.

    ``fingerprint`` is that of the key that must have signed it; without it the key beside the log is believed, and the
    report says so. ``head`` is one that was kept elsewhere: only with it is a log found out that was put back whole to
    an earlier state. Raises UndefinedFile when there is no log, IoError when it cannot be read.
    """
    folder = Folder(path)
    if not (folder.segments() or folder.head.exists() or folder.key.exists()):
        raise errors.UndefinedFile(f"there is no audit log in {path}")
    try:
        return _Verification(folder, fingerprint, head).run()
    except OSError as error:
        raise errors.IoError(f"the audit log in {path} cannot be read: {error.strerror or error}") from error


class _Segment(NamedTuple):
    path: Path
    number: int  # of its first record, as its header says, or else its name
    header: Frame | None


class _Verification:
    """One way through a folder."""

    def __init__(self, folder: Folder, fingerprint: str | None, kept: SignedHead | None) -> None:
        self._folder = folder
        self._fingerprint = fingerprint
        self._kept = kept
        self._findings = Findings()
        trust = Trust(folder, fingerprint, self._findings)
        self._head, self._key = trust.head, trust.key
        self._repairs = Repairs(self._findings)
        self._number = 0
        self._chain: bytes | None = frames.NOTHING_BEFORE
        self._edge: Edge | None = Edge()  # None after a damage, until a seal says it again
        self._signed = 0
        self._log = "" if self._head is None else self._head.head.log
        self._roots: dict[int, bytes] = {0: EMPTY_ROOT}
        self._cuts = {signed.head.size for signed in (self._head, kept) if signed is not None}

    def run(self) -> Report:
        """Look at everything."""
        segments = self._order()
        if self._key is not None:
            for place, segment in enumerate(segments):
                after = segments[place + 1].number if place + 1 < len(segments) else None
                self._segment(segment, after)
            self._ends()
            self._compare_kept()
        self._repairs.compare(self._folder)
        damages = sorted(
            self._findings.damages,
            key=lambda one: (one.record is None, one.record or 0, one.file, one.offset or 0),
        )
        return Report(
            tuple(damages), tuple(self._findings.notes), self._number, min(self._signed, self._number),
            len(segments), None if self._key is None else self._key.fingerprint,
            self._fingerprint is not None, self._head,
        )  # fmt: skip

    def _damage(self, what: str, file: str, record: int | None = None, last: int | None = None) -> None:
        self._findings.damage(Damage(what, file, record, last))

    def _order(self) -> list[_Segment]:
        """Return the segments in the order of what they hold; tell of names that say otherwise."""
        found: dict[int, _Segment] = {}
        for path in self._folder.segments():
            with path.open("rb") as stream:
                start = stream.read(_HEADER_READ)
            header = frames.parse(start, 0)
            if header is not None and header.type != frames.SEGMENT:
                header = None
            if header is not None:
                number = header.number
                if path.name != segment_name(number):
                    self._damage(
                        f"the file holds the segment that begins with record {number}", path.name, number
                    )
            elif path.stem.isdecimal():
                number = int(path.stem)
            else:
                self._damage("the file is no segment", path.name)
                continue
            if number in found:
                self._damage(f"a second segment begins with record {number}", path.name)
            else:
                found[number] = _Segment(path, number, header)
        return [found[number] for number in sorted(found)]

    def _segment(self, segment: _Segment, after: int | None) -> None:
        data = segment.path.read_bytes()
        self._approach(segment, data)
        run = None if self._chain is None else frames.straight(data, self._number, self._chain)
        if run is None or not self._accept(run, data, segment, after):
            self._diagnose(data, segment, after)
        self._repairs.look(data)

    def _approach(self, segment: _Segment, data: bytes) -> None:
        """Compare where the segment says it begins with where the one before it ended."""
        header, name = segment.header, segment.path.name
        if header is None:
            return
        if not self._log:
            self._log = _log_of(header, data)
        if header.number == self._number and header.previous == self._chain:
            return
        if header.number > self._number:
            one = header.number == self._number + 1
            self._damage("is missing" if one else "are missing", name, self._number, header.number - 1)
        elif header.number < self._number:
            self._damage("are in two segments", name, header.number, self._number - 1)
        elif self._chain is not None:
            self._damage("the header is not linked to the end of the segment before it", name)
        if header.number != self._number:
            self._edge = None
        self._number, self._chain = header.number, header.previous

    def _accept(self, run: Straight, data: bytes, segment: _Segment, after: int | None) -> bool:
        """Check the signed head that covers a segment without gaps; return whether all is well."""
        types = [mark.type for mark in run.marks]
        if types[:1] != [frames.SEGMENT] or run.marks[0].start or frames.SEGMENT in types[1:]:
            return False
        ending = run.marks[-1]
        sealed = ending.type == frames.SEAL
        if frames.SEAL in types[:-1] or (sealed and ending.end != len(data)):
            return False
        if after is not None and not (sealed and after == run.number):
            return False
        size = self._number
        try:
            if header_log(run.marks[0], data) != self._log:
                return False
            # Looked at with its checksum, which no later link covers.
            if frames.parse(data, ending.start) is None or not self._head_fits(run.marks, data, segment):
                return False
            if ending.type != frames.SEGMENT:
                assert self._key is not None  # noqa: S101 (nothing is looked at without a key)
                head = signed_head(ending, data, self._key, self._log, segment.number)
                size = head.size
                if head.offset != ending.start:
                    return False
        except ValueError:
            return False
        if self._edge is not None:
            self._grow(run.leaves, size)
            if ending.type != frames.SEGMENT and self._roots[size] != head.root:
                self._damage("the signed tree is not that of the records", segment.path.name)
        elif sealed:
            self._restart(head.edge)
        self._number, self._chain, self._signed = run.number, run.chain, size
        return True

    def _head_fits(self, marks: list[Frame], data: bytes, segment: _Segment) -> bool:
        """Whether the head file's place in this segment, if it is here, is where it says."""
        if self._head is None or self._head.head.segment != segment.number:
            return True
        head = self._head.head
        before = next((mark for mark in marks if mark.end == head.offset), None)
        return before is not None and before.hash(data) == head.chain

    def _restart(self, edge: Edge | None) -> None:
        """Go on with the tree that a seal has signed, or with none."""
        self._edge = edge
        if edge is not None:
            self._roots[edge.size] = edge.root

    def _grow(self, leaves: list[bytes], size: int) -> None:
        """Let the tree grow, and remember its root wherever a head states one."""
        assert self._edge is not None  # noqa: S101 (the caller has looked)
        done, base = 0, self._edge.size
        for cut in sorted({*self._cuts, size}):
            if base + done <= cut <= base + len(leaves):
                self._edge.extend(leaves[done : cut - base])
                done = cut - base
                self._roots[cut] = self._edge.root
        self._edge.extend(leaves[done:])

    def _diagnose(self, data: bytes, segment: _Segment, after: int | None) -> None:
        head = None if self._head is None else self._head.head
        here = head is not None and head.segment == segment.number
        last = head.size if head is not None else 0
        assert self._key is not None  # noqa: S101 (nothing is looked at without a key)
        expected = Expected(
            segment.path.name, segment.number, self._number, self._chain, self._log, self._key,
            size=after if after is not None else last if here else 0,
            covered=len(data) if after is not None else head.offset if head is not None and here else 0,
        )  # fmt: skip
        found = Diagnosis(data, expected, self._findings)
        found.run()
        if expected.covered > len(data) and found.number >= expected.size:
            self._damage("the last signed head is missing", segment.path.name)
        if after is not None and found.edge is None and found.number >= after:
            self._damage("the seal is missing", segment.path.name)
        self._number, self._chain = found.number, found.chain
        self._restart(found.edge)
        self._signed = max(self._signed, found.signed)

    def _ends(self) -> None:
        """Compare where the log ends with its head file."""
        if self._head is None:
            return
        size, name = self._head.head.size, self._folder.head.name
        if self._number < size:
            one = size == self._number + 1
            self._damage(f"{'is' if one else 'are'} missing at the end", name, self._number, size - 1)
        elif size not in self._roots:
            self._findings.note("The tree could not be compared with the head file's, because of the damage.")
        elif self._roots[size] != self._head.head.root:
            self._damage("the head file's tree is not that of the records", name)
        else:
            self._signed = max(self._signed, size)

    def _compare_kept(self) -> None:
        """Compare the log with a head that was kept elsewhere."""
        if self._kept is None or self._key is None:
            return
        head, name = self._kept.head, "the head kept elsewhere"
        try:
            self._kept.check(self._key)
        except ValueError as error:
            self._damage(f"the head given is none of this log: {error}", name)
            return
        if head.log != self._log:
            self._damage("the head given is that of another log: this one was begun anew", name)
        elif head.size > self._number:
            what = "are missing at the end: the log was put back to an earlier state"
            self._damage(what, name, self._number, head.size - 1)
        elif head.size not in self._roots:
            self._findings.note("The tree could not be compared with the head given, because of the damage.")
        elif self._roots[head.size] != head.root:
            what = "are not what they were when the head given was signed"
            self._damage(what, name, 0, head.size - 1)


def _log_of(header: Frame, data: bytes) -> str:
    try:
        return header_log(header, data)
    except ValueError:
        return ""  # the diagnosis says what is wrong with the header

"""Verifying a log: that every record is as it was signed, and if not, which are not.

Needed are the folder and nothing else; no key that is secret. A segment that is as it should be is gone through once,
hashing the bytes as they lie, without reading any record. Only one that is not is looked into (:mod:`diagnosis`).
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from avila import errors
from avila.security.audit import frames
from avila.security.audit.diagnosis import Diagnosis, Expected
from avila.security.audit.folder import Folder, segment_name
from avila.security.audit.head import SignedHead
from avila.security.audit.marks import header_log, signed_head
from avila.security.audit.merkle import EMPTY_ROOT, Edge
from avila.security.audit.record import RECORD_BYTES_MAX
from avila.security.audit.report import Damage, Findings, Report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from avila.security.audit.frames import Frame, Straight
    from avila.security.audit.signing import PublicKey

_REPAIR = b'{"kind":"log",'  # cannot stand inside a text of a record, where quotes are escaped
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
        self._head = self._read_head()
        self._key = self._read_key()
        self._number = 0
        self._chain: bytes | None = frames.NOTHING_BEFORE
        self._edge: Edge | None = Edge()  # None after a damage, until a seal says it again
        self._signed = 0
        self._log = "" if self._head is None else self._head.head.log
        self._roots: dict[int, bytes] = {0: EMPTY_ROOT}
        self._cuts = {signed.head.size for signed in (self._head, kept) if signed is not None}
        self._told_aside: dict[str, str] = {}

    def run(self) -> Report:
        """Look at everything."""
        segments = self._order()
        if self._key is not None:
            for place, segment in enumerate(segments):
                after = segments[place + 1].number if place + 1 < len(segments) else None
                self._segment(segment, after)
            self._ends()
            self._compare_kept()
        self._aside()
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

    def _read_head(self) -> SignedHead | None:
        name = self._folder.head.name
        try:
            return self._folder.read_head()
        except FileNotFoundError:
            self._damage("the head file is missing", name)
        except ValueError as error:
            self._damage(f"the head file was changed: {error}", name)
        return None

    def _read_key(self) -> PublicKey | None:
        """Return the key to check with, and compare the file of the key, the head file and what was expected."""
        file, head_file = self._folder.key.name, self._folder.head.name
        stated = None if self._head is None else self._head.key
        try:
            beside = self._folder.read_key()
        except (FileNotFoundError, ValueError) as error:
            missing = isinstance(error, FileNotFoundError)
            self._damage(f"the file of the public key {'is missing' if missing else 'was changed'}", file)
            beside = None
        key = self._signing([one for one in (beside, stated) if one is not None])
        if key is None:
            return None
        if beside is not None and beside.text != key.text:
            self._damage("the file of the public key is not that of the key that signed the log", file)
        if self._fingerprint is not None and key.fingerprint != self._fingerprint:
            self._damage(
                f"the log is signed with key {key.fingerprint}, and not with {self._fingerprint}", file
            )
        if self._head is not None:
            try:
                self._head.check(key)
            except ValueError as error:
                self._damage(f"the head file was changed: {error}", head_file)
                self._head = None
        if not key.checkable:
            self._findings.note(
                "The ML-DSA signatures were not checked: the installed cryptography lacks it. The Ed25519 ones were."
            )
        return key

    def _signing(self, candidates: list[PublicKey]) -> PublicKey | None:
        """Return the key that was expected, or that signed a segment, or else the first."""
        for key in candidates:
            if key.fingerprint == self._fingerprint:
                return key
        if len({key.text for key in candidates}) > 1:
            signing = next((signed.key.classical.text for signed in self._signed_in_segments()), None)
            ours = [key for key in candidates if key.classical.text == signing]
            return next((key for key in ours if self._signed_head_file(key)), (ours or candidates)[0])
        return candidates[0] if candidates else None

    def _signed_head_file(self, key: PublicKey) -> bool:
        if self._head is None:
            return False
        try:
            self._head.check(key)
        except ValueError:
            return False
        return True

    def _signed_in_segments(self) -> Iterator[SignedHead]:
        for path in self._folder.segments():
            data = path.read_bytes()
            for piece in frames.pieces(data):
                if isinstance(piece, frames.Frame) and piece.type in {frames.HEAD, frames.SEAL}:
                    try:
                        signed = SignedHead.parse(piece.body(data))
                        signed.check(signed.key.classical)
                    except ValueError:
                        continue  # it says nothing about the key; what is wrong with it comes later
                    yield signed

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
        for place in _occurrences(data, _REPAIR):
            self._remember_aside(data, place)

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

    def _remember_aside(self, data: bytes, place: int) -> None:
        """Remember what a record of a repair says about a file that was set aside."""
        try:
            text = data[place : place + RECORD_BYTES_MAX].decode("utf-8", "replace")
            detail = json.loads(json.JSONDecoder().raw_decode(text)[0]["detail"])
            self._told_aside[detail["file"]] = detail["sha256"]
        except (ValueError, KeyError, TypeError):
            return  # another record of the log about itself, or one that is damaged, which is told elsewhere

    def _aside(self) -> None:
        """Compare what was set aside with what the log says of it."""
        told = dict(self._told_aside)
        for path in self._folder.aside():
            digest = told.pop(path.name, None)
            if digest is None:
                self._damage("no record tells of this file", path.name)
            elif sha256(path.read_bytes()).hexdigest() != digest:
                self._damage("what was set aside was changed", path.name)
        pending = {path.stem for path in self._folder.pending()}
        for name in told:
            if name.rpartition(".")[0] not in pending:
                self._damage("what was set aside is missing", name)


def _log_of(header: Frame, data: bytes) -> str:
    try:
        return header_log(header, data)
    except ValueError:
        return ""  # the diagnosis says what is wrong with the header


def _occurrences(data: bytes, text: bytes) -> Iterator[int]:
    place = data.find(text)
    while place >= 0:
        yield place
        place = data.find(text, place + 1)

"""What exactly is wrong with a segment that is not as it should be.

Every frame that is sound in itself is found again behind a damage, by its checksum. Its number says which records are
missing, changed or moved, and its link to the frame before it whether that one is what it was. Links and checksums can
be computed by anybody; signed heads cannot, so what stands between two heads that do not fit is reported as a range.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from avila.security.audit import frames
from avila.security.audit.marks import header_log, signed_head
from avila.security.audit.report import Damage

if TYPE_CHECKING:
    from avila.security.audit.frames import Frame, Gap
    from avila.security.audit.merkle import Edge
    from avila.security.audit.report import Findings
    from avila.security.audit.signing import PublicKey


@dataclass
class Expected:
    """What is known from elsewhere about a segment."""

    name: str
    segment: int  # the number in its name
    number: int  # of its first record
    chain: bytes | None  # the hash of the frame before it, when that is known
    log: str
    key: PublicKey
    size: int  # as many records are signed for by the end of this segment; 0 when that is not known
    covered: int  # as many of its bytes are; what is torn may only lie behind them


class Diagnosis:
    """One walk through a segment."""

    def __init__(self, data: bytes, expected: Expected, findings: Findings) -> None:
        self._data = data
        self._is = expected
        self._findings = findings
        self.number = expected.number  # of the record that comes next
        self.chain = expected.chain  # what the next frame is linked to; None when nobody knows
        self.signed = expected.number  # as many records are covered by a signed head that fits
        self.edge: Edge | None = None  # the tree at the end, when a seal says it
        self._last: Frame | None = None  # in order
        self._missing: list[_Missing] = []
        self._late: list[Frame] = []
        self._sealed = False

    def run(self) -> None:
        """Find everything."""
        gap: Gap | None = None
        for piece in frames.pieces(self._data):
            if isinstance(piece, frames.Gap):
                gap = piece
            else:
                self._frame(piece, gap)
                gap = None
        if gap is not None:
            self._end_with(gap)
        self._tell_of_order()

    def _frame(self, frame: Frame, gap: Gap | None) -> None:
        if self._sealed:
            self._damage("stands after the seal of its segment", frame)
        if frame.number < self.number:
            if gap is not None:
                self._junk(gap)
            self._late.append(frame)
            return
        if frame.number > self.number:
            self._lose(frame, gap)
        elif gap is not None:
            self._junk(gap)
        else:
            self._compare_link(frame)
        if frame.type != frames.RECORD:
            self._mark(frame)
        self.number = frame.number + (frame.type == frames.RECORD)
        self.chain = frame.hash(self._data)
        self._last = frame

    def _lose(self, frame: Frame, gap: Gap | None) -> None:
        """The records up to this frame are not there, or are no records any more."""
        if gap is None:
            self._missing.append(_Missing(self.number, frame.number - 1, frame.start))
        else:
            self._changed(self.number, frame.number - 1, gap.start)

    def _compare_link(self, frame: Frame) -> None:
        """Say that the frame before this one was changed when this one is linked to another."""
        if self.chain is None or frame.previous == self.chain:
            return
        before = self._last
        if before is None:
            self._damage("is not linked to the segment before it", frame)
        elif before.type == frames.RECORD:
            what = "was changed: the next frame is linked to another one"
            since = min(self.signed, before.number)
            self._findings.damage(
                Damage(what, self._is.name, before.number, offset=before.start, since=since)
            )
        else:
            self._damage("was changed: the next frame is linked to another one", before)

    def _mark(self, frame: Frame) -> None:
        """Look at a header, a head or a seal."""
        if frame.type == frames.SEGMENT:
            self._header(frame)
            return
        self._sealed = frame.type == frames.SEAL
        try:
            head = signed_head(frame, self._data, self._is.key, self._is.log, self._is.segment)
        except ValueError as error:
            if self.signed < frame.number:
                what = f"cannot be trusted: the head signed after them does not fit, for {error}"
                self._findings.damage(
                    Damage(what, self._is.name, self.signed, frame.number - 1, offset=frame.start)
                )
            else:
                self._damage(f"does not fit: {error}", frame)
            self.signed = max(self.signed, frame.number)
            return
        self.signed = frame.number
        if self._sealed:
            self.edge = head.edge

    def _header(self, frame: Frame) -> None:
        if frame.start:
            self._damage("stands within a segment", frame)
            return
        try:
            log = header_log(frame, self._data)
        except ValueError as error:
            self._damage(f"cannot be used: {error}", frame)
        else:
            if log != self._is.log:
                self._damage("is that of another log", frame)

    def _end_with(self, gap: Gap) -> None:
        """Bytes at the end of the segment that are no frame."""
        if gap.start < self._is.covered:
            if self.number < self._is.size:
                self._changed(self.number, self._is.size - 1, gap.start)
                self.number = self._is.size
            else:
                self._junk(gap)
        elif gap.torn:
            self._findings.note(
                f"The last {gap.end - gap.start} bytes of {self._is.name} are the beginning of a group: "
                "it is being written, or was when its process ended."
            )
            return
        else:
            self._junk(gap)
        self.chain = None

    def _tell_of_order(self) -> None:
        for frame in self._late:
            place = next((lost for lost in self._missing if lost.first <= frame.number <= lost.last), None)
            if frame.type != frames.RECORD:
                self._damage("is out of order", frame)
                continue
            if place is not None:
                place.found.add(frame.number)
            what = (
                "is there twice"
                if place is None
                else f"is out of order: it stands after record {place.last + 1}"
            )
            self._findings.damage(Damage(what, self._is.name, frame.number, offset=frame.start))
        for lost in self._missing:
            for first, last in lost.ranges():
                self._findings.damage(
                    Damage(
                        "is missing" if first == last else "are missing",
                        self._is.name,
                        first,
                        last,
                        lost.offset,
                    )
                )

    def _changed(self, first: int, last: int, offset: int) -> None:
        what = "was changed" if first == last else "were changed"
        self._findings.damage(Damage(what, self._is.name, first, last, offset))

    def _junk(self, gap: Gap) -> None:
        what = f"the bytes before record {self.number} are a signed head or a header that was changed, or do not belong"
        self._findings.damage(Damage(what, self._is.name, offset=gap.start))

    def _damage(self, what: str, frame: Frame) -> None:
        if frame.type == frames.RECORD:
            self._findings.damage(Damage(what, self._is.name, frame.number, offset=frame.start))
            return
        subject = {frames.SEGMENT: "header", frames.HEAD: "signed head", frames.SEAL: "seal"}[frame.type]
        text = f"the {subject} before record {frame.number} {what}"
        self._findings.damage(Damage(text, self._is.name, offset=frame.start))


@dataclass
class _Missing:
    """Records that are not where they belong."""

    first: int
    last: int
    offset: int
    found: set[int] = field(default_factory=set)  # elsewhere

    def ranges(self) -> list[tuple[int, int]]:
        """Return what was not found anywhere."""
        ranges, first = [], self.first
        for number in [*sorted(self.found), self.last + 1]:
            if first < number:
                ranges.append((first, number - 1))
            first = number + 1
        return ranges

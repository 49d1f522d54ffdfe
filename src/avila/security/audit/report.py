"""What a verification answers: whether the log is as it was signed, and every place where it is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from avila.security.audit.head import SignedHead

DAMAGES_MAX = 10_000


@dataclass(frozen=True)
class Damage:
    """One thing that is wrong: in which file, with which records, and how."""

    what: str
    file: str
    record: int | None = None  # the first record that is bad; None when no record is
    last: int | None = None  # the last one, when there are several
    offset: int | None = None  # where in the file
    since: int | None = (
        None  # records from here on may have been changed with it: links can be computed by anybody
    )

    def __str__(self) -> str:
        if self.record is None:
            who = ""
        elif self.last is None or self.last == self.record:
            who = f"record {self.record} "
        else:
            who = f"records {self.record} to {self.last} "
        since = "" if self.since in {None, self.record} else f", and perhaps others since record {self.since}"
        place = self.file if self.offset is None else f"{self.file} at byte {self.offset}"
        return f"{who}{self.what}{since} ({place})"

    def names(self, record: int) -> bool:
        """Whether this is about a record."""
        if self.record is None:
            return False
        first = self.record if self.since is None else self.since
        return first <= record <= (self.record if self.last is None else self.last)


@dataclass(frozen=True)
class Report:
    """The outcome of a verification."""

    damages: tuple[Damage, ...]
    notes: tuple[str, ...]  # what is no damage, and worth knowing
    records: int  # how many are there
    signed: int  # how many of them a signed head covers
    segments: int
    fingerprint: str | None  # of the key that signed
    expected_key: bool  # whether that key was the one expected, not merely the one that lay beside the log
    head: SignedHead | None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.damages

    @property
    def unsigned(self) -> int:
        """Records after the newest signed head: of a group that is being written, or was when its process ended."""
        return self.records - self.signed

    @property
    def first(self) -> Damage | None:
        """The damage that comes first in the log."""
        return self.damages[0] if self.damages else None

    def as_dict(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "ok": self.ok,
            "records": self.records,
            "signed": self.signed,
            "segments": self.segments,
            "fingerprint": self.fingerprint,
            "expected_key": self.expected_key,
            "size": None if self.head is None else self.head.head.size,
            "root": None if self.head is None else self.head.head.root.hex(),
            "damages": [
                {
                    "what": damage.what,
                    "file": damage.file,
                    "first_record": damage.record,
                    "last_record": damage.record if damage.last is None else damage.last,
                    "offset": damage.offset,
                    "since_record": damage.since,
                }
                for damage in self.damages
            ],
            "notes": list(self.notes),
        }


@dataclass
class Findings:
    """What has been found so far; bounded, since a log can be damaged everywhere."""

    damages: list[Damage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def damage(self, damage: Damage) -> None:
        """Remember what is wrong."""
        if len(self.damages) < DAMAGES_MAX:
            self.damages.append(damage)
        elif len(self.damages) == DAMAGES_MAX:
            self.damages.append(
                Damage(f"there are more than {DAMAGES_MAX} damages; the rest is not listed", damage.file)
            )

    def note(self, text: str) -> None:
        """Remember what is worth knowing."""
        self.notes.append(text)

"""What a benchmark answers: the times of Avila and of a peer, round by round, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, quantiles
from typing import NamedTuple


class Spread(NamedTuple):
    """The median of several rounds, and the quartiles on both sides of it."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Summarise the values of all rounds."""
        if len(values) < 2:
            return cls(values[0], values[0], values[0])
        low, middle, high = quantiles(values, n=4, method="inclusive")
        return cls(middle, low, high)


@dataclass(frozen=True)
class Bar:
    """What was promised: at most so many times the peer's time, so much on top of it, or so much in all."""

    kind: str  # 'ratio' | 'added_s' | 'absolute_s'
    most: float

    def __str__(self) -> str:
        if self.kind == "ratio":
            return f"≤ {self.most:g}×"
        return f"≤ {'+' if self.kind == 'added_s' else ''}{duration(self.most)}"


@dataclass(frozen=True)
class Comparison:
    """One thing done by Avila and by a peer; a time per round each, in the order of the rounds."""

    what: str
    peer: str
    avila_s: list[float]
    peer_s: list[float]
    bar: Bar | None = None
    note: str = ""

    @property
    def ratio(self) -> Spread:
        """Avila's time over the peer's, both of the same round."""
        return Spread.of([ours / theirs for ours, theirs in zip(self.avila_s, self.peer_s, strict=True)])

    @property
    def added_s(self) -> Spread:
        """Avila's time beyond the peer's, both of the same round."""
        return Spread.of([ours - theirs for ours, theirs in zip(self.avila_s, self.peer_s, strict=True)])

    @property
    def judged(self) -> float:
        """The median that the bar is held against."""
        if self.bar is not None and self.bar.kind == "absolute_s":
            return median(self.avila_s)
        return (self.added_s if self.bar is not None and self.bar.kind == "added_s" else self.ratio).median

    @property
    def met(self) -> bool | None:
        """Whether the bar was met; None without one."""
        return None if self.bar is None else self.judged <= self.bar.most


def duration(seconds: float) -> str:
    """Write a time in the unit that gives it two or three digits before the point."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(seconds) >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-6:.2g} µs"

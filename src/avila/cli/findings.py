"""What an examination finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How much a finding matters."""

    well = "well"
    note = "note"  # an option that is not there, which may be meant
    wrong = "wrong"


MARKS = {Level.well: ("✓", "green"), Level.note: ("·", "yellow"), Level.wrong: ("✗", "bold red")}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, what was found, and what to do about it."""

    level: Level
    what: str
    found: str
    advice: str | None = None

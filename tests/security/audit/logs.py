"""Logs for tests: made in small groups and segments, and damaged in every way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from avila.security.audit import AuditLog, Kind, Record, frames
from avila.security.audit.frames import Frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SECRET = bytes(range(32))
SEGMENT_BYTES = 4096

_names = st.text(max_size=12)
_counts = st.none() | st.integers(0, 2**62)
records = st.builds(
    Record,
    kind=st.sampled_from(Kind),
    time_us=st.integers(0, 2**50),
    session=st.integers(0, 2**31),
    session_user=_names,
    current_user=_names,
    action=_names,
    statement=st.text(max_size=200),
    reads=st.lists(_names, max_size=3).map(tuple),
    writes=st.lists(_names, max_size=3).map(tuple),
    rows=_counts,
    duration_us=_counts,
    sqlstate=st.sampled_from(["00000", "42501"]),
    detail=st.sampled_from(["", '{"name": "analyst"}']),
)
groups = st.lists(st.lists(records, max_size=8), max_size=8)


def open_log(folder: Path, **options: int) -> AuditLog:
    return AuditLog.open(folder, SECRET, **{"interval_ms": 1, "segment_bytes": SEGMENT_BYTES, **options})


def write(folder: Path, parts: Iterable[Iterable[Record]], **options: int) -> None:
    """Write each part as a group of its own, and close."""
    log = open_log(folder, **options)
    try:
        for part in parts:
            for record in part:
                log.append(record)
            log.flush()
    finally:
        log.close()


def statement(number: int) -> Record:
    text = f"SELECT name FROM star WHERE id = $1 AND run = {number % 7}"
    return Record(
        Kind.statement,
        time.time_ns() // 1000,
        7,
        "ada",
        "analyst",
        "SELECT",
        text,
        ("native.main.star",),
        (),
        number,
    )


def small(folder: Path, records_: int = 40, group: int = 5) -> None:
    """Write a log of a few segments."""
    write(folder, ([statement(n) for n in range(at, at + group)] for at in range(0, records_, group)))


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.log"))


def framed(path: Path) -> Iterator[Frame]:
    """Yield the frames of a sound segment."""
    for piece in frames.pieces(path.read_bytes()):
        assert isinstance(piece, Frame)
        yield piece


def rewritten(data: bytes, frame: Frame, body: bytes) -> bytes:
    """Return a segment with another body in a frame, and a checksum that fits."""
    return (
        data[: frame.start] + frames.pack(frame.type, frame.number, frame.previous, body) + data[frame.end :]
    )

"""The folder of a log: the names of its files, and writing them so that they are whole and durable."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from avila.security.audit.head import SignedHead
from avila.security.audit.signing import PublicKey

if TYPE_CHECKING:
    from pathlib import Path

KEY_NAME, HEAD_NAME = "public.key", "head.json"
SEGMENT_SUFFIX, ASIDE_SUFFIX, PENDING_SUFFIX = ".log", ".unsigned", ".pending"
_DIGITS = 20


@dataclass(frozen=True)
class Folder:
    """The paths of one log."""

    path: Path

    @property
    def key(self) -> Path:
        """The file of the public key."""
        return self.path / KEY_NAME

    @property
    def head(self) -> Path:
        """The file of the newest signed head."""
        return self.path / HEAD_NAME

    def segment(self, number: int) -> Path:
        """Return the file of the segment whose first record has this number."""
        return self.path / segment_name(number)

    def segments(self) -> list[Path]:
        """Return the files of the segments, in the order of their names.

        A directory that changes while it is listed may show a new file and not the one made before it. Whatever was
        there when the last one was seen is there the second time.
        """
        last = max(self.path.glob(f"*{SEGMENT_SUFFIX}"), default=None)
        return sorted(
            path for path in self.path.glob(f"*{SEGMENT_SUFFIX}") if last is not None and path <= last
        )

    def aside(self) -> list[Path]:
        """Return the files of what was found unsigned and set aside."""
        return sorted(self.path.glob(f"*{ASIDE_SUFFIX}"))

    def pending(self) -> list[Path]:
        """Return the files that were set aside by an opening that did not come to record it."""
        return sorted(self.path.glob(f"*{PENDING_SUFFIX}"))

    def read_key(self) -> PublicKey:
        """Return the public key; OSError when it cannot be read, ValueError when it is none."""
        data = self.key.read_bytes()
        if not data.endswith(b"\n"):
            raise ValueError("this is not the public key of an audit log")
        return PublicKey.parse(data[:-1].decode("ascii"))

    def read_head(self) -> SignedHead:
        """Return the newest head; OSError when it cannot be read, ValueError when it is none."""
        return SignedHead.parse(self.head.read_bytes())

    def replace(self, path: Path, data: bytes) -> None:
        """Write a file, whole or not at all. The folder's own entry is left to the next :meth:`sync`."""
        partial = path.with_name(f".{path.name}.partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            write_all(descriptor, data, 0)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        partial.replace(path)

    def sync(self) -> None:
        """Make durable which files there are."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def segment_name(number: int) -> str:
    """Return the name of the segment whose first record has this number."""
    return f"{number:0{_DIGITS}d}{SEGMENT_SUFFIX}"


def write_all(descriptor: int, data: bytes, offset: int) -> None:
    """Write all of ``data`` at an offset."""
    left = memoryview(data)
    while left:
        written = os.pwrite(descriptor, left, offset)
        left, offset = left[written:], offset + written

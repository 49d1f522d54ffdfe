"""A copy of a store's file under another key, made while the file is written to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Self

from avila import errors
from avila.kernel.duckdb.encrypted_file import NONCE_BYTES, PAGE_BYTES, Geometry, Sealing, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType


class FileCopy:
    """Takes over block by block what the kernel has written, again and again, until nothing is left to take over.

    The kernel seals each block it writes with a new nonce, so a block whose nonce is the one that was copied has not
    changed. Between checkpoints the headers do not change and point at no block that is being written, so a copy that
    is brought up to date after a checkpoint, while nobody writes, is the database.
    """

    def __init__(self, source: Path, target: Path, old: bytes, new: bytes) -> None:
        self._path = source
        self._source = os.open(source, os.O_RDONLY)
        self._target = os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        header = os.pread(self._source, PAGE_BYTES, 0)
        self._old, self._new = Sealing(header, old), Sealing(header, new)
        self._copied: list[bytes | None] = []
        self._unreadable: set[int] = set()
        self._expected: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def sweep(self) -> int:
        """Take over the blocks that changed since the last time, and return how many those were.

        Blocks that cannot be read may just be being written; the next sweep finds them.
        """
        geometry = self._geometry()
        present = (os.fstat(self._source).st_size - geometry.offset(0)) // geometry.block_bytes
        taken, self._unreadable = self._take_all(geometry, present)
        return taken

    def expect(self, free_blocks: Callable[[], int]) -> None:
        """Expect the blocks that the last sweep could not read to be free ones, when there can be so many.

        A kill leaves such blocks behind. How many are free is asked only then: the kernel takes its time to say.
        """
        if self._unreadable and len(self._unreadable) <= free_blocks():
            self._expected = self._unreadable

    def finish(self) -> int:
        """Bring the copy up to date while nobody writes, durably; return how many blocks that took.

        A block of zeros, or one behind the end of the file, was never written. CorruptedDatabase when another one
        cannot be read and was not expected.
        """
        geometry = self._geometry()
        taken, unreadable = self._take_all(geometry, geometry.block_count)
        if damaged := unreadable - self._expected:
            raise errors.CorruptedDatabase(
                f"block {min(damaged)} of {self._path} cannot be read, and {len(damaged) - 1} others; "
                "the key was not changed"
            )
        for block in unreadable:  # free ones, which nobody will read
            self._leave_out(geometry, block)
        for page in (1, 2):
            self._copy_header(page)
        os.pwrite(self._target, self._new.header(), 0)
        os.truncate(self._target, geometry.file_bytes)
        self.sync()
        return taken

    def sync(self) -> None:
        """Make what was copied durable, so that little is left to write when nobody may."""
        os.fsync(self._target)

    def close(self) -> None:
        """Close both files; harmless when repeated."""
        for descriptor in (self._source, self._target):
            if descriptor >= 0:
                os.close(descriptor)
        self._source = self._target = -1

    def _geometry(self) -> Geometry:
        pages = (os.pread(self._source, PAGE_BYTES, at * PAGE_BYTES) for at in (1, 2))
        try:
            return self._old.geometry((next(pages), next(pages)))
        except Unreadable as error:
            raise errors.CorruptedDatabase(f"the headers of {self._path} cannot be read") from error

    def _take_all(self, geometry: Geometry, count: int) -> tuple[int, set[int]]:
        """Take over what changed of the first blocks; return how many did, and those that cannot be read."""
        taken, unreadable = 0, set()
        for block in range(count):
            try:
                taken += self._take(geometry, block)
            except Unreadable:
                unreadable.add(block)
        return taken, unreadable

    def _take(self, geometry: Geometry, block: int) -> bool:
        """Take over a block when it is another one than was copied; Unreadable when it cannot be read."""
        at = geometry.offset(block)
        if block < len(self._copied) and os.pread(self._source, NONCE_BYTES, at) == self._copied[block]:
            return False
        sealed = os.pread(self._source, geometry.block_bytes, at)
        if not sealed or sealed == bytes(geometry.block_bytes):
            self._leave_out(geometry, block)
            return False
        os.pwrite(self._target, self._new.seal(self._old.open(sealed)), at)
        self._copied.extend([None] * (block + 1 - len(self._copied)))
        self._copied[block] = sealed[:NONCE_BYTES]
        return True

    def _leave_out(self, geometry: Geometry, block: int) -> None:
        """Write a block as one that was never written; it may have been another when it was copied before."""
        os.pwrite(self._target, bytes(geometry.block_bytes), geometry.offset(block))

    def _copy_header(self, page: int) -> None:
        sealed = os.pread(self._source, PAGE_BYTES, page * PAGE_BYTES)
        try:
            content = self._new.seal(self._old.open(sealed))
        except Unreadable:
            content = bytes(PAGE_BYTES)  # the older one; the kernel reads the other
        os.pwrite(self._target, content, page * PAGE_BYTES)

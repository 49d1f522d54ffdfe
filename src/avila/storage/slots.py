"""The two names that a store's file may have.

A file is given another key by a copy that takes its place, and both exist while readers of the old one end. The kernel
knows files by their paths, so the copy needs a name of its own: names alternate while a database is open. When it is
opened again, the file gets its first name back.

Which of two files is the store is decided by ``avila.keys`` alone: the one that its key opens. Replacing that document
is what makes a rotation happen; every order of events before and after leaves one file that fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.storage.keys.private import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_BESIDE = (".altering", ".wal", ".wal.checkpoint", ".wal.recovery")
"""What lies beside a store's file and goes with it: Avila's marker, and the kernel's logs."""


class Slots:
    """The names of one store's file, and which of them it has now."""

    def __init__(self, first: Path) -> None:
        self.first = first
        self.second = first.with_name(f"{first.name}.2")
        self.part = first.with_name(f"{first.name}.part")
        self.live = first

    @property
    def spare(self) -> Path:
        """The name that the file does not have."""
        return self.second if self.live == self.first else self.first

    @property
    def log(self) -> Path:
        """The write-ahead log of the file."""
        return beside(self.live, ".wal")

    @property
    def found(self) -> Path:
        """The name that the file seems to have, for who only looks."""
        return self.second if self.second.exists() else self.first

    def settle(self, fits: Callable[[Path], bool]) -> None:
        """Finish or undo what a rotation left behind, before the store is opened; ``fits`` tries the current key.

        When no file fits, everything is left as it is: it is the key that is wrong then.
        """
        self.part.unlink(missing_ok=True)
        if self.second.exists():
            if fits(self.second):
                _remove(self.first)
                self.second.rename(self.first)
            elif fits(self.first):
                _remove(self.second)
            else:
                return
        for suffix in _BESIDE:
            left = beside(self.second, suffix)
            if left.exists():
                left.rename(beside(self.first, suffix))
        sync_folder(self.first.parent)

    def present(self) -> Path:
        """Give the finished copy the spare name, and return it."""
        self.part.rename(self.spare)
        sync_folder(self.spare.parent)
        return self.spare

    def withdraw(self) -> None:
        """Take the copy back."""
        _remove(self.spare)

    def cross(self) -> None:
        """Go over to the copy. Readers of the old file keep it until they are done, though its name is gone."""
        old, self.live = self.live, self.spare
        _remove(old)


def beside(path: Path, suffix: str) -> Path:
    """Return the path of what lies beside a file."""
    return path.with_name(path.name + suffix)


def _remove(path: Path) -> None:
    """Remove a file, and first its logs: a log without its file is taken for one whose file was just renamed."""
    for suffix in _BESIDE:
        beside(path, suffix).unlink(missing_ok=True)
    path.unlink(missing_ok=True)

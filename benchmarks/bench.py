"""What every benchmark is given: how much to do, and where its data may lie."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Bench:
    """One run: the number of rounds, small or full size, and two folders.

    ``data`` is kept between runs: what is slow to generate is made once. ``scratch`` is one benchmark's own,
    and removed after it.
    """

    data: Path
    scratch: Path
    rounds: int | None = None
    quick: bool = False

    def size(self, full: int, quick: int) -> int:
        """Return the size of the data."""
        return quick if self.quick else full

    def rounds_of(self, full: int, quick: int = 2) -> int:
        """Return the number of rounds: the one asked for, or the benchmark's own."""
        return self.rounds or (quick if self.quick else full)

    def once(self, name: str, make: Callable[[Path], None]) -> Path:
        """Return a file or folder of ``data``, made by ``make`` when it is not there yet."""
        path = self.data / name
        if not path.exists():
            partial = self.data / f"partial-{name}"
            shutil.rmtree(partial, ignore_errors=True)
            partial.unlink(missing_ok=True)
            make(partial)
            partial.rename(path)
        return path

"""What an executor keeps between statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


@dataclass
class Transaction:
    """An open transaction, and what its end must see to."""

    writes: bool = False
    """Whether it passed the write gate of the native store."""
    definitions: bool = False
    """Whether it changed what names mean."""
    failed: bool = False
    """Whether a statement failed, after which the kernel may have given the transaction up."""
    alters: bool = False
    """Whether the native store must be checkpointed before its commit is acknowledged."""

    def __enter__(self) -> None:
        """Run a statement in the transaction."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Note when it failed."""
        self.failed |= error is not None

"""What an executor keeps between statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from avila.catalog.changes import Change
    from avila.security.authority import Principal


@dataclass
class Transaction:
    """An open transaction, and what its end must see to."""

    writes: bool = False
    """Whether it passed the write gate of the native store."""
    writes_lake: bool = False
    """Whether it passed the write gate of the lake."""
    definitions: bool = False
    """Whether it changed what names mean."""
    failed: bool = False
    """Whether a statement failed, after which the kernel may have given the transaction up."""
    deferred: list[Change] = field(default_factory=list)
    """Changes of the catalog for objects of the lake, which the kernel cannot write together with the native store."""
    alters: bool = False
    """Whether the native store must be checkpointed before its commit is acknowledged."""
    before: Principal | None = None
    """Who the session acted as until this changed it: a rollback goes back to that."""
    afterwards: Principal | None = None
    """Who the session acts as from the commit on, when SET LOCAL made it another one until then."""

    def acting(self, now: Principal, *, local: bool) -> None:
        """Note who the session acts as, before that changes."""
        self.before = self.before or now
        self.afterwards = (self.afterwards or now) if local else None

    def __enter__(self) -> None:
        """Run a statement in the transaction."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Note when it failed."""
        self.failed |= error is not None

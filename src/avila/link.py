"""How a database is reached: opened in this process, or owned by another one. Surfaces and sessions see only this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from avila.kernel.base import Answer


class Line(Protocol):
    """One line of statements: its own transaction, temporary tables and settings."""

    @property
    def alive(self) -> bool:
        """Whether the database behind it still answers."""
        ...

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        ...

    def execute(
        self,
        sql: str,
        parameters: Sequence[Any] | Mapping[str, Any] | None = None,
        frames: Callable[[str], object | None] | None = None,
    ) -> Answer:
        """Run the statements of a text and return the answer of the last."""
        ...

    def register(self, name: str, frame: object) -> None:
        """Make a frame a temporary table."""
        ...

    def unregister(self, name: str) -> None:
        """Forget a registered frame."""
        ...

    def interrupt(self) -> None:
        """Cancel the running statement; from any thread."""
        ...

    def close(self) -> None:
        """Roll back an open transaction and close; harmless when repeated."""
        ...


class Link(Protocol):
    """An open database, wherever it is open."""

    @property
    def alive(self) -> bool:
        """Whether new lines can be had."""
        ...

    @property
    def owner(self) -> bool:
        """Whether this process owns the database."""
        ...

    def line(self, role: str | None = None) -> Line:
        """Return a new line of statements: the owner's, or one with the rights of a role and no more."""
        ...

    def close(self) -> None:
        """Give the database back; harmless when repeated."""
        ...

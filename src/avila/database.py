"""An open database, and the session of its owner."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

from avila import errors
from avila.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from avila.link import Line, Link


class Database(Session):
    """An opened directory: itself a session of the owner, and the source of further sessions.

    Closing it closes its sessions.
    """

    def __init__(self, target: str, link: Callable[[], Link]) -> None:
        self.target = target
        self._make_link = link
        self._linking = threading.Lock()
        self._link: Link | None = link()
        self._sessions: weakref.WeakSet[Session] = weakref.WeakSet()
        super().__init__(self)

    @property
    def owner(self) -> bool:
        """Whether this process owns the directory, rather than asking the one that does."""
        return self._link is not None and self._link.owner

    def session(self, role: str | None = None) -> Session:
        """Return a further session, for another thread or another transaction, or with the rights of a role.

        A session of a role can do what the role may, and cannot become more. Raises InvalidAuthorization when there is
        no such role.
        """
        if self._closed:
            raise errors.ConnectionDoesNotExist("the database is closed")
        session = Session(self, role)
        if role is not None:
            session.begin()
        self._sessions.add(session)
        return session

    def line(self, role: str | None = None) -> Line:
        """Return a new line of statements; when the owner is gone, from the next owner, which may be this process."""
        with self._linking:
            if self._closed:
                raise errors.ConnectionDoesNotExist("the database is closed")
            if self._link is None or not self._link.alive:
                self._link = self._make_link()
            return self._link.line(role)

    def forget(self, session: Session) -> None:
        """Drop a closed session."""
        self._sessions.discard(session)

    def close(self) -> None:
        """Let running statements end, roll back open transactions and close everything; harmless when repeated."""
        if self._closed:
            return
        for session in list(self._sessions):
            session.close()
        super().close()
        with self._linking:
            link, self._link = self._link, None
        if link is not None:
            link.close()

    def __enter__(self) -> Database:
        return self

    def __repr__(self) -> str:
        return f"<Database {self.target}{' (closed)' if self._closed else ''}>"

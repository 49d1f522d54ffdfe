"""A connection: a session of its own, and a transaction that opens with the first statement."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

from avila import errors
from avila.dbapi.cursor import Cursor

if TYPE_CHECKING:
    from types import TracebackType

    from avila.session import Session

# A statement that opens or ends a transaction itself; comments before it do not matter.
_CONTROL = re.compile(
    r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*(?:BEGIN|START|COMMIT|END|ROLLBACK|ABORT)\b",
    re.IGNORECASE | re.DOTALL,
)


class Connection:
    """A connection (PEP 249).

    As a context manager it commits at the end of the block, or rolls back when that raises; it stays open.
    """

    Warning = errors.Warning
    Error = errors.Error
    InterfaceError = errors.InterfaceError
    DatabaseError = errors.DatabaseError
    DataError = errors.DataError
    OperationalError = errors.OperationalError
    IntegrityError = errors.IntegrityError
    InternalError = errors.InternalError
    ProgrammingError = errors.ProgrammingError
    NotSupportedError = errors.NotSupportedError

    def __init__(self, session: Session, *, autocommit: bool = False) -> None:
        self._session = session
        self._autocommit = autocommit
        self._closed = False
        self._may_have_failed = False
        self.lock = threading.RLock()

    @property
    def session(self) -> Session:
        """The session behind it, for the rest of Avila in the same transaction."""
        self.check_open()
        return self._session

    @property
    def autocommit(self) -> bool:
        """Whether each statement commits by itself. Setting it commits what is open."""
        return self._autocommit

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        with self.lock:
            self.commit()
            self._autocommit = bool(value)

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    def cursor(self) -> Cursor:
        """Return a new cursor."""
        self.check_open()
        return Cursor(self)

    def commit(self) -> None:
        """Make the transaction's work lasting; without one, nothing happens.

        Raises InFailedSqlTransaction when a statement's error ended the transaction; its work is undone.
        """
        with self.lock:
            self.check_open()
            if self._session.in_transaction:
                self._check_not_failed()
                self._session.execute("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction's work; without one, nothing happens."""
        with self.lock:
            self.check_open()
            if self._session.in_transaction:
                self._session.execute("ROLLBACK")

    def cancel(self) -> None:
        """Make the running statement end with QueryCanceled; from any thread."""
        self._session.cancel()

    def close(self) -> None:
        """Roll back what is open and close; every later call raises. Harmless when repeated."""
        with self.lock:
            if not self._closed:
                self._closed = True
                self._session.close()

    def begin(self, sql: str) -> None:
        """Open the transaction a statement belongs to, unless it is open or the statement's own business."""
        if not self._autocommit and not self._session.in_transaction and not _CONTROL.match(sql):
            self._session.execute("BEGIN")
            self._may_have_failed = False

    def failed(self) -> None:
        """Note that a statement failed: the transaction may be worth nothing now."""
        self._may_have_failed = True

    def check_open(self) -> None:
        """Raise InterfaceError when the connection is closed."""
        if self._closed:
            raise errors.ConnectionDoesNotExist(
                "the connection is closed", hint="Open another with connect()."
            )

    def _check_not_failed(self) -> None:
        """Roll back and raise when the transaction is dead: the kernel would answer COMMIT all the same."""
        if not self._may_have_failed:
            return
        try:
            self._session.execute("SELECT 1").close()
        except errors.InFailedSqlTransaction as error:
            self._session.execute("ROLLBACK")
            raise errors.InFailedSqlTransaction(
                "the transaction was rolled back, because a statement in it failed", hint="Run it again."
            ) from error

    def __enter__(self) -> Connection:
        self.check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._closed:
            return
        if kind is None:
            self.commit()
        else:
            self.rollback()

    def __repr__(self) -> str:
        return f"<Connection to {self._session.database.target}{' (closed)' if self._closed else ''}>"

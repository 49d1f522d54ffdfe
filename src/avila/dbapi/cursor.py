"""A cursor: one statement at a time, and its rows."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from avila import errors
from avila.dbapi.batches import run_many
from avila.dbapi.types import precision_and_scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

    from avila.dbapi.connection import Connection
    from avila.kernel.base import Column, Row
    from avila.result import Result
    from avila.session import Session

    Parameters = Sequence[Any] | Mapping[str, Any] | None
    Description = tuple[str, str, None, None, int | None, int | None, None]


class Cursor:
    """A cursor (PEP 249); several may be open on one connection, each with its rows."""

    lastrowid = None
    """Always None: Avila's rows have no lasting number."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.arraysize = 1
        self.rowcount = -1
        self.description: list[Description] | None = None
        self._result: Result | None = None
        self._closed = False

    def execute(self, operation: str, parameters: Parameters = None) -> Cursor:
        """Run a statement and return the cursor; ``?`` and ``$1`` take a sequence, ``$name`` a mapping."""
        with self._running(operation) as session:
            result = session.execute(operation, parameters)
            self.rowcount = result.rowcount
            if result.columns:
                self.description = [_describe(column) for column in result.columns]
                self._result = result
        return self

    def executemany(
        self, operation: str, seq_of_parameters: Iterable[Sequence[Any] | Mapping[str, Any]]
    ) -> Cursor:
        """Run a statement once for each of many parameters, in one transaction also under autocommit.

        ``rowcount`` is the sum; rows that the statement answers are dropped.
        """
        with self._running(operation) as session:
            if session.in_transaction:
                self.rowcount = run_many(session, operation, seq_of_parameters)
            else:
                with session.transaction():
                    self.rowcount = run_many(session, operation, seq_of_parameters)
        return self

    def fetchone(self) -> Row | None:
        """Take the next row; None at the end."""
        with self.connection.lock:
            return self._rows().fetchone()

    def fetchmany(self, size: int | None = None) -> list[Row]:
        """Take up to ``size`` rows, or as many as ``arraysize`` says."""
        with self.connection.lock:
            return self._rows().fetchmany(self.arraysize if size is None else size)

    def fetchall(self) -> list[Row]:
        """Take the rows that are left."""
        with self.connection.lock:
            return self._rows().fetchall()

    def __iter__(self) -> Cursor:
        return self

    def __next__(self) -> Row:
        row = self.fetchone()
        if row is None:
            raise StopIteration
        return row

    def nextset(self) -> None:
        """Answer None: of several statements the last one's rows are kept, so there is no further set."""
        self._check_open()

    def callproc(self, procname: str, parameters: Sequence[Any] = ()) -> None:  # noqa: ARG002
        """Raise NotSupportedError: Avila has no stored procedures."""
        self._check_open()
        raise errors.FeatureNotSupported("there are no stored procedures", hint="SELECT a function or macro.")

    def setinputsizes(self, sizes: Sequence[Any]) -> None:
        """Do nothing: parameters need no sizes."""

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Do nothing: columns are never cut."""

    def close(self) -> None:
        """Give up the rows that are left; every later call raises. Harmless when repeated."""
        with self.connection.lock:
            self._forget()
            self._closed = True

    def __enter__(self) -> Cursor:
        self._check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _running(self, operation: str) -> Iterator[Session]:
        """Hold the connection for a statement, in the transaction it belongs to."""
        with self.connection.lock:
            self._check_open()
            self._forget()
            self.connection.begin(operation)
            try:
                yield self.connection.session
            except BaseException:
                self.connection.failed()
                raise

    def _rows(self) -> Result:
        self._check_open()
        if self._result is None:
            raise errors.ProgrammingError(
                "there are no rows to fetch", hint="execute() a statement that answers rows."
            )
        return self._result

    def _forget(self) -> None:
        result, self._result = self._result, None
        self.description, self.rowcount = None, -1
        if result is not None and not self.connection.closed:
            result.close()

    def _check_open(self) -> None:
        self.connection.check_open()
        if self._closed:
            raise errors.InterfaceError("the cursor is closed", hint="Take another from the connection.")


def _describe(column: Column) -> Description:
    precision, scale = precision_and_scale(column.type)
    return (column.name, column.type, None, None, precision, scale, None)

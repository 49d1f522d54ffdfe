"""One principal's connection to a database: what users call, on whichever process the database is open."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from avila import errors
from avila.frames import is_frame
from avila.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from types import FrameType, TracebackType

    import ibis.expr.types as ir

    from avila.database import Database
    from avila.dataframe.backend import Backend
    from avila.dataframe.functions import Functions
    from avila.link import Line

    Parameters = Sequence[Any] | Mapping[str, Any] | None


class Session:
    """A line of statements with its own transaction, temporary tables and settings.

    Threads may each take a session of one database; calls of several threads on one session wait for each
    other.
    """

    def __init__(self, database: Database, role: str | None = None) -> None:
        self.database = database
        self.role = role
        self._line: Line | None = None
        self._closed = False

    def begin(self) -> None:
        """Connect now, rather than with the first statement: whether the role may is known then."""
        self._lined()

    def execute(self, sql: str, parameters: Parameters = None) -> Result:
        """Run the statements of a text; the result is the last one's.

        ``?`` and ``$1`` take a sequence, ``$name`` a mapping. Raises the errors of :mod:`avila.errors`.
        """
        return Result(self._lined().execute(sql, parameters))

    def sql(self, sql: str, parameters: Parameters = None, **frames: object) -> Result:
        """Run SQL in which data frames are tables: those given by name here, then the caller's own variables.

        ::

            db.sql("SELECT avg(mag) FROM stars WHERE kind = ?", ["RR"], stars=frame)
        """
        caller = sys._getframe(1)  # noqa: SLF001 (how the standard library finds a caller, too)
        return Result(self._lined().execute(sql, parameters, _lookup(frames, caller)))

    def table(
        self, name: str, *, version: int | None = None, timestamp: datetime | str | None = None
    ) -> ir.Table:
        """Return a table or view as a lazy DataFrame: an Ibis table whose backend is this session.

        ``version`` or ``timestamp`` asks for a table of the lake as it was.
        """
        from avila.dataframe import table

        return table(self, name, version=version, timestamp=timestamp)

    @cached_property
    def functions(self) -> Functions:
        """The functions of the database, called on columns: ``db.functions.fft(t.flux, sample_rate=4.0)``."""
        from avila.dataframe.functions import Functions

        return Functions(self.ibis)

    @cached_property
    def ibis(self) -> Backend:
        """This session as an Ibis backend: ``db.ibis.sql("…")`` is a query as a lazy DataFrame."""
        from avila.dataframe.backend import Backend

        return Backend(self)

    def register(self, name: str, frame: object) -> None:
        """Make an Arrow-speaking object a temporary table of this session."""
        if not is_frame(frame):
            raise errors.DatatypeMismatch(
                f"{type(frame).__name__} is not a table",
                hint="Give anything that speaks the Arrow C stream interface.",
            )
        self._lined().register(name, frame)

    def unregister(self, name: str) -> None:
        """Forget a registered object."""
        self._lined().unregister(name)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commit at the end of the block, or roll back when it raises."""
        self.execute("BEGIN")
        try:
            yield self
        except BaseException:
            if self.in_transaction:
                self.execute("ROLLBACK")
            raise
        if self.in_transaction:
            self.execute("COMMIT")

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._line is not None and self._line.in_transaction

    def watch(self) -> None:
        """Keep count of how far statements are from now on, for :attr:`progress`."""
        line = self._lined()
        if hasattr(line, "watch"):  # a line to another process has no such count
            line.watch()

    @property
    def progress(self) -> float | None:
        """How far the running statement is, 0 to 100; None when that cannot be told. From any thread."""
        return getattr(self._line, "progress", None)

    def cancel(self) -> None:
        """Make the running statement end with QueryCanceled; from any thread."""
        if self._line is not None:
            self._line.interrupt()

    def close(self) -> None:
        """Let the running statement end, roll back an open transaction, and close; harmless when repeated."""
        self._closed = True
        line, self._line = self._line, None
        if line is not None:
            line.close()
        self.database.forget(self)

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        role = f" as {self.role}" if self.role else ""
        return f"<Session of {self.database.target}{role}{' (closed)' if self._closed else ''}>"

    def _lined(self) -> Line:
        """Return the line to the database; a new one when the process that owned it is gone."""
        if self._closed:
            raise errors.ConnectionDoesNotExist("the session is closed")
        if self._line is None or not self._line.alive:
            self._line = self.database.line(self.role)
        return self._line


def _lookup(frames: Mapping[str, object], caller: FrameType) -> Callable[[str], object | None]:
    """Return the search for frames by name: given ones, the caller's variables, its module's."""

    def look(name: str) -> object | None:
        for place in (frames, caller.f_locals, caller.f_globals):
            if name in place and is_frame(place[name]):
                return place[name]
        return None

    return look

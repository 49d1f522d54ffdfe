"""Runs the statements of a world on Avila, and keeps everything that the role could see of them."""

from __future__ import annotations

import logging
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

import avila
from avila.extensions import registry
from avila.extensions.api import Extension
from security.hunting import Verdict, answered, failed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from types import TracebackType

    import pytest

    from security.expressions import Value
    from security.postgres import Outcome
    from security.world import World

NOT_SUPPORTED = "0A000"
UNCOUNTED = -1
# The kernel makes types for a moment, and names them anew each time.
MADE_UP = re.compile(r"(?<=pivot_enum_)[0-9a-f-]+|[0-9a-f-]{0,23}-[0-9a-f]{12}\b")
# Every number of nine digits that stands by itself: the planted ones are such.
NUMBERS = re.compile(r"(?<![\w.])\d{9}(?![\w.])")


class Trial(NamedTuple):
    """A statement that is more than the reference knows. ``common`` ones PostgreSQL runs as well."""

    text: str
    common: bool = False

    def sql(self) -> str:
        """Return the SQL of it."""
        return self.text


class Seen(NamedTuple):
    """What a role got from a statement, the text of everything it could read afterwards, and what its function saw.

    How often a function is called, and for which of the rows that the role sees, is the optimizer's choice.
    """

    verdict: Verdict
    text: str
    watched: str = ""

    def same(self, other: Seen) -> bool:
        """Whether two statements looked the same; in which order rows came is the kernel's choice."""
        return self.verdict == other.verdict and self._lines() == other._lines()

    def _lines(self) -> list[str]:
        return sorted(MADE_UP.sub("", self.text).split("\n"))


def watcher(log: list[str]) -> Extension:
    """Return an extension whose function writes down each value it is called with, as a user's function may."""
    extension = Extension("watcher", "A function that looks at its argument")

    @extension.scalar("watch(value VARCHAR) -> VARCHAR", volatile=True)
    def watch(value: Any) -> Any:
        """Return the value, having looked at it."""
        log.extend(str(item) for item in value.to_pylist())
        return value

    return extension


class Governed:
    """A database with a world in it, and a session for each role that is asked for.

    With a directory, the world's tables are in the lake.
    """

    def __init__(self, world: World, patch: pytest.MonkeyPatch, directory: Path | None = None) -> None:
        self.start = "USE lake.main" if directory else "USE main"
        self.watched: list[str] = []
        found = {**registry.discover(), "watcher": watcher(self.watched)}
        with patch.context() as changed:
            changed.setattr(registry, "discover", lambda: found)
            self.database = avila.connect(directory) if directory else avila.connect()
        self.sessions: dict[str, avila.Session] = {}
        self.logged = _Collected()
        logging.getLogger().addHandler(self.logged)
        try:
            for sql in (self.start, *world.setup()):
                self.database.execute(sql)
        except BaseException:
            self.close()
            raise

    def attempt(self, role: str, statement: object, sql: str, *, keep: bool = True) -> Seen:
        """Run a statement of a role, and collect what it answers, says, logs and shows to functions."""
        session = self.session(role)
        self.watched.clear()
        self.logged.lines.clear()
        if not keep:
            session.execute("BEGIN")
        try:
            verdict, text = self._answer(session, statement, sql)
        finally:
            if not keep and session.in_transaction:
                session.execute("ROLLBACK")
        return Seen(verdict, "\n".join([text, *self.logged.lines]), "\n".join(self.watched))

    def session(self, role: str) -> avila.Session:
        """Return the session of a role."""
        if role not in self.sessions:
            self.sessions[role] = self.database.session(role=role)
            self.sessions[role].execute(self.start)
        return self.sessions[role]

    def restore(self, world: World) -> None:
        """Put back what was in the tables."""
        for table in world.tables.values():
            if self.rows(table.name) != sorted((tuple(row.values()) for row in table.rows), key=repr):
                self.database.execute(f"DELETE FROM {table.name}")
                for sql in table.filling():
                    self.database.execute(sql)

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Return what is in a table, as its superuser sees it."""
        return sorted(self.database.execute(f"SELECT * FROM {table}").fetchall(), key=repr)

    def close(self) -> None:
        """Close the database."""
        logging.getLogger().removeHandler(self.logged)
        self.database.close()

    def __enter__(self) -> Governed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, session: avila.Session, statement: object, sql: str) -> tuple[Verdict, str]:
        try:
            with ExitStack() as stack:
                result = session.execute(sql)
                stack.callback(result.close) if hasattr(result, "close") else None
                columns = list(result.columns)
                rows = result.fetchall() if columns else None
        except avila.Error as error:
            return failed(error.sqlstate, str(error)), "\n".join(_chain(error))
        verdict = answered(statement, rows, None if columns else result.rowcount)
        return verdict, "\n".join([repr(columns), *map(repr, rows or ())])


class _Collected(logging.Handler):
    """Keeps what is logged, tracebacks and all."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.lines.append(self.format(record))


def leaks(hidden: Iterable[Value], text: str) -> list[str]:
    """Return the hidden secrets that a text tells."""
    numbers = {int(number) for number in NUMBERS.findall(text)}
    upper = text.upper()
    return [
        str(value)
        for value in hidden
        if (value in numbers if isinstance(value, int) else str(value).upper() in upper)
    ]


def agree(seen: Seen, outcome: Outcome, *, tempting: bool) -> bool:
    """Whether PostgreSQL did the same.

    What each engine cannot do for a reason of its own is not compared: what Avila does not support, it says, and an error of PostgreSQL's may be a refusal here,
    because rights are asked for first, but what PostgreSQL refuses is refused. That PostgreSQL does not ask for rights
    to what its planner dropped (see ``hunting.differences``) is seen by its answer being empty.
    """
    wanted, found = outcome_verdict(outcome), seen.verdict
    if wanted.kind == "error":
        return found.kind in {"error", "refused"}
    if found == Verdict("error", NOT_SUPPORTED):
        return True
    if wanted == Verdict("changed", UNCOUNTED):
        return found.kind == "changed"
    if tempting and "failed" in {wanted.kind, found.kind}:
        return True
    return wanted == found or (found.kind == "refused" and wanted == Verdict("rows", []))


def outcome_verdict(outcome: Outcome) -> Verdict:
    """Return the verdict of PostgreSQL's answer."""
    if outcome.sqlstate is not None:
        return failed(outcome.sqlstate, outcome.message)
    return answered(None, outcome.rows, outcome.count)


def _chain(error: BaseException | None) -> Iterable[str]:
    """Yield all that an error and its causes say, in whatever attribute."""
    while error is not None:
        yield str(error)
        yield repr(error.args)
        attributes: Mapping[str, object] = getattr(error, "__dict__", {})
        yield from (f"{name}: {value}" for name, value in attributes.items() if name != "statement")
        error = error.__cause__ or error.__context__

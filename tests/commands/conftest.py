"""What the tests of commands share: a database in memory, and sessions of roles in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import avila
from avila import errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from avila.catalog.objects import Catalog
    from avila.executor import Executor


class Acting:
    """A session whose statements are tried: what they answer, or the SQLSTATE of their error."""

    def __init__(self, session: avila.Session) -> None:
        self.session = session

    def __call__(self, *statements: str) -> None:
        """Run statements that must work."""
        for sql in statements:
            self.session.execute(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.session.execute(sql).fetchall()

    def error(self, sql: str) -> errors.Error:
        """Return the error of a statement that must fail."""
        with pytest.raises(errors.Error) as caught:
            self.session.execute(sql)
        return caught.value

    def fails(self, sql: str) -> str | None:
        """Return the SQLSTATE of a statement that must fail."""
        return self.error(sql).sqlstate

    @property
    def executor(self) -> Executor:
        """The session's line, for looking at what it keeps."""
        line: Any = self.session._lined()
        return line

    @property
    def catalog(self) -> Catalog:
        """The catalog as the session sees it."""
        return self.executor.described()


class World:
    """A database, its owner, and sessions of other roles."""

    def __init__(self, database: avila.Database) -> None:
        self.database = database
        self.owner = Acting(database)

    def role(self, name: str, options: str = "LOGIN") -> Acting:
        """Make a role, and return a session of it."""
        self.owner(f"CREATE ROLE {name} {options}")
        return self.session(name)

    def session(self, name: str) -> Acting:
        """Return a session of a role."""
        return Acting(self.database.session(role=name))


@pytest.fixture
def world() -> Iterator[World]:
    """Return a database in memory with nobody in it but its owner."""
    with avila.connect(":memory:") as database:
        yield World(database)


@pytest.fixture
def db_with_lake(tmp_path: Path) -> Iterator[World]:
    """Return a database in a directory, with its lake."""
    with avila.connect(tmp_path / "observatory") as database:
        yield World(database)

"""PostgreSQL beside Avila. Where it cannot be had, tests that need it are skipped; in CI they fail instead."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from security.postgres import NoPostgreSQL, Postgres, server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def postgres_socket() -> Iterator[Path]:
    """Run one PostgreSQL for the whole session."""
    running = server()
    try:
        socket = running.__enter__()
    except NoPostgreSQL as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))
    try:
        yield socket
    finally:
        running.__exit__(None, None, None)


@pytest.fixture
def postgres(postgres_socket: Path) -> Iterator[Postgres]:
    """Return a connection of the superuser whose work is undone after the test."""
    connection = Postgres(postgres_socket)
    with connection.undone():
        yield connection
    connection.close()


@pytest.fixture(scope="session")
def postgres_session(postgres_socket: Path) -> Iterator[Postgres]:
    """Return a connection for many cases, each of which undoes its own work."""
    connection = Postgres(postgres_socket)
    yield connection
    connection.close()

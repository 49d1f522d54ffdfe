"""What the tests of governance share: a database with a lake, kept for a file of tests, and sessions of roles in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import avila
from commands.conftest import World

if TYPE_CHECKING:
    from collections.abc import Iterator

STORES = ("native", "lake")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a database in a directory, which all tests of a file use; each makes tables of its own."""
    with avila.connect(tmp_path_factory.mktemp("governance") / "db") as database:
        yield World(database)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    """Return the name of each store in turn."""
    return str(request.param)

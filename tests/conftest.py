"""What every test has: keys of its own, and databases that are gone afterwards."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

import avila

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the long mode."""
    parser.addoption(
        "--long", action="store_true", help="run long tests in full (more rounds, more examples)"
    )


@pytest.fixture(scope="session")
def long_mode(request: pytest.FixtureRequest) -> bool:
    """Whether long tests run in full."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(autouse=True, scope="session")
def _own_configuration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the keys of test databases out of the user's own configuration."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AVILA_CONFIG_DIR", str(tmp_path_factory.mktemp("configuration")))
        patch.delenv("AVILA_KEY", raising=False)
        yield


@pytest.fixture
def interactive() -> Iterator[None]:
    """Have Ctrl-C mean what it means in a terminal: a shell's background jobs start with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[avila.Database]:
    """Return a database in a fresh directory."""
    with avila.connect(tmp_path / "db") as database:
        yield database


@pytest.fixture
def memory() -> Iterator[avila.Database]:
    """Return a database in memory."""
    with avila.connect() as database:
        yield database

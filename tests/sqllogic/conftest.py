"""The surfaces that the records run on: a name, and what executes SQL there on a fresh database.

A new surface is a function below and an entry in SURFACES.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from avila.planner.dialect import generate, parse
from surfaces.opening import open_surface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    Execute = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Surface:
    """A way in, on a database of its own."""

    name: str
    execute: Execute


@contextmanager
def kernel_through_the_dialect(directory: Path) -> Iterator[Execute]:
    """The bare kernel, given what the dialect writes."""
    del directory
    with closing(duckdb.connect()) as connection:

        def execute(sql: str) -> list[tuple[Any, ...]]:
            rows: list[tuple[Any, ...]] = []
            for tree in parse(sql):
                rows = connection.execute(generate(tree)).fetchall()
            return rows

        yield execute


@contextmanager
def avila_as(name: str, directory: Path) -> Iterator[Execute]:
    """Avila itself, by one of its ways in."""
    with open_surface(name, directory / "db", lake=False) as database:
        yield lambda sql: database.execute(sql).fetchall()


SURFACES: dict[str, Callable[[Path], AbstractContextManager[Execute]]] = {
    "dialect": kernel_through_the_dialect,
    "embedded": partial(avila_as, "embedded"),
    "second-process": partial(avila_as, "second-process"),
}


@pytest.fixture(params=sorted(SURFACES))
def surface(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Surface]:
    """Open each surface in turn."""
    with SURFACES[request.param](tmp_path) as execute:
        yield Surface(request.param, execute)

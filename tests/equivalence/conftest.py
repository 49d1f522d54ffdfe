"""The kernel by itself, beside Avila."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

import avila

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def bare() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the kernel without Avila."""
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def governed() -> Iterator[avila.Database]:
    """Return a database in memory for a whole module."""
    with avila.connect() as database:
        yield database

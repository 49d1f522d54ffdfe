"""One small world of tables for all DataFrame tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import avila

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORLD = """
CREATE TABLE flight AS SELECT * FROM (VALUES
    (1, 'AA', 'JFK', 10.5, TIMESTAMP '2024-01-01 08:00:00', DATE '2024-01-01', ['a', 'b'], {'seats': 100, 'name': 'x'}),
    (2, 'AA', 'LAX', -3.0, TIMESTAMP '2024-01-01 09:30:15', DATE '2024-02-29', [], {'seats': 150, 'name': 'y'}),
    (3, 'BA', 'LHR', NULL, TIMESTAMP '2024-03-05 23:59:59', DATE '2024-03-05', ['c'], NULL),
    (4, 'BA', 'JFK', 40.0, NULL, NULL, NULL, {'seats': NULL, 'name': 'z'}),
    (5, NULL, 'LAX', 0.0, TIMESTAMP '2023-12-31 00:00:00', DATE '2023-12-31', ['d', NULL], {'seats': 9, 'name': NULL}),
    (6, 'UA', 'LHR', 7.25, TIMESTAMP '2024-06-30 12:00:00', DATE '2024-06-30', ['a'], {'seats': 80, 'name': 'x'})
) AS f (id, carrier, origin, delay, left_at, day, tags, plane);
CREATE TABLE airport AS SELECT * FROM (VALUES
    ('JFK', 'New York', 4), ('LAX', 'Los Angeles', 4), ('CDG', 'Paris', 2)) AS a (code, city, runways);
CREATE TABLE quote AS SELECT * FROM (VALUES
    (TIMESTAMP '2024-01-01 07:59:00', 1.0), (TIMESTAMP '2024-01-01 09:00:00', 2.0),
    (TIMESTAMP '2024-03-01 00:00:00', 3.0)) AS q (since, price);
"""


@pytest.fixture(scope="module")
def world() -> Iterator[avila.Database]:
    """Return a database that tests read and do not change."""
    with avila.connect() as database:
        database.execute(WORLD)
        yield database


@pytest.fixture
def history(memory: avila.Database) -> Callable[[], list[str]]:
    """Return what tells the statements that ran on ``memory``."""
    return lambda: [entry.text for entry in memory._link.history.entries()]

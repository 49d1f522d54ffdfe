"""Whose memory it is: shares add up to what is held, and scans hold nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avila.limits.holdings import holds, shared_out
from avila.planner import planner
from avila.planner.classify import classify

sizes = st.integers(0, 2**40)


charged = st.lists(st.tuples(sizes, st.none() | st.integers(1, 2**40)), min_size=1, max_size=8)


@given(sizes, charged)
def test_shares_are_what_is_held(held: int, holders: list[tuple[int, int | None]]) -> None:
    charges, weights = zip(*holders, strict=True)
    after = shared_out(held, charges, weights)
    assert all(share >= 0 for share in after)
    if held >= sum(charges):
        assert sum(after) == held
    else:
        assert held - len(charges) < sum(after) <= held  # shrinking rounds down


@given(sizes, charged)
def test_growth_takes_from_nobody_and_shrinkage_gives_to_nobody(
    held: int, holders: list[tuple[int, int | None]]
) -> None:
    charges, weights = zip(*holders, strict=True)
    after = shared_out(held, charges, weights)
    grows = held >= sum(charges)
    assert all(now >= was if grows else now <= was for was, now in zip(charges, after, strict=True))


@given(st.lists(sizes, min_size=2, max_size=20))
def test_one_alone_is_charged_exactly_what_is_held(history: list[int]) -> None:
    charge = [0]
    for held in history:
        charge = shared_out(held, charge, [1])
        assert charge == [held]


def test_nobody_is_charged_when_nobody_runs() -> None:
    assert shared_out(100, [], []) == []


def test_who_reads_more_grows_more() -> None:
    assert shared_out(1_000, [0, 0], [9, 1]) == [900, 100]
    assert shared_out(1_100, [500, 500], [9, 1]) == [590, 510]
    assert shared_out(900, [0, 0, 0], [4, None, 1]) == [400, 400, 100]


@pytest.mark.parametrize(
    ("sql", "held"),
    [
        ("SELECT * FROM t WHERE i = 1", False),
        ("SELECT i + 1 FROM t LIMIT 5", False),
        ("SELECT * FROM t ORDER BY i", True),
        ("SELECT * FROM t JOIN u USING (i)", True),
        ("SELECT * FROM t, u", True),
        ("SELECT i, count(*) FROM t GROUP BY i", True),
        ("SELECT list(i) FROM t", True),
        ("SELECT DISTINCT i FROM t", True),
        ("SELECT row_number() OVER () FROM t", True),
        ("SELECT i FROM t UNION SELECT i FROM u", True),
        ("SELECT i FROM t WHERE i IN (SELECT i FROM u)", True),
        ("WITH x AS MATERIALIZED (SELECT * FROM t) SELECT * FROM x", True),
        ("INSERT INTO t SELECT * FROM u", True),
        ("CREATE TABLE v AS SELECT * FROM t", True),
        ("COPY t TO 'f.parquet'", True),
        ("EXECUTE p(1)", True),
    ],
)
def test_what_may_hold_memory(sql: str, held: bool) -> None:
    [statement] = planner.statements(sql)
    assert holds(classify(statement)) is held

"""What safe_types calls safe never raises in the kernel, for every pair of types and all their edge values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.planner.edge_values import edge_values

from avila import errors
from avila.kernel.duckdb.engine import DuckDBEngine
from avila.planner.safe_types import cast_is_safe, parsed, text_fits, unify

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUES = edge_values()
TYPES = tuple(VALUES)
TARGETS = (*(name for name in TYPES if name != "UHUGEINT"), "TIMESTAMP WITH TIME ZONE")
TEXTS = (
    "",
    "1",
    "-1",
    "128",
    "99999999999999999999",
    "1.5",
    "0.00001",
    "1e3",
    "nan",
    "true",
    "t",
    "2020-02-29",
)
MORE_TEXTS = (
    "2020-02-30",
    "0000-01-01",
    "2020-01-01 24:00:00",
    "2020-01-01T10:00:00.5",
    "10:00:00",
    "25:00:00",
    " 1 ",
)
UUIDS = ("00000000-0000-0000-0000-00000000000z", "00000000-0000-0000-0000-000000000000", "infinity", "a")


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    """Return a kernel with a table of edge values for each type."""
    engine = DuckDBEngine({"threads": 1})
    engine.attach_memory("edges")
    for place, values in enumerate(VALUES.values()):
        engine.execute(f"CREATE TABLE edges.t{place} AS SELECT unnest([{', '.join(values)}]) AS x")
    yield engine
    engine.close()


def raises(engine: DuckDBEngine, sql: str) -> bool:
    try:
        engine.execute(sql)
    except errors.Error:
        return True
    return False


@pytest.mark.parametrize("left", range(len(TYPES)), ids=TYPES)
def test_comparisons_that_are_called_safe_never_raise(engine: DuckDBEngine, left: int) -> None:
    for right in range(left, len(TYPES)):
        if unify((TYPES[left], TYPES[right])) is None:
            continue
        for sql in (
            "a.x = b.x",
            "a.x < b.x",
            "a.x IS DISTINCT FROM b.x",
            "a.x IN (b.x, NULL)",
            "coalesce(a.x, b.x)",
        ):
            assert not raises(engine, f"SELECT count({sql}) FROM edges.t{left} a, edges.t{right} b"), TYPES[
                right
            ]


def test_not_everything_is_called_safe(engine: DuckDBEngine) -> None:
    """The kernel does raise where the answer is no; a change of its casts should be noticed."""
    for left, right in (("VARCHAR", "INTEGER"), ("DATE", "TIMESTAMP"), ("HUGEINT", "DECIMAL(18,3)")):
        assert unify((left, right)) is None
        tables = f"edges.t{TYPES.index(left)} a, edges.t{TYPES.index(right)} b"
        assert raises(engine, f"SELECT count(a.x = b.x) FROM {tables}")


def test_three_types_have_room_for_each_other(engine: DuckDBEngine) -> None:
    numbers = [
        name for name in TYPES if unify((name, "DOUBLE")) == "DOUBLE" and name not in {"FLOAT", "DOUBLE"}
    ]
    for first in numbers:
        for second in numbers:
            for third in ("UBIGINT", "DECIMAL(18,18)", "DECIMAL(38,0)", "HUGEINT"):
                if unify((first, second, third)) is None:
                    continue
                places = [TYPES.index(name) for name in (first, second, third)]
                tables = ", ".join(f"edges.t{place} t{alias}" for alias, place in enumerate(places))
                sql = f"SELECT count(t0.x IN (t1.x, t2.x)), count(t0.x BETWEEN t1.x AND t2.x) FROM {tables} LIMIT 1"
                assert not raises(engine, sql), (first, second, third)


@pytest.mark.parametrize("given_type", TYPES)
def test_casts_that_are_called_safe_never_raise(engine: DuckDBEngine, given_type: str) -> None:
    for wanted in TARGETS:
        if cast_is_safe(given_type, wanted):
            table = f"edges.t{TYPES.index(given_type)}"
            assert not raises(engine, f"SELECT count(CAST(x AS {wanted})) FROM {table}"), wanted


@pytest.mark.parametrize("wanted", TARGETS)
def test_texts_that_fit_never_raise(engine: DuckDBEngine, wanted: str) -> None:
    if wanted.startswith("ENUM"):
        return  # compared as texts: covered by the comparisons
    for text in (*TEXTS, *MORE_TEXTS, *UUIDS):
        if text_fits(text, wanted):
            assert not raises(engine, f"SELECT CAST('{text}' AS {wanted})"), text


@given(st.from_regex(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?)?", fullmatch=True))
def test_dates_that_fit_never_raise(engine: DuckDBEngine, text: str) -> None:
    ascii_only = text.isascii()
    for wanted in ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"):
        if text_fits(text, wanted):
            assert parsed(text) is not None
            assert ascii_only, text
            assert not raises(engine, f"SELECT CAST('{text}' AS {wanted})")

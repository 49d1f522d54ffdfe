"""Functions applied to the answer give what the same functions give inside the kernel."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import avila
from avila import errors

LIFTED = [
    "SELECT id, fft(signal) AS f FROM t ORDER BY id",
    "SELECT *, fft(signal, 4.0) AS f, id + 1 AS next FROM t ORDER BY id",
    "SELECT fft(signal) FROM t ORDER BY id",
    "SELECT fft(t.signal, 2.0), detrend(signal) AS d FROM t ORDER BY id",
    "SELECT fft(list(id::DOUBLE ORDER BY id)) AS f, id % 3 AS k FROM t GROUP BY k ORDER BY k",
    "SELECT fft_complex(signal) AS c FROM t WHERE id < 5 ORDER BY id LIMIT 3",
    "WITH w AS (FROM t WHERE id > 10) SELECT signal_window('hann', id) AS w FROM w ORDER BY id",
    "SELECT detrend([1.0, 2.0, id]) AS d FROM t ORDER BY id",
    "SELECT fft(signal) AS f FROM t WHERE false",
    "SELECT fft(signal) AS \"the spectrum\" FROM t WHERE id = ?",
]  # fmt: skip


@pytest.fixture(scope="module")
def signals(governed: avila.Database) -> avila.Database:
    rng = np.random.default_rng(5)
    signal = [None if n % 7 == 3 else rng.normal(size=n + 2).tolist() for n in range(40)]
    frame = pa.table({"id": range(40), "signal": pa.array(signal, pa.list_(pa.float64()))})
    governed.sql("CREATE OR REPLACE TABLE t AS FROM frame", frame=frame)
    return governed


@pytest.mark.parametrize("sql", LIFTED)
def test_the_same_inside_and_outside(signals: avila.Database, sql: str) -> None:
    parameters = [4] if "?" in sql else None
    outside = signals.sql(sql, parameters)
    inside = signals.sql(f"SELECT * FROM ({sql}) inner_query", parameters)
    assert outside.columns == inside.columns
    assert outside.to_arrow().schema == inside.to_arrow().schema
    assert outside.to_arrow() == inside.to_arrow()
    assert outside.fetchall() == inside.fetchall()


def test_it_is_taken_outside(signals: avila.Database) -> None:
    from avila.planner import planner
    from equivalence.context import context_of

    for sql in LIFTED:
        assert planner.plan(planner.statements(sql)[0], context_of(signals)).lifted, sql


def test_an_error_of_the_function_is_its_own(signals: avila.Database) -> None:
    for sql in ("SELECT lowpass(signal, 10, 9) AS f FROM t", "SELECT [lowpass(signal, 10, 9)] AS f FROM t"):
        with pytest.raises(errors.InvalidParameterValue):
            signals.sql(sql).fetchall()
    assert signals.sql("SELECT 42").fetchone() == (42,)


def test_another_statement_may_come_between(signals: avila.Database) -> None:
    result = signals.sql(
        "SELECT fft([i::DOUBLE, 1.0])[1].amplitude AS a, fft([i::DOUBLE, 1.0]) AS f FROM range(30000) r(i)"
    )
    first = result.fetchmany(3)
    assert signals.sql("SELECT 1").fetchone() == (1,)
    rest = result.fetchall()
    assert len(first + rest) == 30_000
    assert all(a == f[0]["amplitude"] for a, f in first + rest)

"""TPC-H at scale factor 0.1: all 22 answers through Avila, from both stores, are the kernel's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import avila
from avila.kernel.duckdb.wheels import extension_path
from avila.planner import planner
from equivalence.context import context_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

TABLES = ("region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem")
STORES = ("native.main", "lake.main")


@pytest.fixture(scope="module")
def generated(bare: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    bare.execute(f"LOAD '{extension_path('tpch')}'")
    bare.execute("CALL dbgen(sf = 0.1)")
    return bare


@pytest.fixture(scope="module")
def loaded(
    generated: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[avila.Database]:
    with avila.connect(tmp_path_factory.mktemp("tpch") / "db") as database:
        for name in TABLES:
            rows = generated.execute(f"FROM {name}").to_arrow_table()
            for store in STORES:
                database.sql(f"CREATE TABLE {store}.{name} AS FROM rows", rows=rows)
        yield database


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("number", range(1, 23))
def test_the_answer_is_the_kernels(
    generated: duckdb.DuckDBPyConnection, loaded: avila.Database, number: int, store: str
) -> None:
    row = generated.execute("SELECT query FROM tpch_queries() WHERE query_nr = ?", [number]).fetchone()
    assert row is not None
    expected = generated.execute(row[0]).to_arrow_table()
    loaded.sql(f"USE {store}")
    found = loaded.sql(row[0]).to_arrow()
    assert found.schema == expected.schema
    assert found.num_rows > 0
    for name in expected.column_names:
        left, right = found.column(name).to_pylist(), expected.column(name).to_pylist()
        # Sums of floats depend on the order of the rows, which threads decide.
        assert left == (pytest.approx(right) if "double" in str(expected.schema.field(name).type) else right)


@pytest.mark.parametrize("number", range(1, 23))
def test_the_planner_sees_the_tables_that_the_kernel_sees(
    generated: duckdb.DuckDBPyConnection, loaded: avila.Database, number: int
) -> None:
    row = generated.execute("SELECT query FROM tpch_queries() WHERE query_nr = ?", [number]).fetchone()
    assert row is not None
    loaded.sql("USE native")
    plan = planner.plan(planner.statements(row[0])[0], context_of(loaded))
    assert {relation.name for relation in plan.reads} == set(generated.get_table_names(row[0]))

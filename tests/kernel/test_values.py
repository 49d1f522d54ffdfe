"""A value is the same Python value whether the kernel made it or it was Arrow on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import avila
from avila.kernel import sqltypes, values
from avila.kernel.arrow_answer import ArrowAnswer

EXPRESSIONS = (Path(__file__).parent / "types.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def berlin() -> Any:
    with avila.connect() as database:
        database.execute("SET timezone = 'Europe/Berlin'")
        yield database


def shape(value: Any) -> Any:
    """Return a value with the types of all it holds, so that 1 is not True and nan is nan."""
    if isinstance(value, dict):
        return dict, [(shape(key), shape(held)) for key, held in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [shape(held) for held in value]
    return type(value), repr(value)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_rows_made_of_arrow_are_the_kernels_own(berlin: avila.Database, expression: str) -> None:
    # Rows before and after, some NULL, so that offsets and validity are not those of a lone value.
    sql = f"SELECT x FROM range(7) t(i) LEFT JOIN (SELECT {expression} AS x) ON i % 3 <> 1 ORDER BY i"
    own = berlin.execute(sql)
    columns, expected = own.columns, own.fetchall()
    if not values.lossless(columns):
        pytest.skip("Arrow does not hold this type")
    table = berlin.execute(sql).to_arrow()
    assert shape(ArrowAnswer(columns, table.to_reader()).fetchall()) == shape(expected)
    sliced = pa.Table.from_batches([table.combine_chunks().to_batches()[0].slice(2, 4)])
    assert shape(ArrowAnswer(columns, sliced.to_reader()).fetchall()) == shape(expected[2:6])


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_rows_held_back_are_the_kernels_own(berlin: avila.Database, expression: str) -> None:
    sql = f"SELECT {expression} AS x FROM range(3)"
    expected = berlin.execute(sql).fetchall()
    held = berlin.execute(sql)
    berlin.execute("SELECT 1").fetchall()  # the connection is needed: what is left of `held` is kept
    assert shape(held.fetchall()) == shape(expected)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("INTEGER", ("INTEGER", [])),
        ("DECIMAL(18,3)[]", ("LIST", [("DECIMAL", [])])),
        ("TIME WITH TIME ZONE[3]", ("ARRAY", [("TIME WITH TIME ZONE", [])])),
        ("ENUM('a)', 'it''s')", ("ENUM", [])),
        ("STRUCT(INTEGER, TIME WITH TIME ZONE)", ("STRUCT", [("INTEGER", []), ("TIME WITH TIME ZONE", [])])),
        ('MAP(VARCHAR, STRUCT(a INTEGER, "b ""c" UUID[]))',
         ("MAP", [("VARCHAR", []), ("STRUCT", [("INTEGER", []), ("LIST", [("UUID", [])])])])),
    ],
)  # fmt: skip
def test_types_are_read(text: str, tree: Any) -> None:
    def plain(kind: sqltypes.SqlType) -> Any:
        return kind.name, [plain(inner) for inner in kind.inner]

    assert plain(sqltypes.parse(text)) == tree


def test_names_of_fields_are_read() -> None:
    kind = sqltypes.parse('STRUCT(a INTEGER, "b ""c" UUID[], t TIME WITH TIME ZONE)')
    assert kind.names == ("a", 'b "c', "t")
    assert sqltypes.parse("STRUCT(INTEGER, TIME WITH TIME ZONE)").names == ("", "")

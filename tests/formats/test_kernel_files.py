"""Files that the kernel reads itself: CSV, Parquet, JSON and Excel, in and out, behind the authoriser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

import avila
from avila import errors

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [(1, "Sirius", -1.46), (2, "Vega", 0.03), (3, None, 1.98)]


@pytest.fixture
def stars(memory: avila.Database) -> avila.Database:
    memory.sql("CREATE TABLE star (id INTEGER, name VARCHAR, mag DOUBLE)")
    for row in ROWS:
        memory.execute("INSERT INTO star VALUES (?, ?, ?)", row)
    return memory


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "tsv", "parquet", "json", "xlsx"])
def test_out_and_in_again(stars: avila.Database, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"stars.{suffix}"
    options = {"tsv": "(DELIMITER '\t')", "xlsx": "(FORMAT xlsx, HEADER true)"}.get(suffix, "")
    stars.sql(f"COPY star TO '{path}' {options}")
    rows = stars.sql(f"SELECT id::INTEGER, name, mag FROM '{path}' ORDER BY id").fetchall()
    assert rows == ROWS
    stars.sql("CREATE TABLE again AS SELECT * FROM star LIMIT 0")
    if suffix in {"csv", "parquet", "json"}:
        assert stars.sql(f"COPY again FROM '{path}'").rowcount == 3


def test_excel(memory: avila.Database, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["other"])
    sheet = book.create_sheet("sales")
    for row in [("item", "price"), ("tea", 2.5), ("cake", 4)]:
        sheet.append(row)
    book.save(tmp_path / "shop.xlsx")
    read = f"read_excel('{tmp_path / 'shop.xlsx'}', sheet = 'sales', header = true)"
    assert memory.sql(f"SELECT item, price FROM {read} ORDER BY price").fetchall() == [
        ("tea", 2.5),
        ("cake", 4.0),
    ]
    with pytest.raises(errors.Error, match="nothing"):
        memory.sql(f"FROM read_excel('{tmp_path / 'shop.xlsx'}', sheet = 'nothing')")


def test_several_files_and_globs(stars: avila.Database, tmp_path: Path) -> None:
    for number in range(3):
        stars.sql(
            f"COPY (SELECT * FROM star WHERE id = {number + 1}) TO '{tmp_path / f'part{number}.parquet'}'"
        )
    assert stars.sql(f"SELECT count(*) FROM '{tmp_path}/part*.parquet'").fetchone() == (3,)
    listed = [str(tmp_path / "part0.parquet"), str(tmp_path / "part2.parquet")]
    assert stars.sql("SELECT sum(id) FROM read_parquet(?)", [listed]).fetchone() == (4,)
    assert stars.sql("SELECT count(*) FROM glob(?)", [f"{tmp_path}/*.parquet"]).fetchone() == (3,)


def test_only_the_columns_asked_for_are_read(stars: avila.Database, tmp_path: Path) -> None:
    stars.sql(f"COPY star TO '{tmp_path / 'stars.parquet'}'")
    plan = stars.sql(f"EXPLAIN SELECT avg(mag) FROM '{tmp_path / 'stars.parquet'}'").fetchall()[0][1]
    scan = plan[plan.index("READ_PARQUET") :]
    assert "mag" in scan
    assert "name" not in scan

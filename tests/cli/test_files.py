"""avila import and avila export."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import avila

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def rows(directory: Path, sql: str) -> list[tuple]:
    with avila.connect(directory) as database:
        return database.execute(sql).fetchall()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Return a file of every kind, each with the rows (1, 'x') and (2, NULL)."""
    import openpyxl
    from astropy.table import Table

    table = pa.table({"a": [1, 2], "b": ["x", None]})
    paths = {
        kind: tmp_path / f"{kind}.{kind}"
        for kind in ("csv", "tsv", "parquet", "json", "xlsx", "arrow", "fits")
    }
    paths["csv"].write_text("a,b\n1,x\n2,\n")
    paths["tsv"].write_text("a\tb\n1\tx\n2\t\n")
    paths["gz"] = tmp_path / "packed.csv.gz"
    paths["gz"].write_bytes(gzip.compress(b"# remark, one\na;b\n1;x\n2;\n"))
    pq.write_table(table, paths["parquet"])
    paths["json"].write_text(json.dumps(table.to_pylist()))
    with pa.ipc.new_file(paths["arrow"], table.schema) as sink:
        sink.write_table(table)
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, "x"], [2, None]):
        book.active.append(row)
    book.save(paths["xlsx"])
    Table({"a": [1, 2], "b": ["x", ""]}).write(paths["fits"])
    return paths


@pytest.mark.parametrize("kind", ["csv", "tsv", "gz", "parquet", "json", "xlsx", "arrow", "fits"])
def test_every_kind_of_file(cli: Callable, files: dict[str, Path], tmp_path: Path, kind: str) -> None:
    done = cli("import", tmp_path / "db", files[kind], "--table", "t")
    assert done.exit_code == 0, done.output
    assert "t: 2 rows" in done.stdout
    found = rows(tmp_path / "db", "SELECT a::INT, nullif(b, '') FROM t ORDER BY a")
    assert found == [(1, "x"), (2, None)]


def test_several_files_into_one_table_of_the_lake(
    cli: Callable, files: dict[str, Path], tmp_path: Path
) -> None:
    done = cli("import", tmp_path / "db", files["csv"], files["parquet"], "--table", "both", "--into", "lake")
    assert done.exit_code == 0, done.output
    assert "lake.both: 4 rows" in done.stdout
    assert rows(tmp_path / "db", "SELECT count(*) FROM lake.both") == [(4,)]


def test_a_table_that_is_there(cli: Callable, files: dict[str, Path], tmp_path: Path) -> None:
    place = tmp_path / "db"
    assert cli("import", place, files["csv"]).exit_code == 0
    again = cli("import", place, files["csv"])
    assert again.exit_code == 1
    assert "--append or --replace" in again.stderr
    assert "csv: 2 rows" in cli("import", place, files["csv"], "--append").stdout
    assert rows(place, "SELECT count(*) FROM csv") == [(4,)]
    assert cli("import", place, files["csv"], "--replace").exit_code == 0
    assert rows(place, "SELECT count(*) FROM csv") == [(2,)]
    assert cli("import", place, files["csv"], "--append", "--replace").exit_code == 2
    assert cli("import", place, files["csv"], "--into", "ocean").exit_code == 2


def test_all_files_or_none(cli: Callable, files: dict[str, Path], tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.parquet"
    damaged.write_bytes(files["parquet"].read_bytes()[:-20])
    done = cli("import", tmp_path / "db", files["csv"], damaged)
    assert done.exit_code == 1
    assert "damaged.parquet" in done.stderr
    assert rows(
        tmp_path / "db", "SELECT count(*) FROM information_schema.tables WHERE table_name = 'csv'"
    ) == [(0,)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n3,4,5\n", "line 3: 3 values, where the lines before have 2"),
        ("a,b\n1,2\n3\n4,5\n", "line 3: 1 value, where the lines before have 2"),
        (
            "a,b\n" + "1,2\n" * 1_500_000 + "1,2,3\n" + "1,2\n",
            "line 1500002: 3 values, where the lines before have 2",
        ),
        ("# only\n# remarks\n", "holds no rows"),
        ("", "holds no rows"),
    ],
    ids=["more", "fewer", "far down", "remarks", "empty"],
)
def test_a_ragged_file_is_refused_with_its_line(
    cli: Callable, tmp_path: Path, text: str, expected: str
) -> None:
    file = tmp_path / "ragged.csv"
    file.write_text(text)
    done = cli("import", tmp_path / "db", file)
    assert done.exit_code == 1
    assert "ragged.csv" in done.stderr
    assert expected in " ".join(done.stderr.split("\n"))


def test_unreadable_files_are_named(process: Callable, tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("a,b\nPeña,1\n".encode("latin1"))
    (tmp_path / "noise.fits").write_bytes(b"noise" * 100)
    (tmp_path / "noise.parquet").write_bytes(b"noise" * 100)
    (tmp_path / "noise.arrow").write_bytes(b"noise" * 100)
    (tmp_path / "noise.csv.gz").write_bytes(b"noise" * 100)
    for name in (
        "latin.csv",
        "noise.fits",
        "noise.parquet",
        "noise.arrow",
        "noise.csv.gz",
        "latn.csv",
        "a.docx",
    ):
        done = process("import", "db", tmp_path / name)
        assert done.returncode == 1, name
        assert name in done.stderr.decode(), done.stderr
        assert b"Traceback" not in done.stderr
    assert "Did you mean latin.csv?" in process("import", "db", tmp_path / "latn.csv").stderr.decode()


@pytest.mark.parametrize("name", ["s.csv", "s.parquet", "s.json", "s.arrow", "s.jsonl"])
def test_export_and_import_again(cli: Callable, stars: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    done = cli("export", stars, "star", file)
    assert done.exit_code == 0, done.output
    assert "3 rows in" in done.stderr
    assert cli("import", stars, file, "--table", "again").exit_code == 0
    same = "SELECT count(*) FROM (SELECT id, name, mag FROM star EXCEPT SELECT id, name, mag FROM again)"
    assert rows(stars, same) == [(0,)]


def test_export_of_a_query_and_what_cannot_be(cli: Callable, stars: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    assert cli("export", stars, "SELECT name FROM star WHERE id = 2", file).exit_code == 0
    assert json.loads(file.read_text()) == {"name": "Vega"}
    assert "Did you mean star?" in cli("export", stars, "stra", file).stderr
    assert "answers no rows" in cli("export", stars, "CREATE TABLE x (a INT)", file).stderr
    assert "there is no database" in cli("export", tmp_path / "nowhere", "star", file).stderr
    assert not (tmp_path / "nowhere").exists()
    assert json.loads(file.read_text()) == {"name": "Vega"}

"""The correctness corpus: what the kernel answers, every surface answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from slt_format import FormatError, read_file
from slt_runner import Mismatch, cell_of, run_file

if TYPE_CHECKING:
    from conftest import Surface

FILES = sorted((Path(__file__).parent / "records").glob("*.slt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_records(path: Path, surface: Surface) -> None:
    assert run_file(path, surface.execute, surface.name) > 0


def test_the_corpus_is_large() -> None:
    assert len(FILES) >= 25
    assert sum(len(read_file(path)) for path in FILES) >= 1500


def test_loops_and_conditions(tmp_path: Path) -> None:
    path = tmp_path / "a.slt"
    path.write_text(
        "loop i 1 3\nquery\nSELECT ${i}\n----\n${i}\n\nendloop\n\nforeach x a b\nonlyif other\nstatement ok\n${x}\n\n"
        "endloop\n\nhalt\n\nstatement ok\nnever\n"
    )
    records = read_file(path)
    assert [record.sql for record in records] == ["SELECT 1", "SELECT 2", "a", "b"]
    assert [record.runs_on("kernel") for record in records] == [True, True, False, False]


def test_a_wrong_answer_is_a_mismatch(tmp_path: Path) -> None:
    path = tmp_path / "a.slt"
    path.write_text("query\nSELECT 1\n----\n2\n")
    with pytest.raises(Mismatch, match="expected"):
        run_file(path, lambda sql: [(1,)])
    path.write_text("statement error nonsense\nSELECT 1\n")
    with pytest.raises(Mismatch, match="got"):
        run_file(path, lambda sql: [(1,)])


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.slt"
    path.write_text("perhaps\n")
    with pytest.raises(FormatError):
        read_file(path)


def test_values_as_text() -> None:
    values = [None, True, 1.5, "", "a\tb", b"\x00\xff", [1, None, "x"], {"a": "it"}]
    assert [cell_of(value) for value in values] == [
        *("NULL", "true", "1.5", "(empty)", "a\\tb", "\\x00ff", "[1, NULL, 'x']", "{a: 'it'}")
    ]

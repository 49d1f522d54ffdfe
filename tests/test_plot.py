"""Plots: files of every kind, fewer points where there are too many, clear errors."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from avila import errors
from avila.plot_points import envelope, sample

if TYPE_CHECKING:
    from pathlib import Path

    import avila

ROWS = """
SELECT i, sin(i / 10.0) AS wave, i::DECIMAL(9, 2) AS price, 'kind ' || (i % 5) AS kind,
       DATE '2024-01-01' + i::INT AS day, CASE WHEN i % 3 > 0 THEN i END AS gaps
FROM range(50) t(i)
"""


@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_files(memory: avila.Database, tmp_path: Path, suffix: str, magic: bytes) -> None:
    path = memory.execute(ROWS).plot(tmp_path / f"plot{suffix}", x="i", y="wave", title="A wave")
    assert path.read_bytes().startswith(magic)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"x": "day", "y": ["wave", "gaps"]},
        {"kind": "scatter", "x": "kind", "y": "price"},
        {"kind": "bar", "x": "day", "y": "wave"},
        {"kind": "histogram"},
        {"kind": "histogram", "y": ["wave", "gaps"]},
    ],
)
def test_kinds(memory: avila.Database, tmp_path: Path, options: dict) -> None:
    result = memory.execute(ROWS)
    assert result.plot(tmp_path / "plot.svg", **options).stat().st_size > 1_000
    assert result.to_arrow().num_rows == 50


@pytest.mark.parametrize("kind", ["line", "scatter", "histogram"])
def test_many_points(memory: avila.Database, tmp_path: Path, kind: str) -> None:
    rows = memory.execute("SELECT i, sin(i / 1e5) AS wave FROM range(250000) t(i)")
    assert rows.plot(tmp_path / "plot.png", kind=kind, y="wave").stat().st_size > 1_000


def test_the_envelope_keeps_peaks_and_gaps() -> None:
    up = np.zeros(1_000_000)
    up[123_456], up[654_321] = 9.0, -9.0
    up[500_000:600_000] = np.nan
    across, drawn = envelope(np.arange(len(up)), up, 1_000)
    assert len(across) == len(drawn) == 1_000
    assert np.nanmax(drawn) == 9.0
    assert np.nanmin(drawn) == -9.0
    assert np.isnan(drawn).any()


def test_a_sample_is_even_ordered_and_the_same_each_time() -> None:
    across = np.arange(1_000_000)
    chosen, _ = sample(across, across, 10_000)
    again, _ = sample(across, across, 10_000)
    assert (chosen == again).all()
    assert (np.diff(chosen) > 0).all()
    assert abs(chosen.mean() - 500_000) < 20_000


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"kind": "lines"}, errors.InvalidParameterValue, "Did you mean line?"),
        ({"y": "wav"}, errors.UndefinedColumn, "Did you mean wave?"),
        ({"x": "nothing"}, errors.UndefinedColumn, "It has i, wave"),
        ({"y": "kind"}, errors.DatatypeMismatch, "only numbers"),
    ],
)
def test_errors(
    memory: avila.Database, tmp_path: Path, options: dict, error: type[errors.Error], said: str
) -> None:
    with pytest.raises(error) as caught:
        memory.execute(ROWS).plot(tmp_path / "plot.png", **options)
    assert said in str(caught.value)
    assert not list(tmp_path.glob("*.png"))


def test_files_that_cannot_be(memory: avila.Database, tmp_path: Path) -> None:
    rows = memory.execute(ROWS)
    with pytest.raises(errors.InvalidParameterValue, match=r"\.png, \.svg, \.pdf"):
        rows.plot(tmp_path / "plot.docx")
    with pytest.raises(errors.IoError, match="cannot write"):
        rows.plot(tmp_path / "nowhere" / "plot.png", y="wave")
    with pytest.raises(errors.InvalidParameterValue, match="no rows"):
        memory.execute("SELECT 1 AS a, 2 AS b WHERE false").plot(tmp_path / "plot.png")
    with pytest.raises(errors.InvalidParameterValue, match="bars"):
        memory.execute("SELECT i, i AS n FROM range(500) t(i)").plot(tmp_path / "plot.png", kind="bar")


def test_without_matplotlib(memory: avila.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(errors.MissingDependency, match=r"avila\[plot\]"):
        memory.execute(ROWS).plot(tmp_path / "plot.png")

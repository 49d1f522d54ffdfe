"""Any binary table that astropy can write is read as astropy reads it."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from avila.formats.fits import read_fits

fits = pytest.importorskip("astropy.io.fits")
from fits_files import read  # noqa: E402

NUMBERS = {"B": "u1", "I": "i2", "J": "i4", "K": "i8", "E": "f4", "D": "f8", "C": "c8", "M": "c16", "L": "?"}
UNSIGNED = {"I": ("u2", 2**15), "J": ("u4", 2**31), "K": ("u8", 2**63)}
ASCII = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=7)


@st.composite
def columns(draw: st.DrawFn, rows: int, name: str) -> object:
    """One astropy column of some type and shape."""
    kind = draw(
        st.sampled_from(
            ["scalar", "vector", "matrix", "unsigned", "text", "texts", "bits", "variable", "scaled"]
        )
    )
    code = draw(st.sampled_from(sorted(NUMBERS)))
    dtype = NUMBERS[code]
    if kind == "scalar":
        return fits.Column(name, code, array=draw(hnp.arrays(dtype, rows)))
    if kind == "vector":
        size = draw(st.integers(2, 4))
        return fits.Column(name, f"{size}{code}", array=draw(hnp.arrays(dtype, (rows, size))))
    if kind == "matrix":
        return fits.Column(name, f"6{code}", dim="(3,2)", array=draw(hnp.arrays(dtype, (rows, 2, 3))))
    if kind == "unsigned":
        code = draw(st.sampled_from(sorted(UNSIGNED)))
        dtype, zero = UNSIGNED[code]
        return fits.Column(name, code, bzero=zero, array=draw(hnp.arrays(dtype, rows)))
    if kind == "text":
        return fits.Column(
            name, "7A", array=np.array(draw(st.lists(ASCII, min_size=rows, max_size=rows)), "S7")
        )
    if kind == "texts":
        cells = draw(st.lists(ASCII, min_size=2 * rows, max_size=2 * rows))
        return fits.Column(name, "14A", dim="(7,2)", array=np.array(cells, "S7").reshape(rows, 2))
    if kind == "bits":
        return fits.Column(name, "11X", array=draw(hnp.arrays("?", (rows, 11))))
    if kind == "scaled":
        # astropy cannot write such a column, so its header is completed when the file is there.
        return fits.Column(f"scaled_{name}", "I", array=draw(hnp.arrays("i2", rows)))
    cells = [draw(hnp.arrays(dtype, st.integers(0, 4))) for _ in range(rows)]
    return fits.Column(
        name, f"{draw(st.sampled_from('PQ'))}{code}()", array=np.array([*cells, None], object)[:-1]
    )


def same(ours: object, theirs: object) -> bool:
    """Equal, with NaN equal to NaN, and NULL for the text that astropy has as empty."""
    if isinstance(ours, list):
        theirs = list(theirs)  # type: ignore[call-overload]
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, dict):
        return same(ours["real"], float(theirs.real)) and same(ours["imaginary"], float(theirs.imag))  # type: ignore[attr-defined]
    if ours is None:
        return theirs == ""
    if isinstance(ours, float) and math.isnan(ours):
        return math.isnan(theirs)  # type: ignore[arg-type]
    return ours == theirs


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_table(data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, 5), "rows")
    drawn = [data.draw(columns(rows, f"c{n}")) for n in range(data.draw(st.integers(1, 4), "columns"))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "any.fits")
        fits.BinTableHDU.from_columns(drawn).writeto(path)
        for number, column in enumerate(drawn, start=1):
            if column.name.startswith("scaled"):
                fits.setval(path, f"TSCAL{number}", value=0.5, ext=1)
                fits.setval(path, f"TZERO{number}", value=3.0, ext=1)
        ours = read(read_fits(str(path)))
        with fits.open(path) as file:
            for name in ours.column_names:
                theirs = file[1].data.field(name)
                for cell, expected in zip(ours[name].to_pylist(), theirs, strict=True):
                    assert same(cell, expected), (name, file[1].columns[name].format, cell, expected)

"""ASCII tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from avila import errors
from avila.formats.fits import read_fits

fits = pytest.importorskip("astropy.io.fits")
from fits_files import patch, read  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

DATA = 2 * 2880


@pytest.fixture
def table(tmp_path: Path) -> Path:
    columns = [
        fits.Column("name", "A6", array=["Sirius", "Vega"]),
        fits.Column("hip", "I8", array=np.array([32349, 91262])),
        fits.Column("mag", "F8.3", array=np.array([-1.46, 0.03])),
        fits.Column("parallax", "D16.8", array=np.array([0.379, 0.13])),
    ]
    fits.TableHDU.from_columns(columns).writeto(tmp_path / "a.fits")
    return tmp_path / "a.fits"


def test_types_and_values(table: Path) -> None:
    ours = read(read_fits(str(table)))
    assert ours.schema.types == [pa.string(), pa.int64(), pa.float64(), pa.float64()]
    assert ours["name"].to_pylist() == ["Sirius", "Vega"]
    assert ours["hip"].to_pylist() == [32349, 91262]
    assert ours["mag"].to_pylist() == [-1.46, 0.03]
    assert ours["parallax"].to_pylist() == [0.379, 0.13]


@pytest.mark.parametrize(
    ("field", "value"),
    [("  +1.5  ", 1.5), ("1.5D2   ", 150.0), ("1.5+2   ", 150.0), ("   -1460", -1.46), ("        ", None)],
)
def test_fortran_reals(table: Path, field: str, value: float | None) -> None:
    content = table.read_bytes()
    at = content.index(b"-1.46") // 8 * 0 + content.index(b"-1.46") + len(b"-1.460") - 8
    table.write_bytes(content[:at] + field.encode() + content[at + 8 :])
    assert read(read_fits(str(table)))["mag"][0].as_py() == value


def test_a_field_that_is_no_number(table: Path) -> None:
    content = table.read_bytes()
    table.write_bytes(content.replace(b"32349", b"3x349"))
    with pytest.raises(errors.BadCopyFileFormat, match="column hip: a field is no number"):
        read(read_fits(str(table)))
    assert read(read_fits(str(table)), ["mag"]).num_rows == 2


def test_nulls_and_lying_places(table: Path) -> None:
    with fits.open(table, mode="update") as file:
        file[1].header["TNULL2"] = "91262"
    assert read(read_fits(str(table)))["hip"].to_pylist() == [32349, None]
    patch(table, "TBCOL2", 500)
    with pytest.raises(
        errors.BadCopyFileFormat, match="column hip: TBCOL2 and TFORM2 place it at 500 to 507"
    ):
        read_fits(str(table))

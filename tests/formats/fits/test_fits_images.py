"""Images as rows: coordinates, scaling, blanks, compression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from avila import errors
from avila.formats.fits import image, read_fits

fits = pytest.importorskip("astropy.io.fits")
from fits_files import read  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "i8", "f4", "f8", "i1", "u2", "u4", "u8"])
def test_types_and_coordinates(tmp_path: Path, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "_BATCH_PIXELS", 7)
    data = np.arange(24).reshape(2, 3, 4).astype(dtype)
    data[0, 0, 0] = np.iinfo(dtype).max if data.dtype.kind in "iu" else np.nan
    fits.PrimaryHDU(data).writeto(tmp_path / "i.fits")
    table = read(read_fits(str(tmp_path / "i.fits")))
    assert table.column_names == ["x", "y", "z", "value"]
    assert table.schema.field("value").type == pa.from_numpy_dtype(np.dtype(dtype))
    for row in table.to_pylist():
        expected = data[row["z"] - 1, row["y"] - 1, row["x"] - 1]
        assert np.array_equal(row["value"], expected, equal_nan=data.dtype.kind == "f")
    assert read(read_fits(str(tmp_path / "i.fits")), ["z"])["z"].to_pylist() == [1] * 12 + [2] * 12


def test_scaled_and_blank_pixels(tmp_path: Path) -> None:
    hdu = fits.PrimaryHDU(np.array([[1, -7, 3]], "i2"))
    hdu.header.update(BLANK=-7, BUNIT="adu")
    hdu.writeto(tmp_path / "b.fits")
    with fits.open(tmp_path / "b.fits", mode="update", do_not_scale_image_data=True) as file:
        file[0].header.update(BSCALE=0.5, BZERO=10.0)
    source = read_fits(str(tmp_path / "b.fits"))
    assert source.schema.field("value").metadata == {b"unit": b"adu"}
    assert read(source)["value"].to_pylist() == [10.5, None, 11.5]


@pytest.mark.parametrize("kind", ["RICE_1", "GZIP_1", "GZIP_2", "HCOMPRESS_1", "PLIO_1"])
def test_compressed_images(tmp_path: Path, kind: str) -> None:
    data = np.arange(30 * 40).reshape(30, 40).astype("i2")
    fits.CompImageHDU(data, compression_type=kind, tile_shape=(8, 40)).writeto(tmp_path / "c.fits")
    table = read(read_fits(str(tmp_path / "c.fits")))
    assert table["value"].to_pylist() == data.ravel().tolist()
    assert table.slice(41, 1).to_pylist() == [{"x": 2, "y": 2, "value": 41}]


def test_compressed_unsigned_and_float(tmp_path: Path) -> None:
    fits.CompImageHDU(np.array([[1, 65535]], "u2")).writeto(tmp_path / "u.fits")
    table = read(read_fits(str(tmp_path / "u.fits")))
    assert (table["value"].type, table["value"].to_pylist()) == (pa.uint16(), [1, 65535])
    fits.CompImageHDU(np.random.default_rng(1).normal(size=(20, 20)).astype("f4")).writeto(
        tmp_path / "f.fits"
    )
    with fits.open(tmp_path / "f.fits") as file:
        assert np.array_equal(read(read_fits(str(tmp_path / "f.fits")))["value"], file[1].data.ravel())


def test_damaged_compressed_image(tmp_path: Path) -> None:
    path = tmp_path / "c.fits"
    fits.CompImageHDU(np.arange(1200, dtype="i2").reshape(30, 40), compression_type="GZIP_1").writeto(path)
    content = bytearray(path.read_bytes())
    heap = content.rindex(b"\x1f\x8b", 0, len(content))  # the last tile, gzip's magic
    content[heap + 10 : heap + 60] = b"\xff" * 50
    path.write_bytes(content)
    assert read(read_fits(str(path)), ["x"]).num_rows == 1200
    with pytest.raises(errors.BadCopyFileFormat, match=r"HDU 1.*the compressed image cannot be unpacked"):
        read(read_fits(str(path)))


def test_four_axes_and_an_image_without_pixels(tmp_path: Path) -> None:
    fits.PrimaryHDU(np.zeros((2, 1, 1, 3), "u1")).writeto(tmp_path / "four.fits")
    table = read(read_fits(str(tmp_path / "four.fits")))
    assert table.column_names == ["x", "y", "z", "axis4", "value"]
    assert table["axis4"].to_pylist() == [1, 1, 1, 2, 2, 2]
    fits.PrimaryHDU().writeto(tmp_path / "none.fits")
    with pytest.raises(errors.BadCopyFileFormat, match="no HDU holds a table or an image"):
        read_fits(str(tmp_path / "none.fits"))

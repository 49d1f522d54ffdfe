"""Every way in which a file can be wrong is one clear error that names the place, and never a crash."""

from __future__ import annotations

import contextlib
import gzip
import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from avila import errors
from avila.formats.fits import fits_hdus, read_fits

fits = pytest.importorskip("astropy.io.fits")
from fits_files import patch, read, write  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

DATA = 2 * 2880  # where the table's rows begin: after the primary header and the table's own


def test_missing_file_directory_and_pipe(tmp_path: Path) -> None:
    with pytest.raises(errors.UndefinedFile, match=r"there is no file .*none\.fits"):
        read_fits(str(tmp_path / "none.fits"))
    with pytest.raises(errors.IoError, match=r"is a directory.*\n.*\*\.fits"):
        read_fits(str(tmp_path))
    os.mkfifo(tmp_path / "pipe.fits")
    with pytest.raises(errors.IoError, match="not a regular file"):
        read_fits(str(tmp_path / "pipe.fits"))
    with pytest.raises(errors.UndefinedFile, match="no file matches"):
        read_fits(str(tmp_path / "*.fit"))
    with pytest.raises(errors.UndefinedFile, match="list of FITS files is empty"):
        read_fits([])


@pytest.mark.parametrize(
    "content", [b"", b"SIMPLE", b"id,mag\n1,2\n" * 500, b"\0" * 5760, b"\x1f\x8bnonsense"]
)
def test_not_fits(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.fits"
    path.write_bytes(content)
    with pytest.raises(errors.BadCopyFileFormat, match=r"x\.fits: (this is not a FITS file|the gzip data)"):
        read_fits(str(path))


def test_truncated_at_every_block_and_around(stars: Path) -> None:
    whole = stars.read_bytes()
    for length in (2879, 2880, 2881, DATA - 1, DATA, DATA + 1, DATA + 59):
        stars.write_bytes(whole[:length])
        with pytest.raises(errors.BadCopyFileFormat, match=r"truncated|no HDU holds"):
            read_fits(str(stars))
    stars.write_bytes(whole[: DATA + 60])  # the padding alone may be missing: nothing is lost
    assert read(read_fits(str(stars))).num_rows == 3


def test_a_truncated_hdu_leaves_those_before_readable(stars: Path) -> None:
    with fits.open(stars, mode="append") as file:
        file.append(fits.ImageHDU(np.zeros((100, 100)), name="LATE"))
    stars.write_bytes(stars.read_bytes()[:-5000])
    assert read(read_fits(str(stars))).num_rows == 3
    assert read(fits_hdus(str(stars)))["complete"].to_pylist() == [True, True, False]
    with pytest.raises(errors.BadCopyFileFormat, match=r"HDU 2 \(LATE\): the header promises 80000 bytes"):
        read_fits(str(stars), "late")


def test_a_file_that_shrinks_while_it_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "big.fits", fits.Column("n", "J", array=np.arange(300_000)))
    batches = read_fits(str(path)).scan(["n"], None)
    assert next(batches).num_rows > 0
    os.truncate(path, 100_000)
    with pytest.raises(errors.BadCopyFileFormat, match="was truncated"):
        list(batches)


def test_a_file_that_changes_after_planning(stars: Path) -> None:
    source = read_fits(str(stars))
    stars.write_bytes(stars.read_bytes() + b"\0" * 2880)
    with pytest.raises(errors.IoError, match="was changed after the statement was planned"):
        list(source.scan(["ID"], None))


@pytest.mark.parametrize(
    ("keyword", "value", "message"),
    [
        ("NAXIS1", 21, r"HDU 1 \(STARS\): NAXIS1 says that a row has 21 bytes and its columns take 20"),
        ("NAXIS2", -3, r"HDU 1 \(STARS\): NAXIS2 = -3 is negative"),
        ("NAXIS2", 3_000_000_000_000, "the header promises 60000000000000 bytes"),
        ("NAXIS2", "three", "NAXIS2 = 'three' must be an integer"),
        ("NAXIS", 3, "the required keyword NAXIS3 is missing"),
        ("BITPIX", 17, "BITPIX = 17 must be one of 8, 16"),
        ("BITPIX", 16, "a table has BITPIX = 8"),
        ("TFIELDS", 1000, "TFIELDS = 1000"),
        ("TFIELDS", 4, "the required keyword TFORM4 is missing"),
        ("TFORM2", "1Z", r"HDU 1 \(STARS\), column MAG: TFORM '1Z' is not a binary table format"),
        ("TFORM2", "2E", "a row has 20 bytes and its columns take 24"),
        ("PCOUNT", -1, "PCOUNT = -1 is negative"),
        ("XTENSION", "HOLOGRAM", "type 'HOLOGRAM' cannot be read as rows"),
    ],
)
def test_lying_headers(stars: Path, keyword: str, value: object, message: str) -> None:
    patch(stars, keyword, value)
    with pytest.raises((errors.BadCopyFileFormat, errors.FeatureNotSupported), match=message) as caught:
        read_fits(str(stars), 1)
    assert str(stars) in str(caught.value)


@pytest.mark.parametrize("code", ["P", "Q"])
@pytest.mark.parametrize(
    ("count", "offset"), [(5, 0), (-1, 0), (1, -4), (1, 17), (2**31 - 1, 0), (1, 2**31 - 1)]
)
def test_descriptors_outside_the_heap(tmp_path: Path, code: str, count: int, offset: int) -> None:
    cells = np.array([np.arange(4, dtype="i4"), None], object)[:1]
    path = write(tmp_path / "v.fits", fits.Column("v", f"{code}J()", array=cells))
    raw = bytearray(path.read_bytes())
    descriptor = np.array([count, offset], ">i4" if code == "P" else ">i8").tobytes()
    raw[DATA : DATA + len(descriptor)] = descriptor
    path.write_bytes(raw)
    with pytest.raises(
        errors.BadCopyFileFormat, match=rf"column v: a descriptor names {count} elements at byte {offset}"
    ):
        read(read_fits(str(path)))


def test_descriptor_whose_length_overflows(tmp_path: Path) -> None:
    cells = np.array([np.arange(4, dtype="f8"), None], object)[:1]
    path = write(tmp_path / "v.fits", fits.Column("v", "QD()", array=cells))
    raw = bytearray(path.read_bytes())
    raw[DATA : DATA + 16] = np.array([2**61 + 1, 0], ">i8").tobytes()
    path.write_bytes(raw)
    with pytest.raises(errors.BadCopyFileFormat, match="a descriptor names"):
        read(read_fits(str(path)))


def test_no_such_hdu_names_those_there_are(stars: Path) -> None:
    for wanted in (2, -1, "GALAXIES", "STARS,2"):
        with pytest.raises(errors.InvalidParameterValue, match=rf"has no HDU {wanted!r}") as caught:
            read_fits(str(stars), wanted)
        assert "0 (PRIMARY, image), 1 (STARS, table)" in str(caught.value)
    with pytest.raises(errors.BadCopyFileFormat, match=r"HDU 0 \(PRIMARY\): it holds no data"):
        read_fits(str(stars), 0)


def test_hdu_by_index_name_and_version(stars: Path) -> None:
    for wanted in (1, "1", "stars", "STARS,1", None):
        assert read(read_fits(str(stars), wanted)).num_rows == 3


def test_damaged_gzip(stars: Path) -> None:
    packed = gzip.compress(stars.read_bytes())
    path = stars.with_suffix(".fits.gz")
    path.write_bytes(packed)
    assert read(read_fits(str(path)))["ID"].to_pylist() == [1, 2, 3]
    path.write_bytes(packed[:-20])
    with pytest.raises(errors.BadCopyFileFormat, match="the gzip data is damaged"):
        read_fits(str(path))


def test_random_damage_is_an_error_and_no_crash(stars: Path) -> None:
    whole = stars.read_bytes()
    chance = np.random.default_rng(7)
    for _ in range(300):
        damaged = bytearray(whole)
        for at in chance.integers(0, len(whole), 12):
            damaged[at] = chance.integers(0, 256)
        stars.write_bytes(damaged)
        with contextlib.suppress(errors.BadCopyFileFormat, errors.FeatureNotSupported):
            read(read_fits(str(stars)))

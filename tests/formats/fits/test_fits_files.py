"""Many files as one table, and the kernel on top."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from avila import errors
from avila.formats.fits import extension, problems, read_fits
from avila.formats.source import Source

fits = pytest.importorskip("astropy.io.fits")
from fits_files import read, write  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path


def night(path: Path, *magnitudes: float, unit: str = "mag", code: str = "E") -> Path:
    return write(path, fits.Column("mag", code, unit=unit, array=np.array(magnitudes)))


def test_patterns_and_lists_are_read_in_order(tmp_path: Path) -> None:
    two, one = night(tmp_path / "n2.fits", 3), night(tmp_path / "n1.fits", 1, 2)
    pattern = str(tmp_path / "n*.fits")
    assert read(read_fits(pattern))["mag"].to_pylist() == [1, 2, 3]
    assert read(read_fits([str(two), str(one)]))["mag"].to_pylist() == [3, 1, 2]
    named = read(read_fits(pattern, filename=True))
    assert named["filename"].to_pylist() == [str(one), str(one), str(two)]
    assert read(read_fits(pattern, filename=True), ["filename"]).num_rows == 3


def test_a_name_with_brackets_is_a_name(tmp_path: Path) -> None:
    path = night(tmp_path / "m[31].fits", 3.4)
    assert read(read_fits(str(path))).num_rows == 1


def test_files_that_differ_are_named(tmp_path: Path) -> None:
    night(tmp_path / "a.fits", 1)
    night(tmp_path / "b.fits", 1, code="D")
    with pytest.raises(
        errors.BadCopyFileFormat, match=r"b\.fits has another type of column mag \(double and not float\)"
    ):
        read_fits(str(tmp_path / "*.fits"))
    (tmp_path / "b.fits").unlink()
    night(tmp_path / "b.fits", 1, unit="Jy")
    with pytest.raises(errors.BadCopyFileFormat, match=r"another unit of column mag \(Jy and not mag\)"):
        read_fits(str(tmp_path / "*.fits"))
    (tmp_path / "b.fits").unlink()
    write(tmp_path / "b.fits", fits.Column("flux", "E", array=[1.0]))
    with pytest.raises(errors.BadCopyFileFormat, match=r"b\.fits has other columns \(flux\)"):
        read_fits(str(tmp_path / "*.fits"))


def test_every_function_answers_a_source_and_is_documented(stars: Path) -> None:
    assert sorted(extension.tables) == ["fits_hdus", "fits_headers", "read_fits"]
    for function in extension.tables.values():
        assert function.files == "path"
        assert function.example
        assert isinstance(function.call(str(stars)), Source)


def test_the_kernel_projects_filters_and_counts(tmp_path: Path) -> None:
    import duckdb

    from avila.kernel.duckdb.source import SourceDataset

    n = np.arange(200_000)
    path = write(
        tmp_path / "k.fits",
        fits.Column("n", "J", array=n),
        fits.Column("mag", "E", array=(n % 100).astype("f4")),
        fits.Column("z", "C", array=n + 1j),
        fits.Column("v", "2D", array=np.stack([n, -n], axis=1)),
    )
    connection = duckdb.connect()
    connection.register("stars", SourceDataset(read_fits(str(path))))

    def one(sql: str) -> object:
        return connection.sql(sql).fetchall()

    assert one("SELECT avg(mag) FROM stars") == [(49.5,)]
    assert one("SELECT count(*) FROM stars") == [(200_000,)]
    assert one("SELECT n FROM stars WHERE mag = 7 AND n > 199900") == [(199_907,)]
    assert one("SELECT z.real, z.imaginary, v[2] FROM stars WHERE n = 5") == [(5.0, 1.0, -5.0)]
    assert len(one("SELECT * FROM stars LIMIT 3")) == 3  # type: ignore[arg-type]


def test_importing_is_light() -> None:
    code = "import sys, avila.formats.fits; sys.exit(bool({'numpy', 'astropy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_package_is_named() -> None:
    with pytest.raises(
        errors.MissingDependency, match=r"star_gazing needs the package no_such_package"
    ) as caught:
        problems.require("no_such_package.io", "star_gazing")
    assert caught.value.hint == "pip install avila[science]"

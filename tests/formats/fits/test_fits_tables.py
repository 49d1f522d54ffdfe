"""What the columns of a binary table become."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from avila import errors
from avila.formats.fits import bintable, read_fits

fits = pytest.importorskip("astropy.io.fits")
from fits_files import patch, read, write  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path


def test_types_units_and_nulls(stars: Path) -> None:
    source = read_fits(str(stars))
    assert source.schema.field("MAG").metadata == {b"unit": b"mag"}
    table = read(source)
    assert table["ID"].to_pylist() == [1, 2, 3]
    assert table["MAG"].type == pa.float32()
    assert table["MAG"].null_count == 0  # NaN is a value
    assert np.isnan(table["MAG"][1].as_py())
    assert table["NAME"].to_pylist() == ["Sirius", "Vega", None]  # astropy pads with NUL: the null string


def test_integer_nulls_survive_scaling_and_the_unsigned_convention(tmp_path: Path) -> None:
    path = write(
        tmp_path / "n.fits",
        fits.Column("plain", "I", null=-99, array=np.array([1, -99], "i2")),
        fits.Column("byte", "B", null=255, array=np.array([1, 255], "u1")),
        fits.Column("unsigned", "J", null=5, bzero=2**31, array=np.array([2**31 + 4, 2**31 + 5], "u4")),
        fits.Column("scaled", "I", null=7, array=np.array([6, 7], "i2")),
        fits.Column("signed", "B", bzero=-128, array=np.array([-128, 127], "i1")),
        fits.Column("big", "K", bzero=2**63, array=np.array([0, 2**64 - 1], "u8")),
    )
    with fits.open(path, mode="update") as file:
        file[1].header["TSCAL4"] = 0.5
    table = read(read_fits(str(path)))
    assert table["plain"].to_pylist() == [1, None]
    assert table["byte"].to_pylist() == [1, None]
    assert table["unsigned"].to_pylist() == [2**31 + 4, None]
    assert table["scaled"].to_pylist() == [3.0, None]
    assert table["signed"].to_pylist() == [-128, 127]
    assert table["big"].to_pylist() == [0, 2**64 - 1]
    kinds = [pa.int16(), pa.uint8(), pa.uint32(), pa.float64(), pa.int8(), pa.uint64()]
    assert table.schema.types == kinds


def test_text_ends_at_nul_and_loses_trailing_blanks_only(tmp_path: Path) -> None:
    path = write(tmp_path / "t.fits", fits.Column("t", "6A", array=np.array(["xxxxxx"] * 5, "S6")))
    raw = path.read_bytes()
    cells = [b" ab   ", b"ab\0cd ", b"      ", b"caf\xc3\xa9 ", b"caf\xe9  "]
    path.write_bytes(raw.replace(b"xxxxxx" * 5, b"".join(cells)))
    assert read(read_fits(str(path)))["t"].to_pylist() == [" ab", "ab", "", "café", "café"]


def test_logicals_know_null_and_refuse_other_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "l.fits", fits.Column("flag", "3L", array=np.array([[True, False, True]])))
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"TFT" + b"\0" * 20, b"TF\0" + b"\0" * 20))
    assert read(read_fits(str(path)))["flag"].to_pylist() == [[True, False, None]]
    path.write_bytes(raw.replace(b"TFT" + b"\0" * 20, b"TFY" + b"\0" * 20))
    with pytest.raises(errors.BadCopyFileFormat, match=r"HDU 1 \(STARS\), column flag: byte 89"):
        read(read_fits(str(path)))


def test_substrings_by_the_old_convention(tmp_path: Path) -> None:
    path = write(tmp_path / "s.fits", fits.Column("s", "9A", array=["one two x"]), TFORM1="9A3")
    assert read(read_fits(str(path)))["s"].to_pylist() == [["one", " tw", "o x"]]


def test_names_are_made_unique_without_regard_to_case(tmp_path: Path) -> None:
    one = np.array([1], "i2")
    path = write(tmp_path / "n.fits", *(fits.Column(name, "I", array=one) for name in ("a", "b", "c", "d")))
    for number, name in enumerate(("mag", "MAG", "", "mag_1"), start=1):
        patch(path, f"TTYPE{number}", name)
    assert read_fits(str(path)).schema.names == ["mag", "MAG_2", "col3", "mag_1"]


def test_heap_with_a_gap_and_arrays_out_of_order(tmp_path: Path) -> None:
    cells = np.array([np.array([1, 2, 3], "i4"), np.array([], "i4"), np.array([4], "i4"), None], object)[:3]
    path = write(tmp_path / "v.fits", fits.Column("v", "PJ()", array=cells))
    raw = bytearray(path.read_bytes())
    start = 2880 * 2
    # Swap what the first and the third descriptor name, so the heap is no longer in row order.
    raw[start : start + 8], raw[start + 16 : start + 24] = (
        raw[start + 16 : start + 24],
        raw[start : start + 8],
    )
    path.write_bytes(raw)
    assert read(read_fits(str(path)))["v"].to_pylist() == [[4], [], [1, 2, 3]]
    gapped = bytes(raw[: start + 24]) + b"\xff" * 8 + bytes(raw[start + 24 : start + 40])
    path.write_bytes(gapped.ljust(start + 2880, b"\0"))
    with fits.open(path, mode="update") as file:
        file[1].header["PCOUNT"] = 24
        file[1].header["THEAP"] = 32
    assert read(read_fits(str(path)))["v"].to_pylist() == [[4], [], [1, 2, 3]]


def test_many_batches_keep_the_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bintable, "_FIRST_BATCH_ROWS", 7)
    monkeypatch.setattr(bintable, "_BATCH_ROWS", 50)
    monkeypatch.setattr(bintable, "_HEAP_BYTES", 64)
    cells = np.array([np.arange(n % 5) for n in range(200)] + [None], object)[:-1]
    path = write(
        tmp_path / "m.fits",
        fits.Column("n", "J", array=np.arange(200)),
        fits.Column("v", "QK()", array=cells),
    )
    source = read_fits(str(path))
    assert len(list(source.scan(["v"], None))) > 10
    table = read(source)
    assert table["n"].to_pylist() == list(range(200))
    assert table["v"].to_pylist() == [list(range(n % 5)) for n in range(200)]


def test_only_the_columns_asked_for_are_converted(stars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    converted: list[str] = []
    convert = bintable.fixed_to_arrow

    def watching(column: object, *rest: object) -> pa.Array:
        converted.append(column.name)  # type: ignore[attr-defined]
        return convert(column, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(bintable, "fixed_to_arrow", watching)
    assert read(read_fits(str(stars)), ["MAG"]).column_names == ["MAG"]
    assert converted == ["MAG"]
    assert read(read_fits(str(stars)), ["NAME", "ID"]).column_names == ["NAME", "ID"]


def test_columns_that_are_not_asked_for_may_be_broken(tmp_path: Path) -> None:
    path = write(
        tmp_path / "b.fits",
        fits.Column("good", "J", array=[1, 2]),
        fits.Column("bad", "L", array=[True, True]),
    )
    path.write_bytes(path.read_bytes().replace(b"\0\0\0\1T\0\0\0\2T", b"\0\0\0\1?\0\0\0\2?"))
    assert read(read_fits(str(path)), ["good"])["good"].to_pylist() == [1, 2]
    with pytest.raises(errors.BadCopyFileFormat, match="column bad"):
        read(read_fits(str(path)), ["bad"])


def test_no_rows_and_no_such_column(tmp_path: Path) -> None:
    path = write(tmp_path / "e.fits", fits.Column("n", "J", array=np.array([], "i4")))
    source = read_fits(str(path))
    assert read(source).num_rows == 0
    with pytest.raises(errors.UndefinedColumn, match="no column m"):
        list(source.scan(["m"], None))

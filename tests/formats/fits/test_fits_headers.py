"""Headers: the parser of cards, fits_headers and fits_hdus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from avila.formats.fits import fits_hdus, fits_headers
from avila.formats.fits.cards import Card, parse_cards

fits = pytest.importorskip("astropy.io.fits")
from fits_files import read  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path


def card(text: str) -> Card:
    return parse_cards(text.ljust(80).encode("latin-1"))[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A       =                    T / yes", True),
        ("A       =                    F", False),
        ("A       =                  -42", -42),
        ("A       =              1.5D+03", 1500.0),
        ("A       = .5", 0.5),
        ("A       = 'it''s / here  '      / a comment", "it's / here"),
        ("A       = ''", ""),
        ("A       = 'T'", "T"),
        ("A       =                      / undefined", None),
        ("A       = (1.0, 2.0)", "(1.0, 2.0)"),
        ("COMMENT = not a value", "= not a value"),
        ("HISTORY  one / two", " one / two"),
        ("HIERARCH ESO DET DIT = 2.5 / s", 2.5),
    ],
)
def test_values(text: str, value: object) -> None:
    assert card(text).value == value


def test_keywords_and_comments() -> None:
    assert card("HIERARCH ESO DET DIT = 2.5 / [s] time").keyword == "ESO DET DIT"
    assert card("A       = 'x / y' / the / rest").comment == "the / rest"


def test_long_strings_as_astropy_has_them() -> None:
    header = fits.Header()
    for length in (60, 67, 68, 69, 130, 400):
        header[f"S{length}"] = ("it's & " * 100)[:length].rstrip(), "a comment " * 3
    text = header.tostring(endcard=False, padding=False).encode()
    ours = {one.keyword: one for one in parse_cards(text)}
    for keyword in header:
        assert ours[keyword].value == header[keyword]
        assert ours[keyword].comment == header.comments[keyword]


def test_a_continue_that_continues_nothing_stays() -> None:
    cards = parse_cards(b"A       = 'whole'".ljust(80) + b"CONTINUE  'left over'".ljust(80))
    assert [one.keyword for one in cards] == ["A", "CONTINUE"]


def test_fits_headers(stars: Path) -> None:
    rows = read(fits_headers(str(stars))).to_pylist()
    assert {row["hdu"] for row in rows} == {0, 1}
    assert (rows[0]["keyword"], rows[0]["value"], rows[0]["position"]) == ("SIMPLE", "T", 1)
    units = [row for row in rows if row["keyword"] == "TUNIT2"]
    assert [(row["extname"], row["value"]) for row in units] == [("STARS", "mag")]
    only = read(fits_headers(str(stars), "stars"), ["keyword", "hdu"])
    assert set(only["hdu"].to_pylist()) == {1}
    assert only["keyword"].to_pylist() == list(fits.getheader(stars, 1))


def test_fits_hdus(stars: Path) -> None:
    with fits.open(stars, mode="append") as file:
        file.append(fits.CompImageHDU(np.zeros((4, 5), "i2"), name="SMALL"))
        file.append(fits.TableHDU.from_columns([fits.Column("a", "A3", array=["x"])]))
    rows = read(fits_hdus(str(stars))).to_pylist()
    shown = [(row["name"], row["type"], row["rows"], row["columns"], row["shape"]) for row in rows]
    assert shown == [
        ("PRIMARY", "image", None, None, []),
        ("STARS", "table", 3, 3, None),
        ("SMALL", "compressed image", None, None, [5, 4]),
        (None, "ascii table", 1, 1, None),
    ]

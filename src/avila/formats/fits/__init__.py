"""FITS, the file format of astronomy: tables and images as SQL tables (FITS Standard 4.0).

Importing this package imports neither numpy nor astropy; the first statement that reads a file does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.extensions.api import Extension
from avila.formats.fits.problems import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avila.formats.source import Source

extension = Extension("fits", "Tables, images and headers of FITS files")


@extension.table(
    "read_fits(path VARCHAR, hdu VARCHAR = NULL, filename BOOLEAN = false)",
    example="SELECT avg(mag) FROM read_fits('survey/*.fits', hdu = 'OBJECTS')",
    files="path",
    suffixes=(".fits", ".fit", ".fts"),
)
def read_fits(path: str | Sequence[str], hdu: int | str | None = None, filename: bool = False) -> Source:
    """Read one HDU of a FITS file: a table as it is, an image as one row a pixel.

    ``path`` is a file, a pattern such as 'night/*.fits', or a list of them; several files must have the
    same columns and are read one after the other, and ``filename = true`` adds a column with the file of
    each row. Files may be gzipped. ``hdu`` is an index (0 is the primary HDU), an EXTNAME, or
    'EXTNAME,EXTVER'; without it, the first table is read, or else the first image.

    Tables: integers keep their width and signedness (TZERO's unsigned convention included), other TSCAL and
    TZERO make DOUBLE, TNULL and a NUL logical or string make NULL, NaN stays NaN; vectors and
    variable-length arrays are lists (nested by TDIM), complex numbers STRUCT(real, imaginary). Units
    (TUNIT) are in the metadata of the Arrow schema. Images: columns x, y, z, axis4, … are 1-based pixel
    coordinates in FITS order, ``value`` is the physical value, and NULL where BLANK.

    Raises UndefinedFile, IoError, InvalidParameterValue (no such HDU), FeatureNotSupported (an HDU that is
    no table or image) and BadCopyFileFormat (not FITS, truncated, or a header that contradicts itself),
    naming file, HDU and column. Source: FITS Standard 4.0, sections 7 (tables), 3.3.2 (images), 10.1
    (compressed images).
    """
    require("numpy", "read_fits")
    from avila.formats.fits.files import open_fits

    return open_fits(path, hdu, filename=filename)


@extension.table(
    "fits_hdus(path VARCHAR)", example="SELECT hdu, name, type, rows FROM fits_hdus('m31.fits')", files="path"
)
def fits_hdus(path: str | Sequence[str]) -> Source:
    """List the HDUs of FITS files, one row each.

    Columns: file, hdu (index), name (EXTNAME), version (EXTVER), type (image, table, ascii table,
    compressed image, …), rows and columns of a table, shape of an image in FITS axis order, bytes of data
    without padding, and whether the file holds all of them. Raises what read_fits raises. Source: FITS
    Standard 4.0, section 3.
    """
    require("numpy", "fits_hdus")
    from avila.formats.fits.listing import HDUS, Listing, hdu_rows

    return Listing(path, HDUS, hdu_rows)


@extension.table(
    "fits_headers(path VARCHAR, hdu VARCHAR = NULL)",
    example="SELECT file, value FROM fits_headers('night/*.fits', hdu = 0) WHERE keyword = 'EXPTIME'",
    files="path",
)
def fits_headers(path: str | Sequence[str], hdu: int | str | None = None) -> Source:
    """List the header cards of FITS files, one row each, of all HDUs or of the one named as in read_fits.

    Columns: file, hdu (index), extname, position (1-based), keyword, value (as the file writes it, a string
    without its quotes), comment. CONTINUE cards are joined to the string they continue; COMMENT and HISTORY
    have their text as value. Raises what read_fits raises. Source: FITS Standard 4.0, section 4.
    """
    require("numpy", "fits_headers")
    from avila.formats.fits.listing import HEADERS, Listing, header_rows

    return Listing(path, HEADERS, lambda file: header_rows(file, hdu))

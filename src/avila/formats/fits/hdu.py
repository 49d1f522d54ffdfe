"""The header-data units of a file: what each is, where its data lies, and finding the one that is meant."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from avila import errors
from avila.formats.fits.header import BLOCK_BYTES, Header, read_header
from avila.formats.fits.problems import Where, malformed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.formats.fits.storage import Reader, Storage

_BITPIX = (8, 16, 32, 64, -32, -64)
_SIGNATURE = b"SIMPLE  ="
_EXTENSION = b"XTENSION"


class Kind(StrEnum):
    """What an HDU holds; the value is what fits_hdus shows."""

    IMAGE = "image"
    TABLE = "table"
    ASCII_TABLE = "ascii table"
    COMPRESSED_IMAGE = "compressed image"
    COMPRESSED_TABLE = "compressed table"
    RANDOM_GROUPS = "random groups"
    OTHER = "other"


TABLES = (Kind.TABLE, Kind.ASCII_TABLE)
IMAGES = (Kind.IMAGE, Kind.COMPRESSED_IMAGE)


@dataclass(frozen=True)
class Hdu:
    """One HDU: its header is read, its data is not.

    ``shape`` is in FITS order (NAXIS1 first, the axis that varies fastest); for a compressed image it is
    the shape of the image, not of the table that holds it. ``data_bytes`` is what the header promises,
    without padding.
    """

    index: int
    name: str | None
    version: int
    kind: Kind
    header: Header
    shape: tuple[int, ...]
    data_offset: int
    data_bytes: int

    @property
    def where(self) -> Where:
        """For errors."""
        return self.header.where

    @property
    def rows(self) -> int | None:
        """How many rows a table has; None for an image."""
        return self.shape[1] if self.kind in TABLES else None

    @property
    def holds_data(self) -> bool:
        """Whether there is anything to read: any table, and an image of at least one pixel."""
        return self.kind in TABLES or (self.kind in IMAGES and bool(self.shape) and math.prod(self.shape) > 0)

    def check_complete(self, file_bytes: int) -> None:
        """Raise BadCopyFileFormat when the file ends before the data that the header promises."""
        if self.data_offset + self.data_bytes > file_bytes:
            there = max(0, file_bytes - self.data_offset)
            raise malformed(
                self.where,
                f"the header promises {self.data_bytes} bytes of data and the file has {there}: truncated",
            )


def hdus(storage: Storage, reader: Reader) -> Iterator[Hdu]:
    """Walk the HDUs from the first; a caller that has found its HDU just stops.

    The walk ends at the end of the file, at a truncated HDU, or at what follows the last HDU and is no
    extension (special records, section 3.5). Raises BadCopyFileFormat where a header is not one.
    """
    if reader.read(0, len(_SIGNATURE)) != _SIGNATURE:
        raise malformed(
            storage.where, "this is not a FITS file", hint="A FITS file begins with the keyword SIMPLE."
        )
    offset = index = 0
    while index == 0 or reader.read(offset, len(_EXTENSION)) == _EXTENSION:
        header, data_offset = read_header(reader, offset, Where(storage.path, index))
        hdu = _hdu(index, header, data_offset)
        yield hdu
        offset = data_offset + -(-hdu.data_bytes // BLOCK_BYTES) * BLOCK_BYTES
        index += 1


def find(storage: Storage, wanted: int | str | None) -> Hdu:
    """The HDU that is meant, complete in the file.

    ``wanted`` is an index (0 is the primary HDU), a name (EXTNAME, in any case), "name,version" (EXTVER),
    or None for the first table or else the first image that has pixels. Raises InvalidParameterValue naming
    the HDUs there are when none is meant, and BadCopyFileFormat when the file is damaged.
    """
    with storage.reading() as reader:
        seen: list[Hdu] = []
        for hdu in hdus(storage, reader):
            seen.append(hdu)
            if hdu.index == wanted or (isinstance(wanted, str) and _is_named(hdu, wanted)):
                break
            if wanted is None and hdu.kind in TABLES:
                break
        else:
            hdu = _fallback(storage, seen, wanted)
        hdu.check_complete(reader.size)
    return hdu


def _fallback(storage: Storage, seen: list[Hdu], wanted: int | str | None) -> Hdu:
    """The walk found nothing at once: an image for None, a number that came as text, or an error."""
    if wanted is None:
        for hdu in seen:
            if hdu.holds_data:
                return hdu
        raise malformed(storage.where, f"no HDU holds a table or an image; there is {_inventory(seen)}")
    if isinstance(wanted, str) and wanted.strip().isdecimal() and int(wanted) < len(seen):
        return seen[int(wanted)]
    raise errors.InvalidParameterValue(
        f"{storage.path} has no HDU {wanted!r}", hint=f"There is {_inventory(seen)}."
    )


def _inventory(seen: list[Hdu]) -> str:
    shown = [
        f"{hdu.index} ({hdu.name}, {hdu.kind})" if hdu.name else f"{hdu.index} ({hdu.kind})" for hdu in seen
    ]
    more = f" and {len(shown) - 20} more" if len(shown) > 20 else ""
    return ", ".join(shown[:20]) + more


def _is_named(hdu: Hdu, wanted: str) -> bool:
    name, comma, version = wanted.rpartition(",")
    known = (hdu.name or "").upper()
    if known == wanted.strip().upper():
        return bool(known)
    return bool(comma) and known == name.strip().upper() and version.strip() == str(hdu.version)


def _hdu(index: int, header: Header, data_offset: int) -> Hdu:
    name = header.string("EXTNAME") or ("PRIMARY" if index == 0 else None)
    header.where = Where(header.where.path, index, name)
    bitpix = header.integer("BITPIX")
    if bitpix not in _BITPIX:
        raise malformed(header.where, f"BITPIX = {bitpix} must be one of {', '.join(map(str, _BITPIX))}")
    naxis = header.size("NAXIS")
    if naxis > 999:
        raise malformed(header.where, f"NAXIS = {naxis} must be at most 999")
    shape = tuple(header.size(f"NAXIS{axis}") for axis in range(1, naxis + 1))
    kind = _kind(index, header, shape)
    # Section 4.4.1, equations 1, 2 and 4: random groups have NAXIS1 = 0 and count the other axes.
    counted = shape[1:] if kind is Kind.RANDOM_GROUPS else shape
    elements = math.prod(counted) if counted else 0
    parameters = header.size("PCOUNT", 0) if index or kind is Kind.RANDOM_GROUPS else 0
    groups = header.size("GCOUNT", 1) if index or kind is Kind.RANDOM_GROUPS else 1
    data_bytes = abs(bitpix) // 8 * groups * (parameters + elements)
    if kind in TABLES and (naxis != 2 or bitpix != 8):
        raise malformed(header.where, f"a table has BITPIX = 8 and NAXIS = 2, not {bitpix} and {naxis}")
    if kind is Kind.COMPRESSED_IMAGE:
        axes = header.size("ZNAXIS")
        shape = tuple(header.size(f"ZNAXIS{axis}") for axis in range(1, axes + 1))
    version = header.integer("EXTVER", 1)
    return Hdu(index, name, version, kind, header, shape, data_offset, data_bytes)


def _kind(index: int, header: Header, shape: tuple[int, ...]) -> Kind:
    if index == 0:
        groups = header.flag("GROUPS") and shape[:1] == (0,)
        return Kind.RANDOM_GROUPS if groups else Kind.IMAGE
    match header.string("XTENSION"):
        case "IMAGE" | "IUEIMAGE":
            return Kind.IMAGE
        case "TABLE":
            return Kind.ASCII_TABLE
        case "BINTABLE" | "A3DTABLE":
            if header.flag("ZIMAGE"):
                return Kind.COMPRESSED_IMAGE
            return Kind.COMPRESSED_TABLE if header.flag("ZTABLE") else Kind.TABLE
        case _:
            return Kind.OTHER

"""Images as rows: one a pixel, with 1-based coordinates in FITS order (FITS Standard 4.0, section 3.3.2)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from avila.formats.fits.bintable import known_columns
from avila.formats.fits.column import SIGN_SHIFT, Column, Scaling
from avila.formats.fits.tform import Form
from avila.formats.fits.values import STORED, elements_to_arrow, primitive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow.compute as pc

    from avila.formats.fits.hdu import Hdu
    from avila.formats.fits.storage import Reader, Storage
    from avila.formats.fits.values import Array

_CODES = {8: "B", 16: "I", 32: "J", 64: "K", -32: "E", -64: "D"}
_AXES = ("x", "y", "z")
_BATCH_PIXELS = 122_880
VALUE = "value"


class Pixels:
    """How the pixels of one image HDU become rows: columns x, y, z, axis4, … and value.

    Coordinates are INTEGER (BIGINT for an axis beyond 2^31 pixels). BSCALE, BZERO and BLANK are honoured: a
    blank pixel is NULL, a floating NaN stays NaN, and a scaled value is DOUBLE.
    """

    def __init__(self, hdu: Hdu, bitpix: int) -> None:
        self.hdu = hdu
        self.column = _pixel_column(hdu, bitpix)
        names = [*_AXES, *(f"axis{axis}" for axis in range(4, len(hdu.shape) + 1))][: len(hdu.shape)]
        axes = [
            pa.field(name, pa.int64() if size >= 2**31 else pa.int32())
            for name, size in zip(names, hdu.shape, strict=True)
        ]
        self.schema = pa.schema([*axes, self.column.field])
        self.total = math.prod(hdu.shape) if hdu.shape else 0

    def batch(self, columns: Sequence[str], first: int, count: int, stored: Array | None) -> pa.RecordBatch:
        """Pixels ``first`` to ``first + count`` in file order; ``stored`` are the values, if asked for."""
        arrays = []
        for name in columns:
            if name == VALUE:
                arrays.append(elements_to_arrow(self.column, stored, self.hdu.where.at_column(VALUE)))
            else:
                arrays.append(self._coordinate(self.schema.get_field_index(name), first, count))
        return pa.RecordBatch.from_arrays(
            arrays, schema=pa.schema([self.schema.field(name) for name in columns])
        )

    def _coordinate(self, axis: int, first: int, count: int) -> pa.Array:
        kind = self.schema.field(axis).type
        place: Array = np.arange(first, first + count, dtype="i8")
        place //= math.prod(self.hdu.shape[:axis])
        place %= self.hdu.shape[axis]
        place += 1
        return primitive(kind, place.astype(kind.to_pandas_dtype()), None)


class Image:
    """An uncompressed image HDU as a Source."""

    def __init__(self, storage: Storage, hdu: Hdu) -> None:
        self._storage = storage
        self._pixels = Pixels(hdu, hdu.header.integer("BITPIX"))
        self.schema = self._pixels.schema

    def scan(self, columns: Sequence[str], predicate: pc.Expression | None) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        """Yield the pixels in file order; the data is read only when ``value`` is asked for."""
        hdu = self._pixels.hdu
        known_columns(columns, self.schema, hdu.where)
        with self._storage.reading() as reader:
            hdu.check_complete(reader.size)
            for first in range(0, self._pixels.total, _BATCH_PIXELS):
                count = min(_BATCH_PIXELS, self._pixels.total - first)
                stored = self._read(reader, first, count) if VALUE in columns else None
                yield self._pixels.batch(columns, first, count, stored)

    def _read(self, reader: Reader, first: int, count: int) -> Array:
        stored: Array = np.empty(count, STORED[self._pixels.column.form.code][0])
        at = self._pixels.hdu.data_offset + first * stored.dtype.itemsize
        reader.read_into(at, memoryview(stored.view("u1")))
        return stored.astype(stored.dtype.newbyteorder("="))


def _pixel_column(hdu: Hdu, bitpix: int) -> Column:
    """The values as if they were a column: the same types, scaling and signedness (section 4.4.2.5)."""
    code = _CODES[bitpix]
    scale, zero = hdu.header.real("BSCALE", 1.0), hdu.header.real("BZERO", 0.0)
    scaling = Scaling.NONE
    if (scale, zero) != (1.0, 0.0):
        shifted = scale == 1.0 and zero == SIGN_SHIFT.get(code)
        scaling = Scaling.SHIFTED_SIGN if shifted else Scaling.LINEAR
    blank = hdu.header.integer("BLANK", None) if bitpix > 0 else None
    unit = hdu.header.string("BUNIT")
    metadata = {b"unit": unit.encode()} if unit else {}
    return Column(VALUE, 0, Form(code, 1), scaling, scale, zero, blank, metadata)

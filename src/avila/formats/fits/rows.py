"""Picking columns out of the rows of a binary table, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from avila.formats.fits.values import STORED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avila.formats.fits.column import Column
    from avila.formats.fits.hdu import Hdu
    from avila.formats.fits.storage import Reader
    from avila.formats.fits.values import Array

# A block fits the second-level cache, so that several columns are picked out of one reading of it.
_BLOCK_BYTES = 512 << 10


class RowReader:
    """Gathers columns of one table during one scan, straight from the mapped bytes of the file."""

    def __init__(self, reader: Reader, hdu: Hdu, columns: Sequence[Column]) -> None:
        self._reader = reader
        self._hdu = hdu
        self._columns = [(column, *stored_entries(column)) for column in columns]
        self._row_bytes = hdu.shape[0]
        self._block_rows = max(1, _BLOCK_BYTES // max(1, self._row_bytes))

    def gather(self, first: int, count: int) -> list[Array]:
        """Rows ``first`` to ``first + count``: a fresh native array (rows, stored entries) a column."""
        targets = [_empty(dtype, count, entries) for _, dtype, entries in self._columns]
        for done in range(0, count, self._block_rows):
            rows = min(self._block_rows, count - done)
            at = self._hdu.data_offset + (first + done) * self._row_bytes
            # Asked anew for each block: the file may have been cut since the last.
            content = self._reader.mapped()
            for (column, dtype, entries), target in zip(self._columns, targets, strict=True):
                if entries:
                    strides = (self._row_bytes, dtype.itemsize)
                    view: Array = np.ndarray((rows, entries), dtype, content, at + column.offset, strides)
                    target[done : done + rows] = view  # one pass: pick, swap bytes and make contiguous
        return targets


def stored_entries(column: Column) -> tuple[np.dtype, int]:
    """The big-endian numpy type that a column's field consists of, and how many entries a row has."""
    form = column.form
    if form.descriptor:
        return np.dtype(">i4" if form.descriptor == "P" else ">i8"), 2 * form.repeat
    if form.code in STORED:
        dtype, parts = STORED[form.code]
        return np.dtype(dtype), parts * form.repeat
    return np.dtype("u1"), form.width


def _empty(stored: np.dtype, rows: int, entries: int) -> Array:
    """A writable array in Arrow's memory pool, which keeps the pages that malloc would give back."""
    dtype = stored.newbyteorder("=")
    # A buffer of no bytes cannot be viewed, so there is always at least one entry behind the array.
    buffer = pa.allocate_buffer(max(1, rows * entries) * dtype.itemsize)
    return np.frombuffer(buffer, dtype)[: rows * entries].reshape(rows, entries)

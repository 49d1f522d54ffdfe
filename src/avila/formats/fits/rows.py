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

# A block fits the second-level cache, so a column is picked out of it at the speed of the processor, not of
# memory.
_BLOCK_BYTES = 512 << 10
# Rows whose unwanted part is larger than this are read one by one rather than whole.
_SPARSE_BYTES = 64 << 10


class RowReader:
    """Gathers columns of one table during one scan; its block buffer is used again and again."""

    def __init__(self, reader: Reader, hdu: Hdu, columns: Sequence[Column]) -> None:
        self._reader = reader
        self._hdu = hdu
        self._columns = columns
        stored = [column for column in columns if column.form.width]
        # Of each row only the span from the first wanted byte to the last matters.
        self._start = min((column.offset for column in stored), default=0)
        self._span = max((column.offset + column.form.width for column in stored), default=0) - self._start
        self._sparse = hdu.shape[0] - self._span > _SPARSE_BYTES
        self._stride = self._span if self._sparse else hdu.shape[0]
        self._block_rows = max(1, _BLOCK_BYTES // max(1, self._stride))
        self._buffer = bytearray(self._block_bytes(min(self._block_rows, max(1, hdu.shape[1]))))

    def gather(self, first: int, count: int) -> list[Array]:
        """Rows ``first`` to ``first + count``: a fresh native array (rows, stored entries) a column."""
        targets = [_empty(column, count) for column in self._columns]
        if not self._span:
            return targets
        for done in range(0, count, self._block_rows):
            rows = min(self._block_rows, count - done)
            self._fill(first + done, rows)
            for column, target in zip(self._columns, targets, strict=True):
                # One pass: pick, swap bytes and make contiguous.
                target[done : done + rows] = self._view(column, rows)
        return targets

    def _fill(self, first: int, rows: int) -> None:
        at = self._hdu.data_offset + first * self._hdu.shape[0] + self._start
        target = memoryview(self._buffer)
        if not self._sparse:
            self._reader.read_into(at, target[: self._block_bytes(rows)])
            return
        for row in range(rows):
            place = row * self._span
            self._reader.read_into(at + row * self._hdu.shape[0], target[place : place + self._span])

    def _block_bytes(self, rows: int) -> int:
        return (rows - 1) * self._stride + self._span

    def _view(self, column: Column, rows: int) -> Array:
        """The column's big-endian entries inside the block buffer, strided over its rows."""
        dtype, entries = stored_entries(column)
        return np.ndarray(
            (rows, entries),
            dtype,
            self._buffer,
            offset=column.offset - self._start if entries else 0,
            strides=(self._stride, np.dtype(dtype).itemsize),
        )


def stored_entries(column: Column) -> tuple[str, int]:
    """The big-endian numpy type that a column's field consists of, and how many entries a row has."""
    form = column.form
    if form.descriptor:
        return (">i4" if form.descriptor == "P" else ">i8"), 2 * form.repeat
    if form.code in STORED:
        dtype, parts = STORED[form.code]
        return dtype, parts * form.repeat
    return "u1", form.width


def _empty(column: Column, rows: int) -> Array:
    """A writable array in Arrow's memory pool, which keeps the pages that malloc would give back."""
    big_endian, entries = stored_entries(column)
    dtype = np.dtype(big_endian).newbyteorder("=")
    # A buffer of no bytes cannot be viewed, so there is always at least one entry behind the array.
    buffer = pa.allocate_buffer(max(1, rows * entries) * dtype.itemsize)
    return np.frombuffer(buffer, dtype)[: rows * entries].reshape(rows, entries)

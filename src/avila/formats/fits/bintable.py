"""Binary tables as a source: blocks of rows are read, and only the columns asked for are converted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from avila import errors
from avila.formats.fits.column import Column, binary_columns
from avila.formats.fits.heap import Heap, Spans, variable_to_arrow
from avila.formats.fits.rows import RowReader
from avila.formats.fits.values import booleans, elements_to_arrow, nested, strings_to_arrow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow.compute as pc

    from avila.formats.fits.hdu import Hdu
    from avila.formats.fits.problems import Where
    from avila.formats.fits.storage import Reader, Storage
    from avila.formats.fits.values import Array

# A batch is what the kernel is handed at once. The first ones are small, so that the kernel starts at once
# and a LIMIT costs little; they grow, because each costs a fixed 0.3 ms.
_FIRST_BATCH_ROWS = 61_440
_BATCH_ROWS = 491_520
_BATCH_BYTES = 32 << 20
# What variable-length arrays may bring into one batch; a batch that has more is cut in halves.
_HEAP_BYTES = 128 << 20


class BinaryTable:
    """A BINTABLE extension as a Source."""

    def __init__(self, storage: Storage, hdu: Hdu) -> None:
        """Read the columns from the header; BadCopyFileFormat when it contradicts itself."""
        self._storage = storage
        self._hdu = hdu
        self._columns = {column.name: column for column in binary_columns(hdu)}
        self._heap = Heap.of(hdu)
        self.schema = pa.schema([column.field for column in self._columns.values()])

    def scan(self, columns: Sequence[str], predicate: pc.Expression | None) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        """Yield the rows in file order; a FITS table has nothing that a predicate could skip by."""
        wanted = [self._columns[name] for name in known_columns(columns, self.schema, self._hdu.where)]
        rows = self._hdu.shape[1]
        most_rows = max(1, min(_BATCH_ROWS, _BATCH_BYTES // max(1, sum(c.form.width for c in wanted))))
        with self._storage.reading() as reader:
            self._hdu.check_complete(reader.size)
            picker = RowReader(reader, self._hdu, wanted)
            first, count = 0, min(_FIRST_BATCH_ROWS, most_rows)
            while first < rows:
                count = min(count, rows - first)
                yield from self._batches(reader, wanted, picker.gather(first, count), count)
                first, count = first + count, min(2 * count, most_rows)

    def _batches(
        self, reader: Reader, wanted: list[Column], gathered: list[Array], count: int
    ) -> Iterator[pa.RecordBatch]:
        """One batch, or more when the heap would bring too much into one."""
        spans = {
            column.name: Spans.of(column, self._heap, raw, self._hdu.where.at_column(column.name))
            for column, raw in zip(wanted, gathered, strict=True)
            if column.form.descriptor
        }
        if count > 1 and sum(span.total_bytes for span in spans.values()) > _HEAP_BYTES:
            half = count // 2
            yield from self._batches(reader, wanted, [raw[:half] for raw in gathered], half)
            yield from self._batches(reader, wanted, [raw[half:] for raw in gathered], count - half)
            return
        arrays = []
        for column, raw in zip(wanted, gathered, strict=True):
            where = self._hdu.where.at_column(column.name)
            if column.form.descriptor:
                arrays.append(variable_to_arrow(column, spans[column.name], reader, self._heap, where))
            else:
                arrays.append(fixed_to_arrow(column, raw, where))
        yield pa.RecordBatch.from_arrays(arrays, schema=pa.schema([column.field for column in wanted]))


def fixed_to_arrow(column: Column, gathered: Array, where: Where) -> pa.Array:
    """A column whose cells are in the rows; ``gathered`` is (rows, stored entries)."""
    rows, form = len(gathered), column.form
    used = math.prod(form.shape)  # TDIM may use less than the repeat count
    if form.code == "A":
        flat = strings_to_arrow(gathered[:, : used * form.characters].reshape(rows * used, form.characters))
    elif form.code == "X":
        bits = np.unpackbits(gathered, axis=1)[:, :used] if form.repeat else gathered
        flat = booleans(bits.reshape(-1))
    else:
        entries = used * (2 if form.code in "CM" else 1)
        flat = elements_to_arrow(column, gathered[:, :entries].reshape(-1), where)
    return nested(flat, form.shape, rows)


def known_columns(columns: Sequence[str], schema: pa.Schema, where: Where) -> Sequence[str]:
    """The columns, when the schema has them all; UndefinedColumn naming the first that it has not."""
    for name in columns:
        if name not in schema.names:
            raise errors.UndefinedColumn(f"{where} has no column {name}")
    return columns

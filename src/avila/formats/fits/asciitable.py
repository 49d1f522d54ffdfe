"""ASCII tables (the TABLE extension): numbers and texts at fixed places (FITS Standard 4.0, section 7.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from avila.formats.fits.bintable import known_columns
from avila.formats.fits.column import column_metadata, column_names
from avila.formats.fits.problems import malformed
from avila.formats.fits.values import strings_to_arrow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from avila.formats.fits.hdu import Hdu
    from avila.formats.fits.problems import Where
    from avila.formats.fits.storage import Storage
    from avila.formats.fits.values import Array

_TFORM = re.compile(r"\s*([AIFED])\s*([0-9]+)(?:\.([0-9]+))?\s*$")
_TYPES = {"A": pa.string(), "I": pa.int64(), "F": pa.float64(), "E": pa.float64(), "D": pa.float64()}
_BATCH_BYTES = 8 << 20


@dataclass(frozen=True)
class TextColumn:
    """One field: ``width`` characters from ``start`` (0-based) of a row, in the Fortran format ``code``."""

    name: str
    start: int
    width: int
    code: str
    decimals: int
    scale: float
    zero: float
    null: str | None
    metadata: dict[bytes, bytes]

    @property
    def is_scaled(self) -> bool:
        """Whether TSCAL and TZERO change the numbers."""
        return self.code != "A" and (self.scale, self.zero) != (1.0, 0.0)

    @property
    def field(self) -> pa.Field:
        """The Arrow field: VARCHAR, BIGINT, or DOUBLE for every real or scaled number."""
        kind = pa.float64() if self.is_scaled else _TYPES[self.code]
        return pa.field(self.name, kind, metadata=self.metadata or None)


class AsciiTable:
    """A TABLE extension as a Source. A number field that is blank, or equal to TNULL, is NULL."""

    def __init__(self, storage: Storage, hdu: Hdu) -> None:
        """Read the columns from the header; BadCopyFileFormat when it contradicts itself."""
        self._storage = storage
        self._hdu = hdu
        columns = [_column(hdu, n, name) for n, name in enumerate(column_names(hdu), start=1)]
        self._columns = {column.name: column for column in columns}
        self.schema = pa.schema([column.field for column in columns])

    def scan(self, columns: Sequence[str], predicate: pc.Expression | None) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        """Yield the rows in file order."""
        wanted = [self._columns[name] for name in known_columns(columns, self.schema, self._hdu.where)]
        schema = pa.schema([column.field for column in wanted])
        width, rows = self._hdu.shape
        batch_rows = max(1, _BATCH_BYTES // max(1, width))
        with self._storage.reading() as reader:
            self._hdu.check_complete(reader.size)
            for first in range(0, rows, batch_rows):
                count = min(batch_rows, rows - first)
                table: Array = np.empty((count, width), "u1")
                reader.read_into(self._hdu.data_offset + first * width, memoryview(table.reshape(-1)))
                arrays = [
                    _to_arrow(column, table, self._hdu.where.at_column(column.name)) for column in wanted
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _column(hdu: Hdu, number: int, name: str) -> TextColumn:
    header, where = hdu.header, hdu.where.at_column(name)
    tform = header.string(f"TFORM{number}") or ""
    match = _TFORM.match(tform)
    if not match:
        raise malformed(where, f"TFORM{number} = {tform!r} is not an ASCII table format")
    start, width = header.integer(f"TBCOL{number}") - 1, int(match[2])
    if start < 0 or start + width > hdu.shape[0]:
        raise malformed(
            where,
            f"TBCOL{number} and TFORM{number} place it at {start + 1} to {start + width} of {hdu.shape[0]}",
        )
    return TextColumn(
        name,
        start,
        width,
        match[1],
        int(match[3] or 0),
        header.real(f"TSCAL{number}", 1.0),
        header.real(f"TZERO{number}", 0.0),
        header.string(f"TNULL{number}"),
        column_metadata(header, number),
    )


def _to_arrow(column: TextColumn, table: Array, where: Where) -> pa.Array:
    texts = strings_to_arrow(np.ascontiguousarray(table[:, column.start : column.start + column.width]))
    trimmed = pc.utf8_trim(texts, " ")
    missing = pc.equal(trimmed, column.null) if column.null is not None else None
    if column.code == "A":
        return texts if missing is None else pc.if_else(missing, None, texts)
    blank = pc.equal(trimmed, "")
    missing = blank if missing is None else pc.or_(blank, missing)
    numbers = pc.if_else(missing, None, trimmed)
    if column.code == "I":
        parsed = _cast(pc.replace_substring_regex(numbers, r"^\+", ""), pa.int64(), where)
    else:
        parsed = _reals(numbers, column.decimals, where)
    if not column.is_scaled:
        return parsed
    return pc.add(pc.multiply(parsed.cast(pa.float64()), column.scale), column.zero)


def _reals(numbers: pa.Array, decimals: int, where: Where) -> pa.Array:
    """Fortran reals: D for E, a bare sign as exponent, and an implied decimal point where none is written."""
    texts = pc.replace_substring_regex(numbers, r"^\+", "")
    texts = pc.replace_substring_regex(texts, "[DdEe]", "E")
    texts = pc.replace_substring_regex(texts, r"([0-9.])([+-])", r"\1E\2")
    parsed = _cast(texts, pa.float64(), where)
    if not decimals:
        return parsed
    # Section 7.2.1: without a point, the last d digits of the mantissa are the fraction.
    implied = pc.match_substring_regex(texts, r"^-?[0-9]+(E|$)")
    return pc.if_else(implied, pc.divide(parsed, 10.0**decimals), parsed)


def _cast(texts: pa.Array, kind: pa.DataType, where: Where) -> pa.Array:
    try:
        return texts.cast(kind)
    except pa.ArrowInvalid as failure:
        raise malformed(where, f"a field is no number: {failure}") from failure

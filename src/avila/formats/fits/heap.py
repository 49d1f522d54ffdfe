"""Variable-length arrays: descriptors in the row, elements in the heap (FITS Standard 4.0, section 7.3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from avila.formats.fits.problems import malformed
from avila.formats.fits.tform import stored_bytes
from avila.formats.fits.values import STORED, booleans, elements_to_arrow, text

if TYPE_CHECKING:
    from avila.formats.fits.column import Column
    from avila.formats.fits.hdu import Hdu
    from avila.formats.fits.problems import Where
    from avila.formats.fits.storage import Reader
    from avila.formats.fits.values import Array

# Arrays that lie close together are read in one piece; this much waste is allowed for it.
_DENSE_FACTOR = 2


@dataclass(frozen=True)
class Heap:
    """Where the heap of a table lies: ``start`` in the file (after the gap THEAP may leave), and its size."""

    start: int
    size: int

    @classmethod
    def of(cls, hdu: Hdu) -> Heap:
        """The heap that PCOUNT and THEAP describe; BadCopyFileFormat when THEAP points outside."""
        table = hdu.shape[0] * hdu.shape[1]
        theap = hdu.header.integer("THEAP", table)
        if not table <= theap <= hdu.data_bytes:
            raise malformed(
                hdu.where, f"THEAP = {theap} is outside the supplemental data, {table} to {hdu.data_bytes}"
            )
        return cls(hdu.data_offset + theap, hdu.data_bytes - theap)


@dataclass(frozen=True)
class Spans:
    """The arrays of some rows, each inside the heap: their counts, lengths (bytes) and offsets (bytes)."""

    counts: Array
    lengths: Array
    offsets: Array

    @property
    def total_bytes(self) -> int:
        """What reading them brings into memory."""
        return int(self.lengths.sum())

    @classmethod
    def of(cls, column: Column, heap: Heap, descriptors: Array, where: Where) -> Spans:
        """Check descriptors, (rows, 2): count, offset; BadCopyFileFormat when one points outside the heap.

        A column of repeat 0 has no descriptors, and so an empty array in each row.
        """
        if not column.form.repeat:
            nothing: Array = np.zeros(len(descriptors), "i8")
            return cls(nothing, nothing, nothing)
        counts, offsets = descriptors[:, 0].astype("i8"), descriptors[:, 1].astype("i8")
        offsets[counts == 0] = 0  # an empty array has no place, and files put anything there
        # Compare before multiplying: a lying 64-bit count must not overflow into a plausible length.
        code = column.form.code
        limit = heap.size * 8 if code == "X" else heap.size // stored_bytes(code, 1)
        wrong = (counts < 0) | (counts > limit) | (offsets < 0) | (offsets > heap.size)
        counts_kept = np.where(wrong, 0, counts)
        lengths = -(-counts_kept // 8) if code == "X" else counts_kept * stored_bytes(code, 1)
        wrong |= offsets > heap.size - lengths
        if wrong.any():
            count, offset = (int(number) for number in descriptors[int(np.argmax(wrong))])
            raise malformed(
                where,
                f"a descriptor names {count} elements at byte {offset} and the heap has {heap.size} bytes",
            )
        return cls(counts, lengths, offsets)


def variable_to_arrow(column: Column, spans: Spans, reader: Reader, heap: Heap, where: Where) -> pa.Array:
    """Read the arrays and answer a list (a string for characters) a row."""
    counts, lengths = spans.counts, spans.lengths
    raw = _gathered(reader, heap, lengths, spans.offsets)
    code = column.form.code
    if code == "A":
        return _strings(raw, lengths)
    if code == "X":
        bits: Array = np.unpackbits(raw).astype(bool)
        flat = booleans(bits[_within(8 * (np.cumsum(lengths) - lengths), counts)])
    elif code == "L":
        flat = elements_to_arrow(column, raw, where)
    else:
        stored = raw.view(STORED[code][0])
        flat = elements_to_arrow(column, stored.astype(stored.dtype.newbyteorder("=")), where)
    bounds: Array = np.zeros(len(counts) + 1, "i4")
    np.cumsum(counts, out=bounds[1:])
    return pa.ListArray.from_arrays(pa.array(bounds), flat)


def _gathered(reader: Reader, heap: Heap, lengths: Array, offsets: Array) -> Array:
    """All bytes of the arrays, one after the other."""
    total = int(lengths.sum())
    gathered: Array = np.empty(total, "u1")
    if not total:
        return gathered
    used = lengths > 0
    first, last = int(offsets[used].min()), int((offsets + lengths)[used].max())
    places = np.cumsum(lengths) - lengths
    if last - first <= _DENSE_FACTOR * total:
        span: Array = np.empty(last - first, "u1")
        reader.read_into(heap.start + first, memoryview(span))
        if np.array_equal(offsets[used] - first, places[used]):
            return span  # written in row order without gaps, as nearly every file is
        for place, offset, length in zip(
            places.tolist(), (offsets - first).tolist(), lengths.tolist(), strict=True
        ):
            gathered[place : place + length] = span[offset : offset + length]
        return gathered
    target = memoryview(gathered)
    for place, offset, length in zip(places.tolist(), offsets.tolist(), lengths.tolist(), strict=True):
        reader.read_into(heap.start + offset, target[place : place + length])
    return gathered


def _within(starts: Array, counts: Array) -> Array:
    """The indices starts[i], starts[i]+1, … counts[i] of them, for all i, one after the other."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


def _strings(raw: Array, lengths: Array) -> pa.Array:
    content = raw.tobytes()
    ends = np.cumsum(lengths).tolist()
    cells = [content[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    trimmed = [cell.partition(b"\0")[0].rstrip(b" ") for cell in cells]
    sizes = np.fromiter((len(cell) for cell in trimmed), "i8", len(trimmed))
    missing = np.fromiter((cell[:1] == b"\0" for cell in cells), bool, len(cells))
    characters = np.frombuffer(b"".join(trimmed), "u1")
    return text(characters, sizes, missing if missing.any() else None)

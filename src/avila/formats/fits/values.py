"""From stored elements to Arrow arrays: one function a family of types, whole columns at a time.

The arrays that come in are *gathered*: contiguous, in the machine's byte order, one entry an element (for
characters, bits, logicals and descriptors: one byte an entry). FITS Standard 4.0, sections 7.3.3 (types),
7.3.2 (TSCAL, TZERO, TNULL).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from avila.formats.fits.column import COMPLEX, Scaling
from avila.formats.fits.problems import malformed

if TYPE_CHECKING:
    from avila.formats.fits.column import Column
    from avila.formats.fits.problems import Where

Array = Any  # a numpy array: numpy is imported without its types, as it is optional

# What is gathered for each type: its big-endian form in the file, and how many of it make one element.
STORED = {
    "B": ("u1", 1),
    "I": (">i2", 1),
    "J": (">i4", 1),
    "K": (">i8", 1),
    "E": (">f4", 1),
    "D": (">f8", 1),
    "C": (">f4", 2),
    "M": (">f8", 2),
}
_TRUE, _FALSE, _NUL, _BLANK = ord("T"), ord("F"), 0, ord(" ")


def elements_to_arrow(column: Column, stored: Array, where: Where) -> pa.Array:
    """Turn gathered logicals or numbers into a flat Arrow array; bits and characters have their own."""
    code = column.form.code
    if code == "L":
        return logicals_to_arrow(stored, where)
    if code in "CM":
        return _complex_to_arrow(column, stored)
    missing = None
    if column.null is not None:
        missing = stored == column.null
        missing = missing if missing.any() else None
    if column.scaling is Scaling.SHIFTED_SIGN:
        # Adding 2^(bits-1) to a two's complement number, or taking it away, is flipping its highest bit.
        width = 8 * stored.dtype.itemsize
        stored = stored.view(f"u{stored.dtype.itemsize}")
        stored ^= stored.dtype.type(1 << (width - 1))
        stored = stored.view("i1") if code == "B" else stored
    elif column.scaling is Scaling.LINEAR:
        stored = stored.astype("f8")
        stored *= column.scale
        stored += column.zero
    return primitive(column.element_type, stored, missing)


def primitive(kind: pa.DataType, values: Array, missing: Array | None) -> pa.Array:
    """Wrap a numpy array without copying it; ``missing`` is True where the value is NULL."""
    validity = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [validity, pa.py_buffer(values)])


def logicals_to_arrow(stored: Array, where: Where) -> pa.Array:
    """'T' and 'F', and NUL for NULL (section 7.3.3.1); anything else is an error, not a guess."""
    truth, missing = stored == _TRUE, stored == _NUL
    wrong = ~(truth | missing | (stored == _FALSE))
    if wrong.any():
        raise malformed(where, f"byte {int(stored[wrong][0])} is no logical value; 'T', 'F' and NUL are")
    return booleans(truth, missing if missing.any() else None)


def booleans(truth: Array, missing: Array | None = None) -> pa.Array:
    """Pack a numpy array of truth values into Arrow's bits."""
    validity = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))
    bits = pa.py_buffer(np.packbits(truth, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(truth), [validity, bits])


def strings_to_arrow(stored: Array) -> pa.Array:
    """Turn characters, shape (strings, width), into text: up to the first NUL, without trailing blanks.

    A string that begins with NUL is the standard's null string, so NULL (section 7.3.3.1); one of blanks is
    empty.
    """
    count, width = stored.shape
    if width == 0:
        return pa.array([""] * count, pa.string())
    if (stored == _NUL).any():
        ended = np.logical_or.accumulate(stored == _NUL, axis=1)
        missing = ended[:, 0] if ended[:, 0].any() else None
        significant = ~ended & (stored != _BLANK)
    else:
        missing = None
        significant = stored != _BLANK
    lengths = width - np.argmax(significant[:, ::-1], axis=1)
    lengths[~significant.any(axis=1)] = 0
    kept = stored if (lengths == width).all() else stored[np.arange(width) < lengths[:, None]]
    return text(np.ascontiguousarray(kept).reshape(-1), lengths, missing)


def text(characters: Array, lengths: Array, missing: Array | None = None) -> pa.Array:
    """Strings of the given lengths; bytes outside ASCII are UTF-8, or else Latin-1.

    The standard allows ASCII alone, so neither is right or wrong: UTF-8 is what such files mostly hold, and
    Latin-1 gives every other byte a character.
    """
    offsets: Array = np.zeros(len(lengths) + 1, "i4")
    np.cumsum(lengths, out=offsets[1:])
    validity = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))
    buffers = [validity, pa.py_buffer(offsets), pa.py_buffer(characters)]
    if not len(characters) or characters.max() < 128:
        return pa.Array.from_buffers(pa.string(), len(lengths), buffers)
    raw = pa.Array.from_buffers(pa.binary(), len(lengths), buffers)
    return pa.array([None if cell is None else _decoded(cell) for cell in raw.to_pylist()], pa.string())


def _decoded(cell: bytes) -> str:
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return cell.decode("latin-1")


def nested(flat: pa.Array, shape: tuple[int, ...], rows: int) -> pa.Array:
    """Fold a flat array into one list level an axis; ``shape`` in FITS order, the first is innermost."""
    for depth, size in enumerate(shape):
        lists = rows
        for outer in shape[depth + 1 :]:
            lists *= outer
        offsets = np.arange(lists + 1, dtype="i4") * np.int32(size)
        flat = pa.ListArray.from_arrays(pa.array(offsets), flat)
    return flat


def _complex_to_arrow(column: Column, stored: Array) -> pa.Array:
    """Pairs of floats to STRUCT(real, imaginary); TSCAL multiplies both, TZERO shifts the real part."""
    parts = stored.reshape(-1, 2).astype("f8")
    if column.scaling is Scaling.LINEAR:
        parts *= column.scale
        parts[:, 0] += column.zero
    halves = [pa.array(np.ascontiguousarray(parts[:, half])) for half in (0, 1)]
    return pa.StructArray.from_arrays(halves, fields=list(COMPLEX))

"""TFORM and TDIM: what one field of a binary table holds (FITS Standard 4.0, sections 7.3.1 to 7.3.5)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from avila.formats.fits.problems import malformed

if TYPE_CHECKING:
    from avila.formats.fits.problems import Where

# The width of one element in bytes; X counts bits and is not here.
ELEMENT_BYTES = {"L": 1, "B": 1, "I": 2, "J": 4, "K": 8, "A": 1, "E": 4, "D": 8, "C": 8, "M": 16}
_DESCRIPTOR_BYTES = {"P": 8, "Q": 16}
_TFORM = re.compile(r"\s*([0-9]*)([LXBIJKAEDCM])([0-9]*)")
_VARIABLE = re.compile(r"\s*([01]?)([PQ])([LXBIJKAEDCM])")
_TDIM = re.compile(r"\s*\(\s*([0-9]+(?:\s*,\s*[0-9]+)*)\s*\)\s*$")


@dataclass(frozen=True)
class Form:
    """One field: ``repeat`` elements of type ``code``, inside the row or, with ``descriptor``, in the heap.

    ``shape`` is in FITS order (first axis fastest): () for a scalar, (3,) for a vector. Characters are one
    element together, so a string is a scalar of ``characters`` bytes and its shape counts strings.
    """

    code: str
    repeat: int
    shape: tuple[int, ...] = ()
    characters: int = 0
    descriptor: str | None = None

    @property
    def width(self) -> int:
        """Bytes in the row."""
        if self.descriptor:
            return _DESCRIPTOR_BYTES[self.descriptor] * self.repeat
        return stored_bytes(self.code, self.repeat)


def stored_bytes(code: str, count: int) -> int:
    """How many bytes ``count`` elements take; bits are padded to whole bytes."""
    return -(-count // 8) if code == "X" else ELEMENT_BYTES[code] * count


def parse_form(tform: str, tdim: str | None, where: Where) -> Form:
    """Read TFORMn with its TDIMn; BadCopyFileFormat when they are no form or contradict each other."""
    variable = _VARIABLE.match(tform)
    if variable:
        repeat = int(variable[1]) if variable[1] else 1
        # TDIM of a variable array describes each cell only if all have one shape; the cells stay flat lists.
        return Form(variable[3], repeat, descriptor=variable[2])
    match = _TFORM.match(tform)
    if not match:
        raise malformed(where, f"TFORM {tform!r} is not a binary table format")
    repeat, code = int(match[1]) if match[1] else 1, match[2]
    shape = _shape(tdim, repeat, where) if tdim else None
    if code == "A":
        return _text(repeat, match[3], shape)
    if shape is None:
        shape = () if repeat == 1 else (repeat,)
    return Form(code, repeat, shape)


def _text(repeat: int, substring: str, shape: tuple[int, ...] | None) -> Form:
    """Characters: one string, or an array of strings by TDIM or by the rAw convention."""
    if shape:
        return Form("A", repeat, shape[1:], characters=shape[0])
    width = int(substring) if substring else 0
    if 0 < width < repeat:
        return Form("A", repeat, (repeat // width,), characters=width)
    return Form("A", repeat, (), characters=repeat)


def _shape(tdim: str, repeat: int, where: Where) -> tuple[int, ...]:
    match = _TDIM.match(tdim)
    if not match:
        raise malformed(where, f"TDIM {tdim!r} must look like '(2,3)'")
    shape = tuple(int(axis) for axis in match[1].split(","))
    if math.prod(shape) > repeat:
        raise malformed(where, f"TDIM {tdim!r} needs {math.prod(shape)} elements and the field has {repeat}")
    return shape

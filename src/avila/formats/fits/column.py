"""The columns of a binary table: names, places, scaling, Arrow types (FITS Standard 4.0, section 7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

import pyarrow as pa

from avila.formats.fits.problems import malformed
from avila.formats.fits.tform import Form, parse_form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avila.formats.fits.hdu import Hdu
    from avila.formats.fits.header import Header

_MAX_FIELDS = 999
# Section 5.3, table 11: with TSCAL 1, these zeros mean "the other signedness", exactly, not a scaled number.
SIGN_SHIFT = {"B": -(2**7), "I": 2**15, "J": 2**31, "K": 2**63}
_SHIFTED = {"B": pa.int8(), "I": pa.uint16(), "J": pa.uint32(), "K": pa.uint64()}
_PLAIN = {
    "L": pa.bool_(),
    "X": pa.bool_(),
    "B": pa.uint8(),
    "I": pa.int16(),
    "J": pa.int32(),
    "K": pa.int64(),
    "A": pa.string(),
    "E": pa.float32(),
    "D": pa.float64(),
}
COMPLEX = pa.struct([("real", pa.float64()), ("imaginary", pa.float64())])


class Scaling(Enum):
    """What TSCAL and TZERO make of the stored numbers."""

    NONE = auto()
    SHIFTED_SIGN = auto()
    LINEAR = auto()


@dataclass(frozen=True)
class Column:
    """One column: where it is in the row (``offset``, bytes) and how its bytes become values."""

    name: str
    offset: int
    form: Form
    scaling: Scaling
    scale: float
    zero: float
    null: int | None
    metadata: dict[bytes, bytes]

    @property
    def element_type(self) -> pa.DataType:
        """The Arrow type of one element."""
        if self.form.code in "CM":
            return COMPLEX
        if self.scaling is Scaling.LINEAR:
            return pa.float64()
        if self.scaling is Scaling.SHIFTED_SIGN:
            return _SHIFTED[self.form.code]
        return _PLAIN[self.form.code]

    @property
    def type(self) -> pa.DataType:
        """The Arrow type of a cell: the element, inside one list for each axis."""
        kind = self.element_type
        if self.form.descriptor:
            return kind if self.form.code == "A" else pa.list_(kind)
        for _axis in self.form.shape:
            kind = pa.list_(kind)
        return kind

    @property
    def field(self) -> pa.Field:
        """The Arrow field; its metadata has ``unit`` (TUNIT) and ``comment`` (TCOMM), if given."""
        return pa.field(self.name, self.type, metadata=self.metadata or None)


def binary_columns(hdu: Hdu) -> list[Column]:
    """The columns of a BINTABLE; BadCopyFileFormat when header and row width contradict each other."""
    header = hdu.header
    columns: list[Column] = []
    offset = 0
    for number, name in enumerate(column_names(hdu), start=1):
        where = hdu.where.at_column(name)
        tform = header.string(f"TFORM{number}")
        if tform is None:
            raise malformed(where, f"the required keyword TFORM{number} is missing")
        form = parse_form(tform, header.string(f"TDIM{number}"), where)
        columns.append(_column(header, number, name, offset, form))
        offset += form.width
    if offset != hdu.shape[0]:
        raise malformed(
            hdu.where, f"NAXIS1 says that a row has {hdu.shape[0]} bytes and its columns take {offset}"
        )
    return columns


def _column(header: Header, number: int, name: str, offset: int, form: Form) -> Column:
    scale, zero = header.real(f"TSCAL{number}", 1.0), header.real(f"TZERO{number}", 0.0)
    scaling = Scaling.NONE
    if form.code in "BIJKEDCM" and (scale, zero) != (1.0, 0.0):
        shifted = scale == 1.0 and zero == SIGN_SHIFT.get(form.code)
        scaling = Scaling.SHIFTED_SIGN if shifted else Scaling.LINEAR
    # TNULL is defined for integers alone (section 7.3.2); floating columns have NaN.
    null = header.integer(f"TNULL{number}", None) if form.code in "BIJK" else None
    return Column(name, offset, form, scaling, scale, zero, null, column_metadata(header, number))


def column_metadata(header: Header, number: int) -> dict[bytes, bytes]:
    """What the header says about a column beyond its values: its unit and its comment."""
    said = {"unit": header.string(f"TUNIT{number}"), "comment": header.string(f"TCOMM{number}")}
    return {key.encode(): text.encode() for key, text in said.items() if text}


def column_names(hdu: Hdu) -> list[str]:
    """TTYPE1..TTYPEn; colN where there is none, a suffix where two are the same in SQL (in any case)."""
    fields = hdu.header.size("TFIELDS")
    if fields > _MAX_FIELDS:
        raise malformed(hdu.where, f"TFIELDS = {fields} must be at most {_MAX_FIELDS}")
    return unique_names(hdu.header.string(f"TTYPE{n}") or f"col{n}" for n in range(1, fields + 1))


def unique_names(names: Iterable[str]) -> list[str]:
    """Make names differ without regard to case: the second ``mag`` becomes ``mag_1``."""
    given = list(names)
    taken = {name.lower() for name in given}
    seen: set[str] = set()
    unique: list[str] = []
    for name in given:
        candidate, count = name, 0
        while candidate.lower() in seen or (count and candidate.lower() in taken):
            count += 1
            candidate = f"{name}_{count}"
        seen.add(candidate.lower())
        unique.append(candidate)
    return unique

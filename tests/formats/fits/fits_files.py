"""Files that astropy writes, and tables that Avila reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

fits = pytest.importorskip("astropy.io.fits")

if TYPE_CHECKING:
    from pathlib import Path

    from avila.formats.source import Source


def read(source: Source, columns: list[str] | None = None) -> pa.Table:
    """Everything a source yields, checked to be valid Arrow of the schema it promised."""
    names = source.schema.names if columns is None else columns
    schema = pa.schema([source.schema.field(name) for name in names])
    table = pa.Table.from_batches(source.scan(names, None), schema)
    table.validate(full=True)
    return table


def write(path: Path, *columns: object, **keywords: object) -> Path:
    """A file with one binary table of astropy columns; keywords overrule what astropy put into its header."""
    hdu = fits.BinTableHDU.from_columns(list(columns), name="STARS")
    hdu.writeto(path)
    for keyword, value in keywords.items():
        patch(path, keyword, value)
    return path


def patch(path: Path, keyword: str, value: object) -> None:
    """Overwrite the value of the last card of a keyword, as no library would let us do."""
    content = bytearray(path.read_bytes())
    at = content.rindex(keyword.ljust(8).encode() + b"=")
    shown = f"'{value}'" if isinstance(value, str) else str(value).rjust(20)
    content[at : at + 80] = f"{keyword:<8}= {shown}".ljust(80).encode()
    path.write_bytes(content)

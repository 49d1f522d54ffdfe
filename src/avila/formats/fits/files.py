"""From what a user names (a file, a pattern, a list) to one source over all the HDUs that are meant."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from avila import errors
from avila.formats.fits.asciitable import AsciiTable
from avila.formats.fits.bintable import BinaryTable
from avila.formats.fits.compressed import CompressedImage
from avila.formats.fits.hdu import Hdu, Kind, find
from avila.formats.fits.image import Image
from avila.formats.fits.problems import malformed, unsupported
from avila.formats.fits.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow.compute as pc

    from avila.formats.source import Source

FILENAME = "filename"


class Concatenation:
    """The same HDU of several files, one after the other; ``filename`` adds a column naming a row's file."""

    def __init__(self, paths: Sequence[str], parts: Sequence[Source], *, filename: bool) -> None:
        """Compare the schemas; BadCopyFileFormat naming the first file that differs, and where it does."""
        self._paths = paths
        self._parts = parts
        first = parts[0].schema
        for path, part in zip(paths, parts, strict=True):
            difference = _difference(first, part.schema)
            if difference:
                raise errors.BadCopyFileFormat(
                    f"{path} {difference} than {paths[0]}",
                    hint="Read files of one layout together, or UNION them.",
                )
        self._filename = filename
        if filename and FILENAME in first.names:
            raise errors.DuplicateObject(
                f"{paths[0]} has a column {FILENAME} already", hint="Read it without filename = true."
            )
        self.schema = first.append(pa.field(FILENAME, pa.string())) if filename else first

    def scan(self, columns: Sequence[str], predicate: pc.Expression | None) -> Iterator[pa.RecordBatch]:
        """Yield the rows of the files in the order of their names."""
        if not self._filename or FILENAME not in columns:
            for part in self._parts:
                yield from part.scan(columns, predicate)
            return
        stored = [name for name in columns if name != FILENAME] or self._parts[0].schema.names[:1]
        schema = pa.schema([self.schema.field(name) for name in columns])
        for path, part in zip(self._paths, self._parts, strict=True):
            for batch in part.scan(stored, None):
                names = pa.repeat(path, batch.num_rows)
                arrays = [names if name == FILENAME else batch.column(name) for name in columns]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def open_fits(path: str | Sequence[str], hdu: int | str | None, *, filename: bool) -> Source:
    """The source that read_fits answers."""
    paths = expand(path)
    parts = [_open(one, hdu) for one in paths]
    return parts[0] if len(parts) == 1 and not filename else Concatenation(paths, parts, filename=filename)


def expand(path: str | Sequence[str]) -> list[str]:
    """The files that a path, a pattern (``*``, ``?``, ``[…]``, ``**``) or a list of them names, in order.

    Raises UndefinedFile when a pattern or a list names none.
    """
    if not isinstance(path, str):
        named = [file for one in path for file in expand(one)]
        if not named:
            raise errors.UndefinedFile("the list of FITS files is empty")
        return named
    # A file whose very name has brackets is that file, not a pattern.
    if not glob.has_magic(path) or Path(path).exists():
        return [path]
    matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207  (Path.glob takes no absolute pattern)
    if not matches:
        raise errors.UndefinedFile(f"no file matches {path}")
    return matches


def _open(path: str, wanted: int | str | None) -> Source:
    storage = Storage(path)
    hdu = find(storage, wanted)
    match hdu.kind:
        case Kind.TABLE:
            return BinaryTable(storage, hdu)
        case Kind.ASCII_TABLE:
            return AsciiTable(storage, hdu)
        case Kind.IMAGE | Kind.COMPRESSED_IMAGE if not hdu.holds_data:
            raise malformed(
                hdu.where, "it holds no data", hint="fits_hdus(path) lists the HDUs and what they hold."
            )
        case Kind.IMAGE:
            return Image(storage, hdu)
        case Kind.COMPRESSED_IMAGE:
            return CompressedImage(storage, hdu)
        case Kind.COMPRESSED_TABLE:
            raise unsupported(
                hdu.where, "compressed tables cannot be read", hint="Unpack it with funpack first."
            )
        case _:
            raise unsupported(hdu.where, f"an HDU of type {_type(hdu)!r} cannot be read as rows")


def _type(hdu: Hdu) -> str:
    return (
        str(hdu.kind) if hdu.kind is not Kind.OTHER else hdu.header.string("XTENSION") or "without XTENSION"
    )


def _difference(first: pa.Schema, other: pa.Schema) -> str | None:
    """How a schema differs from the first file's, units included: 12 degrees are not 12 radians."""
    if first.names != other.names:
        return f"has other columns ({', '.join(other.names)})"
    for one, two in zip(first, other, strict=True):
        if one.type != two.type:
            return f"has another type of column {one.name} ({two.type} and not {one.type})"
        units = [(field.metadata or {}).get(b"unit", b"").decode() for field in (one, two)]
        if units[0] != units[1]:
            return (
                f"has another unit of column {one.name} ({units[1] or 'none'} and not {units[0] or 'none'})"
            )
    return None

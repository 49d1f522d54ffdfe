"""What files hold, as tables: fits_hdus (a row an HDU) and fits_headers (a row a card)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from avila.formats.fits.bintable import known_columns
from avila.formats.fits.files import expand
from avila.formats.fits.hdu import TABLES, Hdu, find, hdus
from avila.formats.fits.problems import Where
from avila.formats.fits.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow.compute as pc

Row = tuple[object, ...]

HDUS = pa.schema(
    [
        ("file", pa.string()),
        ("hdu", pa.int32()),
        ("name", pa.string()),
        ("version", pa.int32()),
        ("type", pa.string()),
        ("rows", pa.int64()),
        ("columns", pa.int32()),
        ("shape", pa.list_(pa.int64())),
        ("bytes", pa.int64()),
        ("complete", pa.bool_()),
    ]
)
HEADERS = pa.schema(
    [
        ("file", pa.string()),
        ("hdu", pa.int32()),
        ("extname", pa.string()),
        ("position", pa.int32()),
        ("keyword", pa.string()),
        ("value", pa.string()),
        ("comment", pa.string()),
    ]
)


class Listing:
    """Rows about files as a Source, one batch a file; the files are read when the rows are."""

    def __init__(
        self, path: str | Sequence[str], schema: pa.Schema, rows: Callable[[str], list[Row]]
    ) -> None:
        """Check that the files are there: UndefinedFile, IoError, as for reading them."""
        self._paths = expand(path)
        self._rows = rows
        self.schema = schema
        for one in self._paths:
            Storage(one)

    def scan(self, columns: Sequence[str], predicate: pc.Expression | None) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        """Yield the rows of each file."""
        known_columns(columns, self.schema, Where(self._paths[0]))
        for path in self._paths:
            rows = self._rows(path)
            arrays = [
                pa.array(
                    [row[self.schema.get_field_index(name)] for row in rows], self.schema.field(name).type
                )
                for name in columns
            ]
            yield pa.RecordBatch.from_arrays(
                arrays, schema=pa.schema([self.schema.field(n) for n in columns])
            )


def hdu_rows(path: str) -> list[Row]:
    """One row an HDU; a truncated one is listed too, as not complete."""
    storage = Storage(path)
    with storage.reading() as reader:
        return [_hdu_row(path, hdu, reader.size) for hdu in hdus(storage, reader)]


def _hdu_row(path: str, hdu: Hdu, file_bytes: int) -> Row:
    fields = hdu.header.integer("TFIELDS", None) if hdu.kind in TABLES else None
    shape = None if hdu.kind in TABLES else list(hdu.shape)
    complete = hdu.data_offset + hdu.data_bytes <= file_bytes
    return (
        path,
        hdu.index,
        hdu.name,
        hdu.version,
        str(hdu.kind),
        hdu.rows,
        fields,
        shape,
        hdu.data_bytes,
        complete,
    )


def header_rows(path: str, wanted: int | str | None) -> list[Row]:
    """One row a card, of all HDUs or of one; ``value`` is the text in the file, without a string's quotes."""
    storage = Storage(path)
    if wanted is not None:
        return _card_rows(path, find(storage, wanted))
    with storage.reading() as reader:
        return [row for hdu in hdus(storage, reader) for row in _card_rows(path, hdu)]


def _card_rows(path: str, hdu: Hdu) -> list[Row]:
    return [
        (path, hdu.index, hdu.name, position, card.keyword or None, card.text, card.comment)
        for position, card in enumerate(hdu.header.cards, start=1)
    ]

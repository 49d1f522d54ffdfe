"""Exports: the records under the newest signed head, and that head with them.

JSON lines hold what a record's hash is made of: its bytes as they are kept, its number, and the hash that it is linked
to. So whoever has the lines and the head can compute the tree without the log. Parquet holds the columns of the view.
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING

from avila import errors
from avila.security.audit.reading import SCHEMA, Filter, batches, existing, kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from avila.security.audit.folder import Folder
    from avila.security.audit.head import SignedHead
    from avila.security.audit.reading import Kept

HEAD_METADATA = b"avila.audit.head"


def export_jsonl(folder: Path, stream: IO[bytes]) -> tuple[int, SignedHead]:
    """Write a line a record; return how many, and the head that they are under.

    Raises UndefinedFile when there is no log, CorruptedDatabase when its head file is damaged.
    """
    where = existing(folder)
    head, lines = _head(where), 0
    for record in _under(where, head):
        if record.body is None or record.number is None:
            line = json.dumps({"number": record.number, "damaged": record.place}).encode()
        else:
            # The bytes go in as they are: written anew they might be others.
            line = b'{"number":%d,"previous":"%s","record":%s}' % (
                record.number, record.previous.hex().encode(), record.body,
            )  # fmt: skip
        stream.write(line + b"\n")
        lines += 1
    return lines, head


def export_parquet(folder: Path, stream: IO[bytes]) -> tuple[int, SignedHead]:
    """Write a row a record, with the head in the file's metadata; return and raise as for JSON lines."""
    from pyarrow import parquet

    where = existing(folder)
    head, rows = _head(where), 0
    schema = SCHEMA.with_metadata({HEAD_METADATA: head.json})
    with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        for batch in batches(_under(where, head), Filter()):
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))
            rows += batch.num_rows
    return rows, head


def _head(folder: Folder) -> SignedHead:
    try:
        return folder.read_head()
    except (FileNotFoundError, ValueError) as error:
        raise errors.CorruptedDatabase(
            f"the audit log in {folder.path} has no signed head to export with: {error}",
            hint="`avila audit verify` names what is wrong; `avila audit show` shows what can be read.",
        ) from error


def _under(folder: Folder, head: SignedHead) -> Iterator[Kept]:
    """Yield the records that the head covers, and what is damaged among them."""
    for record in kept(folder):
        if record.number is not None and record.number >= head.head.size:
            return
        yield record

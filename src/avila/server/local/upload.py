"""A data frame on its way to the owner, in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from avila.frames import frame_table
from avila.server.local import wire

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH_ROWS = 65_536


def pieces(frame: object) -> Iterator[tuple[bool, pa.Buffer]]:
    """Yield what to send and whether more comes; the last piece has no rows."""
    table: Any = frame_table(frame)
    if isinstance(table, pa.Table):
        batches = iter(table.to_batches(BATCH_ROWS))
    elif hasattr(table, "to_batches"):  # a data set
        batches = iter(table.to_batches(batch_size=BATCH_ROWS))
    else:
        batches = table.scan(table.schema.names, None)
    for batch in batches:
        yield True, wire.pack_batches(batch.schema, [batch])
    yield False, wire.pack_batches(table.schema, [])

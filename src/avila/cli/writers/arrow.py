"""Arrow: an IPC stream, which any Arrow library reads while it arrives."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable

    from avila.result import Result


def write_arrow(result: Result, stream: IO[bytes], wrote: Callable[[int], None]) -> None:
    """Write an IPC stream."""
    reader = result.reader()
    with pa.ipc.new_stream(stream, reader.schema) as sink:
        for batch in reader:
            sink.write_batch(batch)
            wrote(batch.num_rows)

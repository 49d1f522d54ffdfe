"""Parquet, for files alone: its index comes last, so nobody can read it while it arrives."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable

    from avila.result import Result


def write_parquet(result: Result, stream: IO[bytes], wrote: Callable[[int], None]) -> None:
    """Write one Parquet file, a row group a batch, compressed with Zstandard."""
    reader = result.reader()
    with pq.ParquetWriter(stream, reader.schema, compression="zstd") as sink:
        for batch in reader:
            sink.write_batch(batch)
            wrote(batch.num_rows)

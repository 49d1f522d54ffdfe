"""Sources as the kernel scans them: a pyarrow Dataset whose scanner asks the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow.compute as pc

    from avila.kernel.source import Source


class SourceDataset(ds.Dataset):  # type: ignore[misc]  # (pyarrow has no types)
    """The shape in which DuckDB hands over projection and filters.

    DuckDB recognises pyarrow's Dataset and calls ``type(dataset).scanner(dataset, columns=…, filter=…).to_reader()``.
    It trusts the reader to have applied the filter, so the source's batches are filtered here whatever it did itself.
    """

    def __init__(self, source: Source) -> None:
        """Wrap a source; pyarrow's own initialiser is for its own datasets only."""
        self._source = source

    @property
    def schema(self) -> pa.Schema:
        """The source's columns."""
        return self._source.schema

    def scanner(
        self,
        columns: list[str] | None = None,
        filter: pc.Expression | None = None,  # noqa: A002 (the kernel says so)
        **_: Any,
    ) -> Scan:
        """Return a scan of ``columns`` of the rows for which ``filter`` holds."""
        return Scan(self._source, list(columns) if columns else self._source.schema.names[:1], filter)


class Scan:
    """One scan, in the little of a pyarrow Scanner that the kernel uses.

    A real Scanner over Python batches reads ahead on threads of its own, which then wait for the interpreter when the
    kernel ends a scan early: that hangs, or ends the process.
    """

    def __init__(self, source: Source, columns: list[str], predicate: pc.Expression | None) -> None:
        self._source = source
        self._columns = columns
        self._predicate = predicate
        self.projected_schema = pa.schema([source.schema.field(name) for name in columns])

    def to_reader(self) -> pa.RecordBatchReader:
        """Return the stream."""
        return pa.RecordBatchReader.from_batches(self.projected_schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        batches = self._source.scan(self._columns, self._predicate)
        if self._predicate is None:
            yield from batches
            return
        for batch in batches:
            yield from pa.Table.from_batches([batch]).filter(self._predicate).to_batches()

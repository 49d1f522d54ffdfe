"""Sources as the kernel scans them: a pyarrow Dataset whose scanner asks the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

if TYPE_CHECKING:
    from avila.kernel.source import Source


class SourceDataset(ds.Dataset):
    """The shape in which DuckDB hands over projection and filters.

    DuckDB recognises pyarrow's Dataset and calls ``type(dataset).scanner(dataset, columns=…, filter=…)``; it then
    trusts the scanner to have applied the filter, so the source's batches are filtered here whatever it did itself.
    """

    def __init__(self, source: Source) -> None:
        """Wrap a source; pyarrow's own initialiser is for its own datasets only."""
        self._source = source

    @property
    def schema(self) -> pa.Schema:
        """The source's columns."""
        return self._source.schema

    def scanner(
        self, columns: list[str] | None = None, filter: pc.Expression | None = None, **_: Any  # noqa: A002
    ) -> ds.Scanner:
        """Return a scanner over ``columns`` of the rows for which ``filter`` holds."""
        wanted = list(columns) if columns else self._source.schema.names[:1]
        schema = pa.schema([self._source.schema.field(name) for name in wanted])
        batches = self._source.scan(wanted, filter)
        return ds.Scanner.from_batches(batches, schema=schema, columns=wanted, filter=filter)

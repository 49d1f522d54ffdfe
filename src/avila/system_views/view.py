"""How a view of Avila's own is made: its columns, and who yields its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from avila.catalog.functions import OWN_SCHEMA, TableFunction
from avila.catalog.signature import Signature, split_top_level
from avila.kernel.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pyarrow.compute as pc

_TYPES = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
    "VARCHAR[]": pa.list_(pa.string()),
}


@dataclass(frozen=True)
class View:
    """One view: ``columns`` as in a table's definition, ``rows`` called with the executor and the arguments.

    Where there are many rows, ``rows`` answers a source that reads them when they are asked for.

    ``signature`` gives the parameters when it is a function: ``permissions(role VARCHAR, object VARCHAR)``.
    """

    name: str
    columns: str
    rows: Callable[..., Iterable[Sequence[Any]] | Source]
    doc: str
    signature: str = ""

    @property
    def schema(self) -> pa.Schema:
        """The columns as Arrow has them."""
        columns = [column.split() for column in split_top_level(self.columns, ",")]
        return pa.schema([pa.field(name, _TYPES[kind]) for name, kind in columns])

    def function(self) -> TableFunction:
        """Return the view as the planner binds it."""
        parsed = Signature.parse(self.signature or f"{self.name}()")
        signature = Signature(f"{OWN_SCHEMA}.{self.name}", parsed.parameters)
        return TableFunction(signature, self._open, self.doc, session=True)

    def _open(self, executor: Any, **arguments: Any) -> Source:
        schema = self.schema
        found = self.rows(executor, **arguments)
        if isinstance(found, Source):
            return found
        rows = list(found)
        arrays = [pa.array([row[i] for row in rows], field.type) for i, field in enumerate(schema)]
        return Rows(pa.table(arrays, schema=schema))


class Rows:
    """Rows that are known already, as a source."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.schema = table.schema

    def scan(self, columns: Sequence[str], predicate: pc.Expression | None) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        """Yield the rows; they are few, so nothing is skipped."""
        yield from self._table.select(list(columns)).to_batches()

"""What a table function answers: a schema at once, and rows when the kernel asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa
    import pyarrow.compute as pc


@runtime_checkable
class Source(Protocol):
    """A readable table outside the database.

    A source is opened when its statement runs, so opening must be cheap (a header, not the data), and scanned once
    or more while the statement runs, from threads of the kernel.
    """

    @property
    def schema(self) -> pa.Schema:
        """The columns, without reading the rows."""
        ...

    def scan(self, columns: Sequence[str], predicate: pc.Expression | None) -> Iterator[pa.RecordBatch]:
        """Yield batches that have exactly ``columns``, in that order.

        ``columns`` names only what the statement needs (possibly nothing but one column when rows are merely
        counted). ``predicate`` is a hint: a source may skip rows that cannot match, and need not; the rows it
        yields are filtered again.
        """
        ...

"""What Avila asks of a kernel: run the SQL of a plan, answer Arrow, and stop when told to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

Row = tuple[Any, ...]


class Column(NamedTuple):
    """A column of an answer: its name and its SQL type as the kernel spells it."""

    name: str
    type: str


@dataclass(frozen=True)
class Relation:
    """A table or view that a statement can name."""

    catalog: str
    schema: str
    name: str
    kind: str  # 'table' | 'view'
    internal: bool = False
    temporary: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """The name as look-ups compare it: folded to lower case."""
        return (self.catalog.lower(), self.schema.lower(), self.name.lower())


@dataclass(frozen=True)
class TableColumn:
    """A column of a table or view: its name, its SQL type, and its default (or what generates it) as SQL."""

    name: str
    type: str
    default: str | None = None


@dataclass(frozen=True)
class MacroDefinition:
    """One overload of a function that a user made: its parameters, their defaults, and what it stands for, as SQL."""

    catalog: str
    schema: str
    name: str
    parameters: tuple[str, ...]
    body: str
    makes_table: bool


class Answer(Protocol):
    """The rows of one statement, taken once, in order."""

    @property
    def columns(self) -> Sequence[Column]:
        """Names and SQL types of the columns; empty when the statement answers no rows."""
        ...

    @property
    def rowcount(self) -> int:
        """Rows written, or -1 when the statement wrote none or it is not known."""
        ...

    def fetchmany(self, size: int) -> list[Row]:
        """Take up to ``size`` rows as Python values; fewer only at the end."""
        ...

    def fetchall(self) -> list[Row]:
        """Take the rows that are left as Python values."""
        ...

    def reader(self, batch_rows: int) -> pa.RecordBatchReader:
        """Take the rows that are left as a stream of Arrow batches."""
        ...

    def detach(self) -> None:
        """Hold the rows that are left in memory, because the connection is needed for something else."""
        ...

    def close(self) -> None:
        """Give up the rows that are left."""
        ...

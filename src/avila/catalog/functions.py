"""The functions a statement may call, as values: what extensions declare and the planner binds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from avila.catalog.signature import Signature
    from avila.kernel.source import Source


OWN_SCHEMA = "avila"
"""The schema of what Avila keeps and shows of itself."""


@dataclass(frozen=True)
class ScalarFunction:
    """A function of values: called with one Arrow array a parameter, answers one Arrow array as long.

    A default of the signature arrives as an array too. ``volatile`` functions may answer differently each time.
    NULL arrives as Arrow's null, and is the function's to handle.
    """

    signature: Signature
    call: Callable[..., Any]
    doc: str
    example: str | None = None
    volatile: bool = False


@dataclass(frozen=True)
class MacroFunction:
    """A function that SQL can say: calls are replaced by the expression, so it runs at the kernel's own speed."""

    signature: Signature
    body: str
    doc: str
    example: str | None = None


@dataclass(frozen=True)
class TableFunction:
    """A function that answers a table: called with Python values when its statement runs.

    ``files`` names the parameter that is a path, when there is one: the authoriser looks at it. ``suffixes`` are the
    endings of file names for which ``FROM 'name'`` means this function.
    """

    signature: Signature
    call: Callable[..., Source]
    doc: str
    example: str | None = None
    files: str | None = None
    suffixes: tuple[str, ...] = ()
    session: bool = False
    """Whether it is called with the session first, and shows what that may see: a view of Avila's own."""


@dataclass(frozen=True)
class Functions:
    """Every function that a database offers by itself: the kernel's by name, the extensions' as declared."""

    kernel: frozenset[str] = frozenset()
    scalars: Mapping[str, ScalarFunction] = field(default_factory=dict)
    macros: Mapping[str, MacroFunction] = field(default_factory=dict)
    tables: Mapping[str, TableFunction] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    """The extension that declares each function."""

    def extension_of(self, name: str) -> str:
        """Return the extension that a function comes from."""
        return self.owners[name]

    def __contains__(self, name: str) -> bool:
        return name in self.kernel or name in self.scalars or name in self.macros or name in self.tables

    def names(self) -> Iterable[str]:
        """Yield every name, for suggestions and completion."""
        yield from self.kernel
        yield from self.scalars
        yield from self.macros
        yield from self.tables

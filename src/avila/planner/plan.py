"""A statement on its way from text to kernel: the tree, what it touches, and what the kernel will run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from avila import errors
from avila.catalog.objects import Catalog
from avila.security.authority import Authority, Principal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlglot import exp

    from avila.catalog.changes import Change
    from avila.catalog.functions import Functions, ScalarFunction, TableFunction
    from avila.kernel.base import MacroDefinition, Relation, TableColumn
    from avila.security.authority import Observer


class Kind(Enum):
    """What a statement does, as far as sessions must tell statements apart."""

    QUERY = "query"
    WRITE = "write"
    DEFINITION = "definition"
    COMMAND = "command"  # carried out by Avila itself, not by a kernel


@dataclass(frozen=True)
class Statement:
    """One parsed statement, and the text it came from (all of it, so that errors can point into it)."""

    text: str
    tree: exp.Expr


@dataclass(frozen=True)
class Argument:
    """A value known when the statement runs: a constant, or the parameter that will hold it."""

    value: Any = None
    parameter: int | str | None = None

    def resolve(self, parameters: Sequence[Any] | Mapping[str, Any] | None) -> Any:
        """Return the value, given the statement's parameters."""
        if self.parameter is None:
            return (
                [item.resolve(parameters) for item in self.value]
                if isinstance(self.value, tuple)
                else self.value
            )
        try:
            if isinstance(parameters, Mapping):
                place = self.parameter
                return parameters[str(place + 1) if isinstance(place, int) else place]
            return (parameters or ())[int(self.parameter)]
        except (KeyError, IndexError, ValueError):
            raise errors.UndefinedParameter(
                "a parameter that names a file or an argument was not given"
            ) from None


@dataclass(frozen=True)
class SourceCall:
    """A table that the kernel will find under ``slot``: a table function's answer, or a frame of the user's."""

    slot: str
    function: TableFunction | None = None
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    frame: str | None = None


@dataclass(frozen=True)
class Lifted:
    """A column of the answer that a function makes of other columns, after the kernel: see rule lift_functions."""

    placeholder: str
    name: str
    function: ScalarFunction
    arguments: tuple[str, ...]

    @property
    def call(self) -> Callable[..., Any]:
        """The function."""
        return self.function.call

    @property
    def returns(self) -> str:
        """The SQL type of what it answers."""
        return str(self.function.signature.returns)


@dataclass(frozen=True)
class Plan:
    """A checked and rewritten statement. Immutable, so it can be cached and shared between sessions."""

    statement: Statement
    tree: exp.Expr
    kind: Kind
    returns_rows: bool = True
    reads: frozenset[Relation] = frozenset()
    writes: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()
    """The kernel's extensions that must be loaded first."""
    paths: tuple[Argument, ...] = ()
    sources: tuple[SourceCall, ...] = ()
    placeholders: tuple[int, ...] | None = None
    """Which positional parameters the kernel still sees, once sources have taken theirs; None for all of them."""
    taken: frozenset[str] = frozenset()
    """The named and numbered parameters that only sources take; the kernel would refuse them."""
    lifted: tuple[Lifted, ...] = ()
    changes: tuple[Change, ...] = ()
    """What the catalog must learn with this: who owns what is new, and what hung on what is gone."""
    touched: frozenset[Relation] = frozenset()
    """Every table and view that was asked for by name or through a view, for whom must know."""
    action: str = ""
    """The statement's first words, as records name it."""
    shown: str = ""
    """The statement as it may be kept: without literals."""
    read_names: tuple[str, ...] = ()
    written_names: tuple[str, ...] = ()
    """What is read and written, as records name it."""
    hidden: Mapping[str, str] = field(default_factory=dict)
    """Columns that the role may not name, each with the table that it would be denied."""
    alters: bool = False
    """Whether the native store must be checkpointed before this is acknowledged."""
    lists: bool = False
    """Whether it may list the stores, during which none may be exchanged."""
    kernel: str = "duckdb"
    sql: str = ""

    @cached_property
    def tables(self) -> frozenset[tuple[str, str, str]]:
        """The folded names of the tables that are read, through views too."""
        return frozenset(relation.key for relation in self.reads | self.touched)


@dataclass(frozen=True)
class Context:
    """What planning depends on, apart from the statement: the same context and text give the same plan."""

    functions: Functions
    relations: Mapping[tuple[str, str, str], Relation]
    catalog: str = "native"
    schema: str = "main"
    macros: Callable[[], frozenset[str]] = frozenset
    """The functions that users made; asked for only when a name is nothing else, because the kernel is slow to say."""
    frames: Callable[[str], bool] = lambda _name: False
    """Whether a name that is no table is a frame of the caller's."""
    described: Catalog = field(default_factory=Catalog)
    principal: Principal = field(default_factory=Principal)
    columns: Callable[[], Mapping[tuple[str, str, str], tuple[TableColumn, ...]]] = dict
    definitions: Callable[[], Mapping[tuple[str, str, str], str]] = dict
    system_definitions: Callable[[], Mapping[tuple[str, str], str]] = dict
    macro_definitions: Callable[[], list[MacroDefinition]] = list
    setting: Callable[[str], str | None] = lambda _name: None
    """A setting's value in the session, as SQL's current_setting tells it; None when there is none of that name."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The kernel's types of the parameters, by name or number; of those that are not here nothing is known."""
    mask_key: bytes = b""
    """What masks that hash go by."""
    observer: Observer | None = None
    """Who is told of each decision on the way."""

    @cached_property
    def authority(self) -> Authority:
        """What the session's current role may do."""
        return self.authority_of(self.principal.current_user)

    def authority_of(self, role: str) -> Authority:
        """Return what a role may do, such as the owner of a view that is read with the owner's rights."""
        return Authority(self.described, role, self.observer)

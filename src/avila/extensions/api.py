"""The extension API: a named set of SQL functions that the database offers like its own.

First- and third-party extensions use the same three decorators and are found by the entry point group
``avila.extensions``::

    ext = Extension("signal", "Transforms, filters and wavelets")

    @ext.scalar("moving_energy(signal DOUBLE[], width INTEGER = 5) -> DOUBLE[]")
    def moving_energy(signal, width): ...      # Arrow arrays in, Arrow array out: whole vectors

    ext.macro("decibel(power) AS 10 * log10(power)", "Power ratio as decibels.")

    @ext.table("read_fits(path VARCHAR, hdu INTEGER = 1)")
    def read_fits(path, hdu): ...              # plain Python values in, a formats.source.Source out
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from avila.catalog.functions import MacroFunction, ScalarFunction, TableFunction
from avila.catalog.signature import Signature

if TYPE_CHECKING:
    from collections.abc import Callable

    Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass
class Extension:
    """A named set of functions; see the module for how one is written."""

    name: str
    summary: str
    scalars: dict[str, ScalarFunction] = field(default_factory=dict)
    macros: dict[str, MacroFunction] = field(default_factory=dict)
    tables: dict[str, TableFunction] = field(default_factory=dict)

    def scalar(
        self, signature: str, *, example: str | None = None, volatile: bool = False
    ) -> Callable[[Function], Function]:
        """Register a scalar function; its docstring becomes the reference."""

        def register(function: Function) -> Function:
            parsed = Signature.parse(signature)
            if parsed.returns is None or any(p.type is None for p in parsed.parameters):
                raise ValueError(f"a scalar function declares its types: {signature}")
            self._claim(parsed)
            self.scalars[parsed.name] = ScalarFunction(parsed, function, _doc(function), example, volatile)
            return function

        return register

    def macro(self, definition: str, doc: str, *, example: str | None = None) -> None:
        """Register ``name(parameters) AS expression``."""
        head, separator, body = definition.partition(" AS ")
        if not separator:
            raise ValueError(f"a macro is 'name(parameters) AS expression': {definition}")
        parsed = Signature.parse(head)
        self._claim(parsed)
        self.macros[parsed.name] = MacroFunction(parsed, body.strip(), doc, example)

    def table(
        self,
        signature: str,
        *,
        example: str | None = None,
        files: str | None = None,
        suffixes: tuple[str, ...] = (),
    ) -> Callable[[Function], Function]:
        """Register a table function; its docstring becomes the reference."""

        def register(function: Function) -> Function:
            parsed = Signature.parse(signature)
            self._claim(parsed)
            self.tables[parsed.name] = TableFunction(
                parsed, function, _doc(function), example, files, suffixes
            )
            return function

        return register

    def _claim(self, signature: Signature) -> None:
        if any(signature.name in family for family in (self.scalars, self.macros, self.tables)):
            raise ValueError(f"extension {self.name} defines {signature.name} twice")


def _doc(function: Callable[..., Any]) -> str:
    if not function.__doc__:
        raise ValueError(f"{function.__name__} needs a docstring: it is the function's reference")
    return function.__doc__

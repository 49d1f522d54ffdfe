"""The signature of an extension's function: ``fft(signal DOUBLE[], sample_rate DOUBLE = 1.0) -> DOUBLE[]``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")

_NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*")


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, its SQL type (None in a macro) and its default as SQL text (None when required)."""

    name: str
    type: str | None
    default: str | None = None

    def __str__(self) -> str:
        text = f"{self.name} {self.type}" if self.type else self.name
        return text if self.default is None else f"{text} = {self.default}"


@dataclass(frozen=True)
class Signature:
    """A function's name, parameters and result type (None for table functions, whose result is a table)."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str | None = None

    def __str__(self) -> str:
        text = f"{self.name}({', '.join(map(str, self.parameters))})"
        return f"{text} -> {self.returns}" if self.returns else text

    @classmethod
    def parse(cls, text: str) -> Signature:
        """Read a signature; ValueError when it is not one."""
        head, arrow, returns = text.partition("->")
        match = _NAME.match(head)
        if not match or not head.rstrip().endswith(")") or head[match.end()] != "(":
            raise ValueError(f"not a signature: {text!r}; expected name(parameter TYPE, …) -> TYPE")
        inside = head.rstrip()[match.end() + 1 : -1]
        parameters = tuple(_parameter(part) for part in split_top_level(inside, ","))
        return cls(match.group(1).lower(), parameters, returns.strip() if arrow else None)

    def bind(self, positional: Sequence[T], named: Mapping[str, T]) -> dict[str, T]:
        """Pair arguments with parameters; what is missing and has a default is left out.

        Raises UndefinedFunction naming the signature when they do not fit.
        """
        if len(positional) > len(self.parameters):
            raise self._misfit(
                f"takes at most {len(self.parameters)} arguments, {len(positional)} were given"
            )
        bound = {parameter.name: value for parameter, value in zip(self.parameters, positional, strict=False)}
        known = {parameter.name for parameter in self.parameters}
        for name, value in named.items():
            if name.lower() not in known:
                raise self._misfit(f"has no parameter {name}")
            if name.lower() in bound:
                raise self._misfit(f"got its parameter {name} twice")
            bound[name.lower()] = value
        missing = [p.name for p in self.parameters if p.default is None and p.name not in bound]
        if missing:
            raise self._misfit(f"needs {', '.join(missing)}")
        return bound

    def _misfit(self, why: str) -> errors.UndefinedFunction:
        return errors.UndefinedFunction(f"function {self.name} {why}", hint=f"Its signature is {self}.")


def _parameter(text: str) -> Parameter:
    match = _NAME.match(text)
    if not match:
        raise ValueError(f"not a parameter: {text!r}; expected name TYPE or name TYPE = default")
    declared, equals, default = text[match.end() :].partition("=")
    return Parameter(match.group(1).lower(), declared.strip() or None, default.strip() if equals else None)


def split_top_level(text: str, separator: str) -> list[str]:
    """Split at separators outside brackets and quotes; an empty text has no parts."""
    parts, depth, start, quote = [], 0, 0, ""
    for index, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == separator and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return [part for part in map(str.strip, parts) if part]

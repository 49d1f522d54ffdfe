"""Which functions are leakproof, for which types of arguments: ``functions/leakproof.txt``, read once.

The list rests on an experiment, tests/planner/test_leakproof_functions.py: it throws edge values of every type at every
line, and the kernel must never raise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_INT32 = frozenset({"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT"})
_INT64 = _INT32 | {"UINTEGER", "BIGINT"}
_FLOAT = frozenset({"FLOAT", "DOUBLE"})
_NUMBER = _INT64 | _FLOAT | {"UBIGINT", "HUGEINT", "DECIMAL"}

GROUPS: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    "TEXT": frozenset({"VARCHAR"}),
    "INT32": _INT32,
    "INT64": _INT64,
    "FLOAT": _FLOAT,
    "DECIMAL": frozenset({"DECIMAL"}),
    "NUMBER": _NUMBER,
    "SCALAR": _NUMBER | {"VARCHAR", "DATE", "TIMESTAMP", "TIME", "INTERVAL", "BOOLEAN", "BLOB", "UUID"},
    **{name: frozenset({name}) for name in ("DATE", "TIMESTAMP", "TIME", "INTERVAL", "BOOLEAN", "BLOB", "UUID")},
})  # fmt: skip
"""The groups of types that signatures are written in, by the kernel's names without their parameters."""

PARTS: Final = frozenset({
    "year", "month", "day", "quarter", "decade", "century", "millennium", "hour", "minute", "second", "milliseconds",
    "microseconds", "dow", "isodow", "doy",
})  # fmt: skip
"""The parts of a date that never raise, whatever the date."""


@dataclass(frozen=True)
class Signature:
    """What arguments of one call of a function may be, and what it returns."""

    parameters: tuple[str, ...]
    returns: str
    constants: frozenset[int]
    """The places of arguments that must be constant texts."""
    repeats: bool
    """Whether the last parameter may come any number of times."""

    def accept(self, types: Sequence[str], texts: Sequence[str | None]) -> str | None:
        """Return the type of the result, or None when the arguments do not fit; ``texts`` are the constant ones."""
        parameters = self._stretched(len(types))
        if parameters is None:
            return None
        element: str | None = None
        for place, (parameter, given) in enumerate(zip(parameters, types, strict=True)):
            if place in self.constants and not _constant(parameter, texts[place]):
                return None
            if parameter in {"T", "T[]"}:
                is_list = given.endswith("[]")
                found = given.removesuffix("[]") if parameter == "T[]" else given
                if (parameter == "T[]" and not is_list) or element not in {None, found}:
                    return None
                element = found
            elif base_of(given) not in GROUPS["TEXT" if parameter == "PART" else parameter]:
                return None
        return types[0] if self.returns == "$1" else self.returns

    def _stretched(self, count: int) -> tuple[str, ...] | None:
        missing = count - len(self.parameters)
        if missing == 0:
            return self.parameters
        return self.parameters + self.parameters[-1:] * missing if self.repeats and missing > 0 else None


def base_of(type_name: str) -> str:
    """Return a type without its parameters: DECIMAL of DECIMAL(15,2); lists and structs stay as they are."""
    return "DECIMAL" if re.fullmatch(r"DECIMAL\(\d+,\s?\d+\)", type_name) else type_name


def _constant(parameter: str, text: str | None) -> bool:
    return text is not None and (parameter != "PART" or text.lower() in PARTS)


def _read(lines: Iterable[str]) -> Mapping[str, tuple[Signature, ...]]:
    found: dict[str, tuple[Signature, ...]] = {}
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r"([a-z0-9_ ]+) \((.*)\) (\S+)", line)
        if match is None:
            raise ValueError(f"not a signature: {line}")
        names, parameters, returns = match.groups()
        items = parameters.removesuffix("...").split(", ")
        signature = Signature(
            tuple(item.removeprefix("=") for item in items),
            returns,
            frozenset(place for place, item in enumerate(items) if item.startswith("=")),
            repeats=parameters.endswith("..."),
        )
        for name in names.split():
            found[name] = (*found.get(name, ()), signature)
    return MappingProxyType(found)


SIGNATURES: Final[Mapping[str, tuple[Signature, ...]]] = _read(
    files("avila.planner").joinpath("functions", "leakproof.txt").read_text(encoding="utf-8").splitlines()
)
"""The leakproof functions by name."""

LEAKPROOF: Final = frozenset(SIGNATURES)
"""Their names: for some types of arguments, none of which are checked by the name alone."""

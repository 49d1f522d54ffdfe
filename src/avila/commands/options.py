"""Options in brackets, ``(memory = '1GB', rows = 1000)``, of statements about limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.limits.quantities import duration_ms, size_bytes
from avila.planner.dialect import generate, position
from avila.planner.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Reader = Callable[[str, str], int]

COUNT_MAX = 2**62


def read(nodes: Iterable[exp.Expr], known: Iterable[str]) -> dict[str, exp.Expr | None]:
    """Return the values of options by name.

    Raises UndefinedObject for one that is not known and SyntaxError for one that is said twice.
    """
    names = list(known)
    found: dict[str, exp.Expr | None] = {}
    for node in nodes:
        name = str(node.this.name).lower()
        if name not in names:
            raise errors.UndefinedObject(
                f"there is no option {name}",
                hint=suggest(name, names) or f"There are {', '.join(names)}.",
                position=position(node),
            )
        if name in found:
            raise errors.SyntaxError(
                f"conflicting or redundant options: {name} was said before", position=position(node)
            )
        found[name] = node.args.get("expression")
    return found


def amounts(given: Mapping[str, exp.Expr | None], fields: Mapping[str, tuple[str, Reader]]) -> dict[str, int]:
    """Return what options allow, by the fields they stand for; NULL and NONE are no limit, which is 0."""
    return {
        field: _amount(name, given[name], reader) for name, (field, reader) in fields.items() if name in given
    }


def text(node: exp.Expr | None) -> str:
    """Return the value of an option as it was written; empty when there is none."""
    if node is None:
        return ""
    return str(node.name) if isinstance(node, exp.Literal | exp.Column | exp.Var) else generate(node)


def count(written: str, what: str) -> int:
    """Return a whole number; InvalidParameterValue when it is none."""
    if not written.isdecimal() or int(written) > COUNT_MAX:
        raise errors.InvalidParameterValue(f"{what} is {written!r}, which is not a whole number")
    return int(written)


LIMITS: Mapping[str, tuple[str, Reader]] = {
    "memory": ("memory_bytes", size_bytes),
    "statement_time": ("statement_ms", duration_ms),
    "concurrency": ("concurrency", count),
    "queue": ("queue", count),
    "queue_time": ("queue_ms", duration_ms),
    "rows": ("rows", count),
    "temporary": ("temporary_bytes", size_bytes),
}
"""The options of a resource group, each with the field it stands for and how it is read."""


def _amount(name: str, node: exp.Expr | None, reader: Reader) -> int:
    written = text(node)
    return 0 if written.upper() in {"NULL", "NONE"} else reader(written, name)

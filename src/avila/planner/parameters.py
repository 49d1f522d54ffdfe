"""The parameters of a statement: ``?`` by place, ``$1`` by number, ``$name`` by name."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TYPES: Mapping[type, str] = {
    bool: "BOOLEAN",
    float: "DOUBLE",
    str: "VARCHAR",
    bytes: "BLOB",
    datetime.date: "DATE",
    datetime.time: "TIME",
    uuid.UUID: "UUID",
}
_WHOLE = 2**63


def parameter_types(parameters: Sequence[Any] | Mapping[str, Any]) -> dict[str, str]:
    """Return the kernel's types of the values given, by name or number; what is not certain is left out."""
    named = (
        parameters.items()
        if isinstance(parameters, Mapping)
        else ((str(place), value) for place, value in enumerate(parameters, 1))
    )
    found = ((name, _type(value)) for name, value in named)
    return {name: kind for name, kind in found if kind is not None}


def _type(value: object) -> str | None:
    if type(value) is int:
        return "BIGINT" if -_WHOLE <= value < _WHOLE else None
    if type(value) is datetime.datetime:
        return "TIMESTAMP" if value.tzinfo is None else None
    return _TYPES.get(type(value))


def question_marks(tree: exp.Expr) -> Iterator[exp.Placeholder]:
    """Yield the ``?`` of a tree in the order of the text."""
    found = [node for node in tree.find_all(exp.Placeholder) if not node.this]
    yield from sorted(found, key=lambda node: node.meta.get("start", 0))


def ordinals(tree: exp.Expr) -> dict[int, int]:
    """Return the place of each ``?`` by the identity of its node."""
    return {id(node): place for place, node in enumerate(question_marks(tree))}

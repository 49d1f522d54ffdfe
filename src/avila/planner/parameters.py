"""The parameters of a statement: ``?`` by place, ``$1`` by number, ``$name`` by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterator


def question_marks(tree: exp.Expr) -> Iterator[exp.Placeholder]:
    """Yield the ``?`` of a tree in the order of the text."""
    found = [node for node in tree.find_all(exp.Placeholder) if not node.this]
    yield from sorted(found, key=lambda node: node.meta.get("start", 0))


def ordinals(tree: exp.Expr) -> dict[int, int]:
    """Return the place of each ``?`` by the identity of its node."""
    return {id(node): place for place, node in enumerate(question_marks(tree))}

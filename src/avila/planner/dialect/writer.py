"""Trees to SQL for the kernel: what was parsed comes out word for word, and what rules build comes out right.

sqlglot writes the nodes that it and Avila agree on; this writer replaces whatever it would spell differently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

from avila.planner.dialect import nodes
from avila.planner.dialect.write_privacy import PrivacyWriter

if TYPE_CHECKING:
    from collections.abc import Callable


def _own_transforms() -> dict[type[exp.Expr], Callable[..., str]]:
    """Return sqlglot's transforms, less those that would hide a method of ours, and those of our nodes."""
    ours = {
        name
        for base in PrivacyWriter.__mro__
        if base.__module__.startswith("avila.")
        for name in vars(base)
        if name.endswith("_sql")
    }
    kept = {
        node: transform
        for node, transform in DuckDBGenerator.TRANSFORMS.items()
        if f"{node.key}_sql" not in ours
    }
    for node in vars(nodes).values():
        if (
            isinstance(node, type)
            and issubclass(node, exp.Expr)
            and node.__module__.startswith(nodes.__name__)
        ):
            kept[node] = getattr(PrivacyWriter, f"{node.key}_sql")
    return kept


class Writer(PrivacyWriter):
    """Writes every statement."""

    TRANSFORMS: ClassVar[dict[type[exp.Expr], Callable[..., str]]] = _own_transforms()

    def preprocess(self, expression: exp.Expr) -> exp.Expr:
        """Take the tree as it is: sqlglot would rewrite some for the sake of other dialects."""
        return expression


class Avila(DuckDB):
    """The dialect's name for sqlglot, so that ``tree.sql(dialect=Avila)`` writes as Avila does."""

    NORMALIZE_FUNCTIONS = False

    class Generator(Writer):
        """The writer, under the name sqlglot looks for."""


def write(tree: exp.Expr) -> str:
    """Write a tree as SQL."""
    options: dict[str, Any] = {"comments": False, "normalize_functions": False}
    return Avila().generate(tree, copy=False, **options)

"""What SET says: which columns get which values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Iterable


def assigned(expressions: Iterable[exp.Expr]) -> list[tuple[str, exp.Expr]]:
    """Return the assignments of SET as columns and values, rows of columns taken apart."""
    found: list[tuple[str, exp.Expr]] = []
    for item in expressions:
        left, right = item.this, item.expression
        if isinstance(left, exp.Tuple):
            values = right.expressions if isinstance(right, exp.Tuple) else []
            if len(values) != len(left.expressions):
                raise errors.FeatureNotSupported(
                    "a row of columns takes a row of as many values", hint="Set the columns one by one."
                )
            found.extend((part.name, value) for part, value in zip(left.expressions, values, strict=True))
        else:
            found.append((left.name, right))
    return found


def is_default(value: exp.Expr) -> bool:
    """Whether DEFAULT stands in the place of a value."""
    return isinstance(value, exp.Var) and value.name.upper() == "DEFAULT"

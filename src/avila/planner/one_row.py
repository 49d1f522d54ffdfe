"""Whether a subquery has at most one row for sure."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

_AGGREGATES: Final = frozenset({"count", "min", "max", "sum", "avg"})
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div)


def returns_one_row(query: exp.Expr) -> bool:
    """Whether it has LIMIT 1, or selects nothing but an aggregate of all rows (and constants it is multiplied with).

    A scalar subquery with more rows raises an error at the row of the outer query that meets them.
    """
    select = query.unnest()
    if not isinstance(select, exp.Select):
        return False
    limit = select.args.get("limit")
    if (
        isinstance(limit, exp.Limit)
        and isinstance(limit.expression, exp.Literal)
        and limit.expression.this == "1"
    ):
        return True
    grouped = select.args.get("group") is not None
    return not grouped and len(select.expressions) == 1 and _aggregates(select.expressions[0].unalias())


def _aggregates(item: exp.Expr) -> bool:
    bare = item.unnest()
    if isinstance(bare, _ARITHMETIC):
        sides = [
            side for side in (bare.left.unnest(), bare.right.unnest()) if not isinstance(side, exp.Literal)
        ]
        return len(sides) == 1 and _aggregates(sides[0])
    return isinstance(bare, exp.Anonymous) and str(bare.name).lower() in _AGGREGATES

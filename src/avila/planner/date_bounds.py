"""``born < DATE '1994-01-01' + INTERVAL '1' YEAR`` compares dates, not timestamps.

To the kernel the sum is a timestamp, so it casts the column, row by row: it cannot skip blocks by their least and
greatest date, and it raises for a date that is no timestamp. A sum that falls on a midnight says the same as a date.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.constant_values import Constant
from avila.planner.dialect import parse_expression
from avila.planner.judged_values import type_of
from avila.planner.leakproof import judge
from avila.planner.safe_types import as_date

if TYPE_CHECKING:
    from avila.planner.leakproof import ColumnTypes

_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)


def with_date_bounds(tree: exp.Expr, types: ColumnTypes) -> exp.Expr:
    """Return the tree with such constants cast to DATE where they meet dates; the same tree if there are none."""
    if not any(_bounds(node, types) for node in tree.find_all(*_COMPARISONS, exp.Between)):
        return tree
    changed = tree.copy()
    for node in list(changed.find_all(*_COMPARISONS, exp.Between)):
        for bound in _bounds(node, types):
            day = parse_expression("CAST(NULL AS DATE)")
            bound.replace(day)
            day.set("this", bound)
    return changed


def _bounds(node: exp.Expr, types: ColumnTypes) -> list[exp.Expr]:
    """Return the operands to cast: all that are not dates themselves, if each of them begins a day."""
    ends = ("this", "low", "high") if isinstance(node, exp.Between) else ("this", "expression")
    operands = [node.args[end] for end in ends]
    judged = [judge(operand, types) for operand in operands]
    if not any(item == "DATE" for item in judged):
        return []
    others = [
        (operand, item)
        for operand, item in zip(operands, judged, strict=True)
        if item is None or type_of(item) != "DATE"
    ]
    return [operand for operand, _ in others] if all(_begins_a_day(item) for _, item in others) else []


def _begins_a_day(item: str | Constant | None) -> bool:
    return (
        isinstance(item, Constant)
        and item.type == "TIMESTAMP"
        and isinstance(item.value, datetime)
        and as_date(item.value) is not None
    )

"""Whose memory it is: the kernel says how much is held for what, and not by which statement.

So what is held beyond the baseline is shared out among the statements that could hold it. Alone, a statement is charged
exactly that. Of several, each keeps what it was charged before, and the growth since is divided among them by the size
of the tables they read: sums are always right, shares are the best guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect import nodes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from avila.planner.plan import Plan

KEEPING = frozenset(
    {"BASE_TABLE", "IN_MEMORY_TABLE", "METADATA", "ART_INDEX", "EXTERNAL_FILE_CACHE", "OBJECT_CACHE"}
)
"""What the kernel holds for tables and files, whoever reads them."""

_HOLD = (
    exp.Join, exp.Group, exp.Order, exp.Window, exp.Distinct, exp.AggFunc, exp.SetOperation, exp.Subquery, exp.In,
    exp.Exists, exp.DML, exp.DDL, exp.With, exp.Anonymous, exp.AnonymousAggFunc, nodes.CopyStatement,
    nodes.ExecutePrepared,
)  # fmt: skip
"""What a statement must have to hold rows: without any of it the kernel passes rows on as it reads them."""


def holds(plan: Plan) -> bool:
    """Whether a statement may hold memory; a scan that filters does not."""
    return any(relation.kind == "view" for relation in plan.reads) or plan.tree.find(*_HOLD) is not None


def weight(plan: Plan, cells: Mapping[tuple[str, str, str], int]) -> int | None:
    """Return how much of a growth is a statement's: the cells of the tables it reads; None when nothing tells."""
    if plan.sources or plan.paths or not plan.tables:
        return None
    return 1 + sum(cells.get(key, 0) for key in plan.tables)


def shared_out(held: int, charges: Sequence[int], weights: Sequence[int | None]) -> list[int]:
    """Return the charges once they are, together, what is held: growth by weight, shrinkage in proportion.

    A statement of which nothing tells how much it may hold counts as the heaviest of the others.
    """
    if not charges:
        return []
    charged = sum(charges)
    if held < charged:
        return [charge * held // charged for charge in charges]
    heaviest = max((known for known in weights if known is not None), default=1)
    parts = [heaviest if known is None else known for known in weights]
    growth, total = held - charged, sum(parts)
    after = [charge + growth * part // total for charge, part in zip(charges, parts, strict=True)]
    after[parts.index(max(parts))] += held - sum(after)  # what rounding left over
    return after

"""Say which statements must not be under way when the file of a store is exchanged; see avila.kernel.crossing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from avila.kernel import crossing
from avila.planner.governed import GRAMMAR

if TYPE_CHECKING:
    from avila.kernel.base import Relation
    from avila.planner.plan import Context, Plan


def listings(plan: Plan, context: Context) -> Plan:
    """Note that the statement may list the stores, by itself, through a view or through a macro."""
    named = plan.reads | plan.touched
    found = (
        crossing.lists(plan.sql)
        or any(relation.kind == "view" and _lists(relation, context) for relation in named)
        or any(name not in context.functions and name not in GRAMMAR for name in plan.functions)
    )
    return replace(plan, lists=True) if found else plan


def _lists(view: Relation, context: Context) -> bool:
    return view.internal or crossing.lists(context.definitions().get(view.key, ""))

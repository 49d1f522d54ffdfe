"""The last rule: which kernel runs the plan, and the SQL it is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from avila.planner.dialect import generate
from avila.planner.plan import Kind

if TYPE_CHECKING:
    from avila.planner.plan import Context, Plan


def route(plan: Plan, context: Context) -> Plan:  # noqa: ARG001
    """Write the checked tree as SQL; the user's text goes no further."""
    return plan if plan.kind is Kind.COMMAND else replace(plan, kernel="duckdb", sql=generate(plan.tree))

"""Functions of the kernel that people know under another name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from avila.planner.scope import calls

if TYPE_CHECKING:
    from avila.planner.plan import Context, Plan

ALIASES: dict[str, str] = {"read_excel": "read_xlsx"}


def aliases(plan: Plan, context: Context) -> Plan:  # noqa: ARG001
    """Write the kernel's own name."""
    if not any(call.name.lower() in ALIASES for call in calls(plan.tree)):
        return plan
    tree = plan.tree.copy()
    for call in calls(tree):
        if call.name.lower() in ALIASES:
            call.set("this", ALIASES[call.name.lower()])
    return replace(plan, tree=tree)

"""Calls of an extension's scalar functions are completed: names become places, defaults are written out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.dialect import position
from avila.planner.rules.call_arguments import bound_arguments
from avila.planner.scope import calls

if TYPE_CHECKING:
    from avila.planner.plan import Context, Plan


def extension_calls(plan: Plan, context: Context) -> Plan:
    """Give the kernel every argument in its place, which is all that it accepts."""
    scalars = context.functions.scalars
    if not any(call.name.lower() in scalars for call in calls(plan.tree)):
        return plan
    tree = plan.tree.copy()
    for call in list(calls(tree)):
        function = scalars.get(call.name.lower())
        # A call written as a method (x.fft()) has its first argument before the dot.
        if function is None or isinstance(call.parent, exp.Dot):
            continue
        try:
            bound = bound_arguments(call, function.signature)
        except errors.UndefinedFunction as error:
            error.statement, error.position = plan.statement.text, position(call)
            raise
        call.set("expressions", list(bound.values()))
    return replace(plan, tree=tree)

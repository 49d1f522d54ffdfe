"""The paths a statement reads or writes are collected, so that the session can check them before anything runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.arguments import argument
from avila.planner.dialect import nodes, position
from avila.planner.governed import FILES
from avila.planner.parameters import ordinals
from avila.planner.rules.call_arguments import split
from avila.planner.scope import calls

if TYPE_CHECKING:
    from avila.planner.plan import Argument, Context, Plan


def file_paths(plan: Plan, context: Context) -> Plan:
    """Record every path; a path that only the running statement would know is refused."""
    found: list[Argument] = []
    places = ordinals(plan.tree)
    for call in calls(plan.tree):
        name = call.name.lower()
        function = context.functions.tables.get(name)
        if name in FILES:
            positional, _ = split(call)
            node = positional[0] if positional else None
        elif function is not None and function.files:
            bound = function.signature.bind(*split(call))
            node = bound.get(function.files)
        else:
            continue
        if node is not None:
            found.append(argument(node, plan.statement, places))
    for copy in plan.tree.find_all(nodes.CopyStatement):
        path = copy.args["path"]
        if isinstance(path, exp.Var | exp.Identifier | exp.Column):
            raise errors.FeatureNotSupported(
                f"COPY … {path.name.upper()} needs a network client; here, a file is read or written",
                hint="Give a path in quotes, or take the rows from the result.",
                statement=plan.statement.text,
                position=position(path),
            )
        found.append(argument(path, plan.statement, places))
    attached = plan.tree.find_all(nodes.AttachDatabase)
    found.extend(argument(attach.this, plan.statement, places) for attach in attached)
    return replace(plan, paths=tuple(found)) if found else plan

"""The last rule: which kernel runs the plan, and the SQL it is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect import generate, nodes
from avila.planner.governed import EXTENSIONS

if TYPE_CHECKING:
    from avila.planner.plan import Context, Plan


def route(plan: Plan, context: Context) -> Plan:  # noqa: ARG001
    """Write the checked tree as SQL; the user's text goes no further."""
    needed = {EXTENSIONS[name] for name in plan.functions & EXTENSIONS.keys()}
    if any(_format(copy) == "xlsx" for copy in plan.tree.find_all(nodes.CopyStatement)):
        needed.add("excel")
    return replace(plan, kernel="duckdb", sql=generate(plan.tree), extensions=frozenset(needed))


def _format(copy: exp.Expr) -> str:
    """Return the format a COPY names, or that the name of its file tells."""
    for option in copy.expressions:
        if option.this.name.lower() == "format":
            return str(option.expression.name).lower()
    path = copy.args["path"]
    return str(path.name).rsplit(".", 1)[-1].lower() if isinstance(path, exp.Literal) else ""

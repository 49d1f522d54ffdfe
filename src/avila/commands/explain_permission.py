"""EXPLAIN PERMISSION: whether a role may run a statement, and because of what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from avila.commands import principals
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner.governance.explain import COLUMNS, explained, require_may_ask
from avila.planner.parameters import parameter_types
from avila.planner.plan import Statement

if TYPE_CHECKING:
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan


def run(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:
    """Answer a row a decision; InsufficientPrivilege for another role than those that one may act as."""
    node = plan.tree.args.get("role")
    role = executor.principal.current_user if node is None else principals.role(executor, node)
    require_may_ask(executor.authority, role)
    context = executor.context()
    if parameters:
        context = replace(context, parameters=parameter_types(parameters))
    rows = explained(Statement(plan.statement.text, plan.tree.this), context, role, executor.authority)
    columns = [
        (name, "BOOLEAN", pa.bool_()) if name == "allowed" else (name, "VARCHAR", pa.string())
        for name in COLUMNS
    ]
    return ArrowAnswer.of(columns, rows)

"""What records (the history, the audit log) say of a plan: its action, its text without literals, its objects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect import generate
from avila.planner.governance.names import new_object
from avila.planner.normalised import normalised
from avila.planner.plan import Kind
from avila.planner.rules.bind_tables import resolve, targets

if TYPE_CHECKING:
    from avila.kernel.base import Relation
    from avila.planner.plan import Context, Plan

_TWO_WORDS = frozenset({"ALTER", "CREATE", "DROP", "EXPLAIN", "RESET", "SET", "REASSIGN"})


def named(plan: Plan) -> Plan:
    """Return the plan with the statement's action and text."""
    words = generate(plan.statement.tree).upper().split(None, 2)
    first = words[0].split("(")[0] if words else ""
    action = " ".join(words[:2]) if first in _TWO_WORDS else first
    return replace(plan, action=action, shown=normalised(plan.statement.text))


def with_objects(plan: Plan, context: Context) -> Plan:
    """Return the plan with the names of what it reads and writes."""
    written: set[str] = set()
    if plan.kind is not Kind.QUERY:
        for table in targets(plan.statement.tree):
            relation = resolve(table, context)
            written.add(
                _name(relation) if relation is not None else ".".join(new_object("table", table, context)[1:])
            )
    read = {_name(relation) for relation in plan.reads | plan.touched if not relation.internal} - written
    read |= {str(path.value) for path in plan.paths if isinstance(path.value, str)}
    if isinstance(plan.tree, exp.Merge):
        read |= written
    return replace(plan, read_names=tuple(sorted(read)), written_names=tuple(sorted(written)))


def _name(relation: Relation) -> str:
    return f"{relation.catalog}.{relation.schema}.{relation.name}"

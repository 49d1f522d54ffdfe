"""Table functions of extensions become tables that the session fills when the statement runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.arguments import argument
from avila.planner.dialect import position
from avila.planner.parameters import ordinals, question_marks
from avila.planner.plan import SourceCall
from avila.planner.rules.call_arguments import split

if TYPE_CHECKING:
    from avila.planner.plan import Context, Plan


def sources(plan: Plan, context: Context) -> Plan:
    """Replace calls by names; what the calls need of the parameters, the kernel then sees no more."""
    functions = context.functions.tables
    if not any(_name(table) in functions for table in plan.tree.find_all(exp.Table)):
        return _forbid_stored(plan)
    tree = plan.tree.copy()
    places = ordinals(tree)
    found = list(plan.sources)
    for table in list(tree.find_all(exp.Table)):
        function = functions.get(_name(table))
        if function is None:
            continue
        call = table.this
        try:
            bound = function.signature.bind(*split(call))
        except errors.UndefinedFunction as error:
            error.statement, error.position = plan.statement.text, position(call)
            raise
        arguments = {name: argument(node, plan.statement, places) for name, node in bound.items()}
        slot = f"__avila_source_{len(found)}"
        found.append(SourceCall(slot, function, arguments))
        if not table.args.get("alias"):
            table.set("alias", exp.TableAlias(this=exp.to_identifier(call.name)))
        table.set("this", exp.to_identifier(slot))
    left = tuple(places[id(node)] for node in question_marks(tree)) if places else None
    taken = _names(plan.tree) - _names(tree)
    return _forbid_stored(replace(plan, tree=tree, sources=tuple(found), placeholders=left, taken=taken))


def _forbid_stored(plan: Plan) -> Plan:
    """Refuse a view or macro over what exists only while a statement runs."""
    if (
        plan.sources
        and isinstance(plan.tree, exp.Create)
        and str(plan.tree.args.get("kind")).upper() == "VIEW"
    ):
        source = plan.sources[0]
        what = (
            f"the frame {source.frame}" if source.function is None else f"{source.function.signature.name}()"
        )
        raise errors.FeatureNotSupported(
            f"a view cannot keep {what}, which is read by Avila rather than by the kernel",
            hint="Use CREATE TABLE … AS SELECT, or query it where it is needed.",
            statement=plan.statement.text,
        )
    return plan


def _names(tree: exp.Expr) -> frozenset[str]:
    """Return the parameters that a tree takes by name or number."""
    return frozenset(str(node.this) for node in tree.find_all(exp.Placeholder) if node.this)


def _name(table: exp.Table) -> str:
    return table.this.name.lower() if isinstance(table.this, exp.Anonymous) else ""

"""Extension functions in the outermost SELECT are applied to the Arrow answer, rather than inside the kernel.

Inside, the kernel hands a function 2,048 rows at a time and copies its lists element by element, in and out. Outside,
the function gets whole batches as they are. So ``SELECT id, fft(signal) AS f FROM t`` asks the kernel for the
arguments, and a NULL where ``f`` will stand; the session puts the function's answer there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect import generate, nodes, parse_expression
from avila.planner.plan import Kind, Lifted

if TYPE_CHECKING:
    from avila.planner.plan import Context, Plan

_NAMELESS = (exp.Column, exp.Literal)


def lift_functions(plan: Plan, context: Context) -> Plan:
    """Take the calls out, where that changes nothing but the time it takes."""
    scalars = context.functions.scalars
    if plan.kind is not Kind.QUERY or not isinstance(plan.tree, exp.Select) or not _simple(plan.tree):
        return plan
    candidates = [place for place, item in enumerate(plan.tree.expressions) if _function(item, scalars)]
    names = {place: _name(plan.tree.expressions[place]) for place in candidates}
    wanted = [place for place in candidates if names[place] and not _named_elsewhere(plan.tree, place)]
    if not wanted:
        return plan
    tree = plan.tree.copy()
    items = list(tree.expressions)
    lifted: list[Lifted] = []
    hidden: list[exp.Expr] = []
    for place in wanted:
        call = _call(items[place])
        function = scalars[call.name.lower()]
        slots = []
        for argument, parameter in zip(call.expressions, function.signature.parameters, strict=True):
            slots.append(f"__avila_argument_{len(hidden)}")
            value = parse_expression(f"CAST(NULL AS {parameter.type})")
            value.set("this", argument.copy())
            hidden.append(exp.alias_(value, slots[-1]))
        placeholder = f"__avila_lifted_{len(lifted)}"
        lifted.append(Lifted(placeholder, names[place] or "", function, tuple(slots)))
        items[place] = exp.alias_(exp.Null(), placeholder)
    tree.set("expressions", [*items, *hidden])
    return replace(plan, tree=tree, lifted=tuple(lifted))


def _simple(select: exp.Select) -> bool:
    """Whether the rows do not depend on what the SELECT list says."""
    if select.args.get("distinct") or select.args.get("into"):
        return False
    for clause in ("group", "order"):
        part = select.args.get(clause)
        if part is not None and (part.find(exp.Literal) or "ALL" in generate(part).upper().split()):
            return False
    return True


def _call(item: exp.Expr) -> exp.Expr:
    call: exp.Expr = item.this if isinstance(item, exp.Alias) else item
    return call


def _function(item: exp.Expr, scalars: object) -> bool:
    call = _call(item)
    known = isinstance(call, exp.Anonymous) and call.name.lower() in scalars  # type: ignore[operator]
    return known and not any(_spreads(argument) for argument in call.expressions)


def _spreads(argument: exp.Expr) -> bool:
    """Whether an argument stands for several columns, so that the call stands for several calls."""
    found = argument.find(exp.Star, nodes.Unpack) is not None
    return found or any(call.name.lower() == "columns" for call in argument.find_all(exp.Anonymous))


def _name(item: exp.Expr) -> str | None:
    """Return the name the kernel would give the column; None when only it could say."""
    if isinstance(item, exp.Alias):
        return str(item.alias)
    if all(isinstance(argument, _NAMELESS) for argument in item.expressions):
        return f"{item.name.lower()}({', '.join(map(generate, item.expressions))})"
    return None


def _named_elsewhere(select: exp.Select, place: int) -> bool:
    """Whether another part of the statement uses the column by its name."""
    item = select.expressions[place]
    if not isinstance(item, exp.Alias):
        return False
    name = item.alias.lower()
    return any(column.name.lower() == name and not column.table for column in select.find_all(exp.Column))

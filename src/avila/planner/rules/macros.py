"""Calls of an extension's macros become the expressions they stand for, so they run at the kernel's own speed."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.dialect import parse, position
from avila.planner.rules.call_arguments import bound_arguments
from avila.planner.scope import calls

if TYPE_CHECKING:
    from avila.catalog.functions import MacroFunction
    from avila.planner.plan import Context, Plan

NESTED_MAX = 16


def macros(plan: Plan, context: Context) -> Plan:
    """Inline macros, those in the bodies of macros too."""
    tree = plan.tree
    for _ in range(NESTED_MAX):
        found = [call for call in calls(tree) if call.name.lower() in context.functions.macros]
        if not found:
            return plan if tree is plan.tree else replace(plan, tree=tree)
        if tree is plan.tree:
            tree = plan.tree.copy()
            found = [call for call in calls(tree) if call.name.lower() in context.functions.macros]
        for call in found:
            if call is tree or call.parent is not None:
                _inline(call, context.functions.macros[call.name.lower()], plan)
    raise errors.FeatureNotSupported(f"macros are nested more than {NESTED_MAX} deep")


def _inline(call: exp.Expr, macro: MacroFunction, plan: Plan) -> None:
    try:
        bound = bound_arguments(call, macro.signature)
    except errors.UndefinedFunction as error:
        error.statement, error.position = plan.statement.text, position(call)
        raise
    body = exp.Paren(this=_body(macro.body).copy())
    for column in list(body.find_all(exp.Column)):
        if not column.table and (value := bound.get(column.name.lower())) is not None:
            column.replace(_enclosed(value.copy()))
    call.replace(body)


def _enclosed(value: exp.Expr) -> exp.Expr:
    """Keep an argument together, whatever stands around it."""
    whole = isinstance(
        value, exp.Column | exp.Literal | exp.Paren | exp.Anonymous | exp.Placeholder | exp.Parameter
    )
    return value if whole else exp.Paren(this=value)


@lru_cache(maxsize=1024)
def _body(text: str) -> exp.Expr:
    parsed: exp.Expr = parse(f"SELECT {text}")[0].expressions[0]
    return parsed

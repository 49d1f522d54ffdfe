"""Expressions that the catalog keeps (policies, masks): from their text to a tree that the kernel can run.

They go through the same rules as a statement does, for names in them mean the same there.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect import parse_expression
from avila.planner.governance.division import run_division
from avila.planner.governance.ready_masks import expand
from avila.planner.plan import Kind, Plan, Statement
from avila.planner.rules.aliases import aliases
from avila.planner.rules.bind_functions import bind_functions
from avila.planner.rules.extension_calls import extension_calls
from avila.planner.rules.macros import macros
from avila.planner.rules.session_values import session_values

if TYPE_CHECKING:
    from avila.planner.plan import Context

_RULES = (session_values, aliases, macros, extension_calls, bind_functions)


def kept_expression(text: str, context: Context, *, mask: bool = False) -> exp.Expr:
    """Return the tree of an expression the catalog keeps, with the session's values in it.

    The body of a masking policy may call the ready-made masks, which exist nowhere else.
    """
    parsed = run_division(_parsed(text).copy(), context)
    wrapped = exp.Select(expressions=[expand(parsed, context.mask_key) if mask else parsed])
    plan = Plan(Statement(text, wrapped), wrapped, Kind.QUERY)
    for rule in _RULES:
        plan = rule(plan, context)
    tree: exp.Expr = plan.tree.expressions[0].unalias()
    return tree.pop()


@lru_cache(maxsize=1024)
def _parsed(text: str) -> exp.Expr:
    return parse_expression(text)

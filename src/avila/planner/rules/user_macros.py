"""Functions that users made are written out for roles that are no superusers: they run with the caller's rights.

The kernel would read the tables in a macro's body unchecked. What calls of it become is checked like the rest.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.catalog.names import Object
from avila.planner.dialect import nodes, parse, parse_expression, position
from avila.planner.governance.views import place
from avila.planner.rules.call_arguments import split
from avila.planner.scope import calls

if TYPE_CHECKING:
    from avila.kernel.base import MacroDefinition
    from avila.planner.plan import Context, Plan

NESTED_MAX = 16


def user_macros(plan: Plan, context: Context) -> Plan:
    """Put a macro's body in the place of each call; the role needs EXECUTE."""
    if context.authority.superuser or not context.macros():
        return plan
    tree = written_out(plan.tree, plan.statement.text, context)
    return plan if tree is plan.tree else replace(plan, tree=tree)


def written_out(whole: exp.Expr, text: str, context: Context) -> exp.Expr:
    """Return a tree with the bodies of users' macros in the place of their calls; itself when it has none."""
    tree = whole
    for _ in range(NESTED_MAX):
        found = [call for call in calls(tree) if _is_users(call, context)]
        if not found:
            return tree
        if tree is whole:
            tree = whole.copy()
            found = [call for call in calls(tree) if _is_users(call, context)]
        for call in found:
            try:
                _write_out(call, context)
            except errors.Error as error:
                error.statement, error.position = text, position(call)
                raise
    raise errors.FeatureNotSupported(f"macros are nested more than {NESTED_MAX} deep")


def _is_users(call: exp.Expr, context: Context) -> bool:
    name = call.name.lower()
    return name in context.macros() and not isinstance(call.parent, nodes.CreateMacro)


def _write_out(call: exp.Expr, context: Context) -> None:
    table = call.parent if isinstance(call.parent, exp.Table) and call.parent.this is call else None
    if isinstance(call.parent, exp.Dot):
        raise errors.FeatureNotSupported(
            f"function {call.name} is called by its plain name here", hint=f"Write {call.name}(…)."
        )
    positional, named = split(call)
    macro = _overload(call, len(positional) + len(named), table is not None, context)
    context.authority.require(Object("function", macro.catalog, macro.schema, macro.name), "EXECUTE")
    bound = dict(zip((name.lower() for name in macro.parameters), positional, strict=False))
    bound.update({name.lower(): value for name, value in named.items()})
    if len(bound) != len(macro.parameters):
        raise errors.UndefinedFunction(f"function {macro.name} takes {len(macro.parameters)} arguments")
    body = _body(macro.body, macro.makes_table).copy()
    whole = exp.Paren(this=body)
    for node in list(whole.find_all(exp.Column)):
        if not node.table and node.name.lower() in bound:
            node.replace(exp.Paren(this=bound[node.name.lower()].copy()))
    if table is None:
        call.replace(whole)
        return
    alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(call.name))
    place(table, exp.Subquery(this=whole.this, alias=alias.copy()))


def _overload(call: exp.Expr, arguments: int, makes_table: bool, context: Context) -> MacroDefinition:
    named = [
        macro
        for macro in context.macro_definitions()
        if macro.name == call.name.lower() and macro.makes_table == makes_table
    ]
    here = [macro for macro in named if (macro.catalog, macro.schema) == (context.catalog, context.schema)]
    candidates = here or named
    fitting = [macro for macro in candidates if len(macro.parameters) == arguments]
    if not fitting:
        raise errors.UndefinedFunction(
            f"function {call.name} with {arguments} arguments does not exist",
            hint="Defaults of parameters must be given here.",
        )
    return fitting[0]


@lru_cache(maxsize=512)
def _body(text: str, makes_table: bool) -> exp.Expr:
    return parse(text)[0] if makes_table else parse_expression(text)

"""Every function a statement calls must be known, and a table function must be governed: unknown means refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from sqlglot import exp

from avila import errors
from avila.planner.dialect import nodes, position
from avila.planner.governed import GRAMMAR, REFUSED, REFUSED_TABLES, TABLE_FUNCTIONS
from avila.planner.scope import calls
from avila.planner.suggest import suggest
from avila.security.columns.functions import RESERVED

if TYPE_CHECKING:
    from avila.planner.plan import Context, Plan


class _Place(TypedDict):
    statement: str
    position: int | None


def bind_functions(plan: Plan, context: Context) -> Plan:
    """Record the functions; UndefinedFunction or StatementNotAllowed for what may not be called."""
    names: set[str] = set()
    for made in plan.tree.find_all(nodes.CreateMacro):
        if made.this.name.lower().startswith(RESERVED):
            raise _reserved(made.this.name, statement=plan.statement.text, position=position(made.this))
    for call in calls(plan.tree):
        name = call.name.lower()
        place = _Place(statement=plan.statement.text, position=position(call))
        if name.startswith(RESERVED):
            raise _reserved(name, **place)
        if name in REFUSED:
            raise errors.StatementNotAllowed(f"function {name} is not allowed", hint=REFUSED[name], **place)
        if _makes_table(call):
            if name in REFUSED_TABLES:
                raise errors.StatementNotAllowed(
                    f"table function {name} is not allowed", hint=REFUSED_TABLES[name], **place
                )
            known = context.functions.tables.keys() | TABLE_FUNCTIONS
            if name not in known and name not in context.macros():
                exists = name in context.functions
                what = "is not governed by any rule" if exists else "does not exist"
                condition = errors.StatementNotAllowed if exists else errors.UndefinedFunction
                raise condition(f"table function {name} {what}", hint=suggest(name, known), **place)
        elif (
            name not in context.functions
            and name not in GRAMMAR
            and not _is_local(call)
            and name not in context.macros()
        ):
            raise errors.UndefinedFunction(
                f"function {name} does not exist", hint=suggest(name, context.functions.names()), **place
            )
        names.add(name)
    return replace(plan, functions=frozenset(names))


def _reserved(name: str, statement: str, position: int | None) -> errors.Error:
    """Return the error of a name that is Avila's: the kernel's functions that decrypt have such names."""
    return errors.StatementNotAllowed(
        f"function {name} is not allowed",
        hint=f"Names that begin with {RESERVED} are Avila's own.",
        statement=statement,
        position=position,
    )


def _makes_table(call: exp.Expr) -> bool:
    parent = call.parent
    return (isinstance(parent, exp.Table) and parent.this is call) or isinstance(parent, nodes.Call)


def _is_local(call: exp.Expr) -> bool:
    """Whether the name is the macro that the statement itself creates (its parameters look like a call)."""
    return isinstance(call.parent, nodes.CreateMacro)

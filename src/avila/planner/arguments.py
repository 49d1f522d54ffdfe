"""Arguments that must be known before the kernel runs: constants, lists of them, and parameters."""

from __future__ import annotations

from sqlglot import exp

from avila import errors
from avila.planner.dialect import generate, nodes, position
from avila.planner.plan import Argument, Statement


def argument(node: exp.Expr, statement: Statement, ordinals: dict[int, int]) -> Argument:
    """Return the argument a node stands for.

    ``ordinals`` gives the place of each ``?`` by the identity of its node. Raises FeatureNotSupported when the value is
    known only while the statement runs.
    """
    if isinstance(node, exp.Literal):
        return Argument(node.this if node.is_string else _number(node.this))
    if isinstance(node, exp.Boolean):
        return Argument(bool(node.this))
    if isinstance(node, exp.Null):
        return Argument(None)
    if isinstance(node, exp.Paren):
        return argument(node.this, statement, ordinals)
    if isinstance(node, exp.Neg):
        inner = argument(node.this, statement, ordinals)
        if isinstance(inner.value, int | float):
            return Argument(-inner.value)
    if isinstance(node, exp.Array | nodes.ArrayConstructor):
        return Argument(tuple(argument(item, statement, ordinals) for item in node.expressions))
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
        return argument(node.this, statement, ordinals)
    if isinstance(node, exp.Placeholder | exp.Parameter):
        return Argument(parameter=_parameter(node, ordinals))
    raise errors.FeatureNotSupported(
        f"{generate(node)} is not known before the statement runs",
        hint="Write a constant, a list of constants, or a parameter here.",
        statement=statement.text,
        position=position(node),
    )


def _parameter(node: exp.Expr, ordinals: dict[int, int]) -> int | str:
    if id(node) in ordinals:
        return ordinals[id(node)]
    name = str(node.name or node.this)
    return int(name) - 1 if name.isdigit() else name


def _number(text: str) -> int | float:
    cleaned = text.replace("_", "")
    return int(cleaned) if cleaned.isdigit() else float(cleaned)

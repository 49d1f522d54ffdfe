"""The arguments of a call, paired with the parameters of the signature it must fit."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect import nodes, parse

if TYPE_CHECKING:
    from avila.catalog.signature import Signature

_NAMED = (nodes.NamedArgument, exp.PropertyEQ, exp.Kwarg)


def split(call: exp.Expr) -> tuple[list[exp.Expr], dict[str, exp.Expr]]:
    """Return the positional and the named arguments of a call."""
    is_table_function = isinstance(call.parent, exp.Table) and call.parent.this is call
    return named_and_positional(call.expressions, equals_names=is_table_function)


def named_and_positional(
    arguments: list[exp.Expr], *, equals_names: bool = False
) -> tuple[list[exp.Expr], dict[str, exp.Expr]]:
    """Set named arguments apart: ``a := 1``, ``a => 1``, and with ``equals_names`` also ``a = 1``."""
    positional: list[exp.Expr] = []
    named: dict[str, exp.Expr] = {}
    for item in arguments:
        name = _parameter_name(item, equals_names=equals_names)
        if name is None:
            positional.append(item)
        else:
            named[name] = item.expression
    return positional, named


def bound_arguments(call: exp.Expr, signature: Signature) -> dict[str, exp.Expr]:
    """Return every parameter's argument, defaults filled in; UndefinedFunction when they do not fit."""
    positional, named = split(call)
    bound = signature.bind(positional, named)
    for parameter in signature.parameters:
        if parameter.name not in bound and parameter.default is not None:
            bound[parameter.name] = _default(parameter.default).copy()
    return {parameter.name: bound[parameter.name] for parameter in signature.parameters}


def _parameter_name(item: exp.Expr, *, equals_names: bool) -> str | None:
    if isinstance(item, _NAMED):
        return str(item.this.name).lower()
    if equals_names and isinstance(item, exp.EQ) and isinstance(item.this, exp.Column | exp.Identifier):
        return str(item.this.name).lower()
    return None


@lru_cache(maxsize=1024)
def _default(text: str) -> exp.Expr:
    parsed: exp.Expr = parse(f"SELECT {text}")[0].expressions[0]
    return parsed

"""The ready-made masks in the body of a masking policy become the SQL that they stand for."""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp

from avila import errors
from avila.planner.dialect import parse_expression, position
from avila.security.masks import MASKS, ReadyMask


def expand(body: exp.Expr, key: bytes) -> exp.Expr:
    """Return a body without calls of ready-made masks; UndefinedFunction for one with other arguments than it takes.

    ``key`` is the database's own. These functions exist only here: nobody else can try values against the key.
    """
    holder = exp.Paren(this=body.copy())
    # From the inside out: a mask may be shown through another.
    for call in reversed(list(holder.find_all(exp.Anonymous))):
        mask = MASKS.get(call.name.lower())
        if mask is not None:
            call.replace(_called(call, mask, key))
    expanded: exp.Expr = holder.this
    return expanded.pop()


def _called(call: exp.Anonymous, mask: ReadyMask, key: bytes) -> exp.Expr:
    if len(call.expressions) != len(mask.parameters):
        raise errors.UndefinedFunction(
            f"{call.name}() takes {len(mask.parameters)} arguments, and got {len(call.expressions)}",
            hint=f"It is {call.name.lower()}({', '.join(mask.parameters)}).",
            position=position(call),
        )
    given = dict(zip(mask.parameters, call.expressions, strict=True))
    holder = exp.Paren(this=_template(mask, key).copy())
    for column in list(holder.find_all(exp.Column)):
        column.replace(exp.Paren(this=given[column.name].copy()))
    shown: exp.Expr = holder.this
    return shown.pop()


@lru_cache(maxsize=32)
def _template(mask: ReadyMask, key: bytes) -> exp.Expr:
    return parse_expression(mask.keyed(key))

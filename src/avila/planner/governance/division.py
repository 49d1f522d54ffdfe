"""What ``/`` means in SQL that is kept: not what a session's ``integer_division`` makes of it.

A policy written as ``k / 2 = 1.5`` must hide the same rows from everybody. So what is kept under the setting says
``//``, and what is run under it calls the kernel's function of the name ``/``, which no setting changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable

    from avila.planner.plan import Context


def kept_division(tree: exp.Expr, context: Context) -> exp.Expr:
    """Return a tree to keep, in which ``/`` always divides as it does in this session."""
    if not _whole(context):
        return tree
    return _changed(tree, lambda node: exp.IntDiv(this=node.left, expression=node.right))


def run_division(tree: exp.Expr, context: Context) -> exp.Expr:
    """Return a tree that was kept, in which ``/`` divides as it did then."""
    if not _whole(context):
        return tree
    name = exp.to_identifier("/", quoted=True)
    return _changed(tree, lambda node: exp.Anonymous(this=name.copy(), expressions=[node.left, node.right]))


def _whole(context: Context) -> bool:
    return context.setting("integer_division") == "true"


def _changed(tree: exp.Expr, change: Callable[[exp.Div], exp.Expr]) -> exp.Expr:
    whole = exp.Paren(this=tree)
    while (found := whole.find(exp.Div)) is not None:
        found.replace(change(found))
    kept: exp.Expr = whole.this
    return kept.pop()

"""Avila's SQL: text to tree and back, without loss.

``parse`` gives one tree a statement, ``generate`` writes a tree for the kernel, ``position`` says where in
the
text a node stands. The grammar is the kernel's own, read by a parser of ours into sqlglot's trees; whatever
was
read comes out again word for word, so the kernel answers what it would have answered to the user's text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.errors import SyntaxError as SqlSyntaxError
from avila.planner.dialect.fidelity import assert_faithful
from avila.planner.dialect.statements import StatementParser
from avila.planner.dialect.writer import Avila, write

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["Avila", "generate", "parse", "parse_expression", "position"]


def parse(sql: str) -> list[exp.Expr]:
    """Return one tree a statement; empty statements are dropped."""
    try:
        parser = StatementParser(sql)
        trees = parser.statements()
        assert_faithful(sql, parser.tokens, [write(tree) for tree in trees])
        return trees
    except RecursionError:
        raise SqlSyntaxError("the statement is nested too deeply", statement=sql, position=0) from None


def parse_expression(sql: str) -> exp.Expr:
    """Return the tree of one expression, such as a row policy."""
    try:
        parser = StatementParser(sql)
        tree = parser.expression()
        if parser.token.kind != "end":
            parser.fail("expected the end of the expression")
        assert_faithful(sql, parser.tokens, [write(tree)])
        return tree
    except RecursionError:
        raise SqlSyntaxError("the expression is nested too deeply", statement=sql, position=0) from None


def generate(tree: exp.Expr) -> str:
    """Write a tree as SQL for the kernel."""
    try:
        return write(tree)
    except RecursionError:
        raise SqlSyntaxError("the statement is nested too deeply") from None


def position(node: exp.Expr) -> int | None:
    """Return the offset of a node in the text it was parsed from."""
    start = node.meta.get("start")
    return int(start) if start is not None else None

"""Avila's SQL: text to tree and back, without loss.

``parse`` gives one tree a statement, ``generate`` writes a tree for the kernel, ``position`` says where in the text
a node stands.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, TokenError

from avila.errors import SyntaxError as SqlSyntaxError


class Avila(DuckDB):
    """The dialect: every call keeps its name."""

    class Parser(DuckDB.Parser):
        FUNCTIONS = {}


def parse(sql: str) -> list[exp.Expr]:
    """Return one tree a statement; empty statements are dropped."""
    try:
        return [tree for tree in sqlglot.parse(sql, read=Avila) if tree is not None]
    except (ParseError, TokenError) as error:
        raise SqlSyntaxError(str(error), statement=sql) from None


def generate(tree: exp.Expr) -> str:
    """Write a tree as SQL for the kernel."""
    return tree.sql(dialect=Avila, normalize_functions=False, comments=False)


def position(node: exp.Expr) -> int | None:
    """Return the offset of a node in the text it was parsed from."""
    start = node.meta.get("start")
    return int(start) if start is not None else None

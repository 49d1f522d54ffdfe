"""Columns that a role may not read, of a table or view of which it may read others.

They stay in the query that stands for the table: were they left out, their names could come to mean columns of other
tables, even of the very table that a DELETE around the query is about. But every value of theirs is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect import nodes, parse_expression

if TYPE_CHECKING:
    from avila.kernel.base import TableColumn


def denied_column(item: TableColumn, table: str) -> exp.Expr:
    """Return a column of which every value is an error: who names it is refused, who does not never computes it."""
    made = parse_expression(f"CAST(NULL AS {item.type})")
    message = exp.Literal.string(f"permission denied for table {table}")
    made.set("this", exp.Anonymous(this="error", expressions=[message]))
    return exp.alias_(made, item.name, quoted=True)


def takes_all(table: exp.Table) -> bool:
    """Whether the SELECT that a table is part of asks for all its columns."""
    select = table.find_ancestor(
        exp.Select, exp.Update, exp.Delete, nodes.ShowStatement, nodes.PivotStatement
    )
    if not isinstance(select, exp.Select):
        return isinstance(select, nodes.ShowStatement | nodes.PivotStatement)
    for item in select.expressions:
        if isinstance(item, exp.Star):
            return True
        if isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
            return item.table.lower() == (table.alias or table.name).lower()
    return False

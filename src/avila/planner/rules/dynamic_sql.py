"""``query('SELECT …')`` and ``query_table('name')`` become what they say, so that it is checked like the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.dialect import parse, position
from avila.planner.governed import SQL_TEXT

if TYPE_CHECKING:
    from avila.planner.plan import Context, Plan, Statement

NESTED_MAX = 8


def dynamic_sql(plan: Plan, context: Context) -> Plan:  # noqa: ARG001
    """Replace table functions whose argument is SQL."""
    tree = plan.tree.copy()
    for _ in range(NESTED_MAX):
        found = [table for table in tree.find_all(exp.Table) if _name(table) in SQL_TEXT]
        if not found:
            return replace(plan, tree=tree)
        for table in found:
            said = _said(table, plan.statement)
            said.set("alias", table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(_name(table))))
            table.replace(said)
    raise errors.FeatureNotSupported(f"query() is nested more than {NESTED_MAX} deep")


def _said(table: exp.Table, statement: Statement) -> exp.Expr:
    call = table.this
    constants = [item for item in call.expressions if isinstance(item, exp.Literal) and item.is_string]
    if len(constants) != 1 or len(call.expressions) != 1:
        raise errors.FeatureNotSupported(
            f"{_name(table)} takes one constant text, so that it can be checked",
            statement=statement.text,
            position=position(call),
        )
    text = constants[0].this
    if _name(table) == "query_table":
        return exp.to_table(text, dialect="duckdb")
    trees = parse(text)
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise errors.StatementNotAllowed(
            "query() takes one SELECT", statement=statement.text, position=position(call)
        )
    return exp.Subquery(this=trees[0])


def _name(table: exp.Table) -> str:
    return table.this.name.lower() if isinstance(table.this, exp.Anonymous) else ""

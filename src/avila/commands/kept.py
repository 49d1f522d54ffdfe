"""Expressions that the catalog is to keep: checked once against the kernel, and written so that they mean the same
to everybody.

Whoever asks later has another search path, and tables and functions of the same names perhaps. So tables are named
fully, and the bodies of users' functions stand in the place of their calls.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner import planner
from avila.planner.dialect import generate, parse_expression, position
from avila.planner.governance.division import kept_division
from avila.planner.governance.ready_masks import expand
from avila.planner.plan import Statement
from avila.planner.rules.bind_tables import resolve
from avila.planner.rules.user_macros import written_out
from avila.planner.scope import tables
from avila.security.authority import Principal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avila.catalog.names import Object
    from avila.executor import Executor
    from avila.planner.plan import Context

_MAKING_ROWS = frozenset({"generate_series", "range", "unnest"})
"""The table functions that read nothing but their arguments."""
_TRIAL_KEY = b"any key would do to see whether a mask fits"


def condition(executor: Executor, tree: exp.Expr, text: str, target: Object | None) -> str:
    """Return a policy's condition as it is kept; without a table, its columns are not looked at.

    Raises UndefinedTable, UndefinedColumn and UndefinedFunction for what is not there, GroupingError and WindowingError
    for aggregates and window functions, and DatatypeMismatch for what is no condition.
    """
    kept = _settled(executor, tree, text)
    if target is None:
        planner.plan(Statement(text, exp.select(exp.Paren(this=kept.copy()))), _trial(executor))
        return generate(kept)
    kind = _type(executor, kept, exp.Paren(this=kept.copy()), _named(target), text)
    if kind != "BOOLEAN" and not isinstance(kept, exp.Null):
        raise errors.DatatypeMismatch(
            f"argument of POLICY must be type boolean, not type {kind.lower()}",
            statement=text,
            position=position(tree),
        )
    return generate(kept)


def mask_body(
    executor: Executor, tree: exp.Expr, text: str, parameters: Iterable[tuple[str, str]], returns: str
) -> str:
    """Return the body of a masking policy as it is kept; the errors are those of a condition."""
    kept = _settled(executor, tree, text)
    _check(executor, kept, text, parameters, returns)
    return generate(kept)


def check_mask(executor: Executor, body: str, given: Iterable[tuple[str, str]], shown: str) -> None:
    """Raise the kernel's error when a mask cannot take columns of the given types, or be shown as one of another."""
    _check(executor, parse_expression(body), body, given, shown)


def _check(
    executor: Executor, body: exp.Expr, text: str, given: Iterable[tuple[str, str]], returns: str
) -> None:
    nulls = ", ".join(f"CAST(NULL AS {kind}) AS {_quoted(name)}" for name, kind in given)
    values = planner.statements(f"SELECT * FROM (SELECT {nulls}) AS given")[0].tree.args["from_"].this
    shown = exp.Paren(this=expand(body, _TRIAL_KEY))
    cast = parse_expression(f"CAST(NULL AS {returns})")
    cast.set("this", shown.copy())
    _type(executor, cast, exp.Is(this=shown, expression=exp.Null()), values, text)


def _settled(executor: Executor, tree: exp.Expr, text: str) -> exp.Expr:
    """Return an expression with every name in it made plain."""
    context = _trial(executor)
    for node in tree.walk():
        if isinstance(node, exp.Placeholder | exp.Parameter):
            raise errors.FeatureNotSupported(
                "an expression that is kept has no parameters", statement=text, position=position(node)
            )
    holder = exp.Paren(this=written_out(exp.Paren(this=tree), text, context).this.copy())
    for table in tables(holder):
        if isinstance(table.this, exp.Identifier):
            _name_fully(table, text, context)
        elif not isinstance(table.this, exp.Anonymous) or table.this.name.lower() not in _MAKING_ROWS:
            raise errors.FeatureNotSupported(
                "an expression that is kept reads tables alone", statement=text, position=position(table)
            )
    settled: exp.Expr = holder.this
    return kept_division(settled.pop(), executor.context())


def _name_fully(table: exp.Table, text: str, context: Context) -> None:
    found = resolve(table, context)
    if found is None:
        raise errors.UndefinedTable(
            f"table {table.name} does not exist", statement=text, position=position(table)
        )
    if found.temporary and not found.internal:
        raise errors.InvalidObjectDefinition(
            f"{found.name} is temporary, and what is kept cannot go by it",
            statement=text,
            position=position(table),
        )
    table.set("db", exp.to_identifier(found.schema, quoted=True))
    table.set("catalog", exp.to_identifier(found.catalog, quoted=True))


def _type(executor: Executor, shown: exp.Expr, test: exp.Expr, source: exp.Expr, text: str) -> str:
    """Return the type of an expression over a table, as the kernel binds it; no row is read.

    It stands in WHERE too, where the kernel refuses aggregates and window functions.
    """
    inner = exp.Select(
        expressions=[exp.alias_(exp.Paren(this=shown.copy()), "shown")],
        from_=exp.From(this=source),
        where=exp.Where(this=test),
    )
    outer = exp.Select(
        expressions=[exp.column("shown")],
        from_=exp.From(this=exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("kept")))),
    )
    plan = planner.plan(Statement(text, outer), _trial(executor))
    if plan.sources or plan.paths:
        raise errors.FeatureNotSupported(
            "an expression that is kept reads tables, and no files", statement=text
        )
    for extension in plan.extensions:
        executor.instance.engine.load(extension)
    try:
        described = executor.connection.run(f"DESCRIBE {plan.sql}", statement=text).fetchall()
    except errors.GroupingError as error:
        if "window" in error.message:
            raise errors.WindowingError("window functions are not allowed here", statement=text) from None
        raise errors.GroupingError("aggregate functions are not allowed here", statement=text) from None
    return str(described[0][1])


def _trial(executor: Executor) -> Context:
    """Return the context in which an expression is tried: nobody's rights and settings matter to what it means."""

    def setting(name: str) -> str:
        return executor.text_of_setting(name) or ""

    return replace(executor.context(), principal=Principal(), setting=setting)


def _named(target: Object) -> exp.Table:
    catalog, schema, name = (exp.to_identifier(part, quoted=True) for part in target[1:])
    return exp.Table(this=name, db=schema, catalog=catalog)


def _quoted(name: str) -> str:
    return generate(exp.to_identifier(name, quoted=True))

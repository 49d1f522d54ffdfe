"""What a statement asks of its session (who it is, its settings and attributes) is put in as values.

The kernel knows neither roles nor Avila's settings; and as constants these values cost nothing, in row policies least
of all. Plans are kept by who asked and by the session's settings, so a value is never another session's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.dialect import position
from avila.planner.governance.privilege_functions import FUNCTIONS, answer
from avila.planner.plan import Kind

if TYPE_CHECKING:
    from avila.planner.plan import Context, Plan

CURRENT = frozenset({"current_user", "current_role", "user"})
_WORDS = CURRENT | {"session_user"}
_SYSTEM_SCHEMA = "pg_catalog"
_NOWHERE = frozenset({"inet_client_addr", "inet_client_port"})
"""Where a client is on the network; a session in this process is nowhere."""


_KEPT = re.compile(
    r"\b(current_user|session_user|current_role|user|current_setting|session_attribute|pg_has_role|row_security_active|has_\w+_privilege)\b",
    re.IGNORECASE,
)


def session_values(plan: Plan, context: Context) -> Plan:
    """Replace the names and calls that mean the session; what a definition keeps (a view, a default) stays as it is."""
    if plan.kind is Kind.DEFINITION and not _runs_query(plan.tree):
        return plan
    if not any(_concerns(node) for node in plan.tree.walk()):
        return plan
    tree = plan.tree.copy()
    try:
        _replace(tree, context)
    except errors.Error as error:
        error.statement = plan.statement.text
        raise
    return replace(plan, tree=tree)


def mentions_session(text: str) -> bool:
    """Whether SQL that the kernel keeps may ask for what only a session knows."""
    return _KEPT.search(text) is not None


def with_session_values(tree: exp.Expr, context: Context) -> exp.Expr:
    """Return a copy of kept SQL with the session's values in it."""
    whole = exp.Paren(this=tree.copy())
    _replace(whole, context)
    kept: exp.Expr = whole.this.pop()
    return kept


def _runs_query(tree: exp.Expr) -> bool:
    """Whether a definition takes the answer of a query, once."""
    return (
        isinstance(tree, exp.Create) and str(tree.args["kind"]).upper() == "TABLE" and bool(tree.expression)
    )


def _replace(tree: exp.Expr, context: Context) -> None:
    for node in list(tree.walk()):
        if isinstance(node, exp.Dot) and _system(node):
            called = node.expression
            called.meta.update(node.meta)
            node.replace(called)
    for node in list(tree.walk()):
        if node.parent is None:
            continue
        try:
            value = _value(node, context)
        except errors.Error as error:
            error.position = position(node)
            raise
        if value is not None:
            _put(node, value)


def attributes(context: Context) -> dict[str, str]:
    """Return the attributes of the session's role: those of roles it inherits from, and before them its own."""
    roles = context.described.roles
    found: dict[str, str] = {}
    mine = context.principal.current_user
    for name in [*sorted(roles.inherited(mine) - {mine}), mine]:
        if name in roles:
            found.update(roles[name].attributes)
    return found


def _concerns(node: exp.Expr) -> bool:
    if isinstance(node, exp.Column):
        return _word(node) in _WORDS
    if isinstance(node, exp.Anonymous):
        name = node.name.lower()
        return name in _WORDS | FUNCTIONS | _NOWHERE | {"current_setting", "session_attribute"}
    return isinstance(node, exp.Dot) and _system(node)


def _system(node: exp.Dot) -> bool:
    """Whether a call is written with the schema that PostgreSQL's functions lie in, as tools do."""
    return (
        isinstance(node.this, exp.Column)
        and node.this.name.lower() == _SYSTEM_SCHEMA
        and not node.this.table
        and isinstance(node.expression, exp.Anonymous)
    )


def _value(node: exp.Expr, context: Context) -> exp.Expr | None:
    if isinstance(node, exp.Column):
        word = _word(node)
        if word not in _WORDS or (word == "user" and _is_column("user", node.root(), context)):
            return None
        return exp.Literal.string(_user(word, context))
    if not isinstance(node, exp.Anonymous):
        return None
    name = node.name.lower()
    if name in _WORDS and not node.expressions:
        return exp.Literal.string(_user(name, context))
    if name in _NOWHERE:
        return exp.Cast(this=exp.Null(), to=exp.DataType.build("VARCHAR", dialect="duckdb"))
    if name == "current_setting":
        return _setting(node, context)
    if name == "session_attribute":
        value = attributes(context).get(_constant(node, 0).lower())
        return _text(value)
    return answer(name, node, context) if name in FUNCTIONS else None


def _setting(call: exp.Anonymous, context: Context) -> exp.Expr | None:
    name = _constant(call, 0).lower()
    value = context.setting(name)
    if value is None and len(call.expressions) == 1:
        if context.authority.superuser and "." not in name:
            return None  # the kernel has settings of its own
        raise errors.UndefinedObject(f'unrecognized configuration parameter "{name}"')
    return _text(value)


def _text(value: str | None) -> exp.Expr:
    if value is not None:
        return exp.Literal.string(value)
    return exp.Cast(this=exp.Null(), to=exp.DataType.build("VARCHAR", dialect="duckdb"))


def _user(word: str, context: Context) -> str:
    return context.principal.current_user if word in CURRENT else context.principal.session_user


def _word(node: exp.Column) -> str:
    plain = isinstance(node.this, exp.Identifier) and not node.this.args.get("quoted") and not node.table
    return node.name.lower() if plain else ""


def _is_column(name: str, tree: exp.Expr, context: Context) -> bool:
    """Whether the word may be a column of what the statement reads: ``user`` is a common name for one."""
    named = {table.name.lower() for table in tree.find_all(exp.Table)}
    return any(
        key[2] in named and any(item.name.lower() == name for item in columns)
        for key, columns in context.columns().items()
    )


def _constant(call: exp.Expr, place: int) -> str:
    arguments = call.expressions
    if place < len(arguments) and isinstance(arguments[place], exp.Literal):
        return str(arguments[place].this)
    raise errors.FeatureNotSupported(f"{call.name}() takes a constant, so that it can be checked")


def _put(node: exp.Expr, value: exp.Expr) -> None:
    """Put a value in the place of a node; a column of a SELECT list keeps its name."""
    if isinstance(node.parent, exp.Select) and node.arg_key == "expressions":
        value = exp.alias_(value, node.name.lower(), quoted=True)
    node.replace(value)

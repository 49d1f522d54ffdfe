"""``has_table_privilege`` and its like: answered from the catalog while a statement is planned.

The object may be a column of the statement (as in ``SELECT table_name, has_table_privilege(table_name, 'SELECT') …``):
then the answer is whether it is among the names for which the privilege is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.catalog.grants import COLUMN_PRIVILEGES, PRIVILEGES
from avila.catalog.names import Object
from avila.catalog.roles import PUBLIC
from avila.planner.dialect import parse_expression
from avila.planner.governance.names import object_of
from avila.planner.rules.bind_tables import resolve
from avila.security.authority import Authority
from avila.security.row_security import is_secured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.planner.plan import Context

_KINDS = {
    "has_table_privilege": "table",
    "has_any_column_privilege": "table",
    "has_column_privilege": "table",
    "has_schema_privilege": "schema",
    "has_database_privilege": "database",
    "has_sequence_privilege": "sequence",
    "has_function_privilege": "function",
}
FUNCTIONS = frozenset({*_KINDS, "pg_has_role", "row_security_active"})
_WITH_OPTION = " with grant option"


def answer(name: str, call: exp.Expr, context: Context) -> exp.Expr:
    """Return the expression that stands for a call; UndefinedObject, UndefinedTable … for what is not there."""
    arguments = list(call.expressions)
    if name == "row_security_active":
        return exp.convert(_secured(arguments, context))
    fixed = 3 if name in {"has_column_privilege"} else 2
    if len(arguments) not in {fixed, fixed + 1}:
        raise errors.UndefinedFunction(f"{name}() takes {fixed} or {fixed + 1} arguments")
    role = _role(arguments.pop(0), context) if len(arguments) > fixed else context.principal.current_user
    authority = Authority(context.described, role)
    if name == "pg_has_role":
        return exp.convert(_has_role(authority, _text(arguments[0]), _text(arguments[1])))
    kind = _KINDS[name]
    privileges = list(_privileges(_text(arguments[-1]), kind, name))
    if name == "has_column_privilege":
        target, column = named_object(kind, _text(arguments[0]), context), _text(arguments[1]).lower()
        return exp.convert(any(_may(authority, target, word, option, column) for word, option in privileges))
    if isinstance(arguments[0], exp.Literal):
        target = named_object(kind, _text(arguments[0]), context)
        return exp.convert(any(_holds(name, authority, target, *item) for item in privileges))
    if kind != "table":
        raise errors.FeatureNotSupported(f"{name}() takes a constant name")
    return _among(name, arguments[0], authority, privileges, context)


def _secured(arguments: list[exp.Expr], context: Context) -> bool:
    """Whether row policies hold for the current role on a table."""
    if len(arguments) != 1:
        raise errors.UndefinedFunction("row_security_active() takes 1 argument")
    return is_secured(context.authority, named_object("table", _text(arguments[0]), context))


def _among(
    name: str, operand: exp.Expr, authority: Authority, privileges: list[tuple[str, bool]], context: Context
) -> exp.Expr:
    names: set[str] = set()
    for relation in context.relations.values():
        if relation.internal or not any(
            _holds(name, authority, object_of(relation), *item) for item in privileges
        ):
            continue
        names.add(f"{relation.schema}.{relation.name}".lower())
        names.add(f"{relation.catalog}.{relation.schema}.{relation.name}".lower())
        if (relation.catalog, relation.schema) == (context.catalog, context.schema):
            names.add(relation.name.lower())
    if not names:
        return exp.false()
    lowered = exp.Anonymous(this="lower", expressions=[exp.cast(operand.copy(), "VARCHAR", dialect="duckdb")])
    return exp.Paren(
        this=exp.In(this=lowered, expressions=[exp.Literal.string(item) for item in sorted(names)])
    )


def _holds(name: str, authority: Authority, target: Object, privilege: str, option: bool) -> bool:
    if name == "has_any_column_privilege":
        return authority.may_some(target, privilege)
    return _may(authority, target, privilege, option, None)


def _may(authority: Authority, target: Object, privilege: str, option: bool, column: str | None) -> bool:
    if option:
        return authority.may_grant(target, privilege, column) is not None
    return bool(authority.may(target, privilege, column))


def _privileges(text: str, kind: str, name: str) -> Iterator[tuple[str, bool]]:
    for part in text.split(","):
        word = part.strip().lower()
        option = word.endswith(_WITH_OPTION)
        word = word.removesuffix(_WITH_OPTION).strip().upper()
        word = "TEMPORARY" if word == "TEMP" else word
        known = COLUMN_PRIVILEGES if name.endswith("column_privilege") else PRIVILEGES[kind]
        if word not in known:
            raise errors.InvalidParameterValue(f'unrecognized privilege type: "{part.strip()}"')
        yield word, option


def named_object(kind: str, text: str, context: Context) -> Object:
    """Return the object that a text names, as SQL would name it; UndefinedTable for a table that is not there."""
    parts = [part.name for part in _table(text).parts]
    if kind == "database":
        return Object("database", parts[-1].lower() if parts[-1].lower() in {"native", "lake"} else "native")
    if kind == "schema":
        catalog = parts[-2] if len(parts) > 1 else context.catalog
        schema = "main" if parts[-1].lower() == "public" else parts[-1]
        return Object("schema", catalog.lower(), schema.lower())
    if kind == "table":
        relation = resolve(_table(text), context)
        if relation is None:
            raise errors.UndefinedTable(f'relation "{text}" does not exist')
        return object_of(relation)
    schema = parts[-2] if len(parts) > 1 else context.schema
    return Object(kind, context.catalog.lower(), schema.lower(), parts[-1].lower().split("(")[0])


def _table(text: str) -> exp.Table:
    tree = parse_expression(text.split("(", maxsplit=1)[0])
    if not isinstance(tree, exp.Column):
        raise errors.UndefinedTable(f'relation "{text}" does not exist')
    parts = [part.copy() for part in tree.parts]
    return exp.Table(this=parts[-1], **dict(zip(("db", "catalog"), reversed(parts[:-1]), strict=False)))


def _role(node: exp.Expr, context: Context) -> str:
    name = _text(node).lower()
    if name != PUBLIC and name not in context.described.roles:
        raise errors.UndefinedObject(f'role "{name}" does not exist')
    return name


def _has_role(authority: Authority, role: str, privilege: str) -> bool:
    roles = authority.catalog.roles
    if role.lower() not in roles:
        raise errors.UndefinedObject(f'role "{role}" does not exist')
    if authority.superuser:
        return True
    reach = {"USAGE": roles.inherited, "SET": roles.settable, "MEMBER": roles.member_of}
    found = reach.get(privilege.upper().split()[0])
    if found is None:
        raise errors.InvalidParameterValue(f'unrecognized privilege type: "{privilege}"')
    return role.lower() in found(authority.role)


def _text(node: exp.Expr) -> str:
    if isinstance(node, exp.Cast):
        node = node.this
    if not isinstance(node, exp.Literal):
        raise errors.FeatureNotSupported("functions about privileges take constants here")
    return str(node.this)

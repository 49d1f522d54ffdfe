"""Which functions a role may call: what is not allowed by name is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.catalog.names import Object
from avila.planner.catalog_views import LISTINGS
from avila.planner.dialect import nodes, position
from avila.planner.function_classes import (
    ALLOWED,
    OWN_RULE,
    SUPERUSER,
    TABLE_ALLOWED,
    TABLE_FILES,
    TABLE_OWN_RULE,
    TABLE_SUPERUSER,
)
from avila.planner.governance.feeds import FEEDS
from avila.planner.governed import GRAMMAR, PURE
from avila.planner.scope import calls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.planner.plan import Context

READ_FILES = "pg_read_server_files"
WRITE_FILES = "pg_write_server_files"
_SEQUENCES: Mapping[str, tuple[str, ...]] = {"nextval": ("USAGE", "UPDATE"), "currval": ("USAGE", "SELECT")}


def check_functions(tree: exp.Expr, context: Context, text: str) -> None:
    """Raise InsufficientPrivilege for a call that the session's role may not make."""
    if context.authority.superuser:
        return
    for call in calls(tree):
        try:
            _require_execute(call, context)
            if isinstance(call.parent, exp.Table) and call.parent.this is call:
                _check_table(call, context)
            else:
                _check_scalar(call, context)
        except errors.Error as error:
            if error.position is None:
                error.statement, error.position = text, position(call)
            raise


def _require_execute(call: exp.Expr, context: Context) -> None:
    """Raise InsufficientPrivilege for a function that everybody may call unless that was revoked."""
    if context.described.grants.withdrawn and not isinstance(call.parent, nodes.CreateMacro):
        context.authority.require(Object("function", "system", "main", call.name.lower()), "EXECUTE")


def _check_scalar(call: exp.Expr, context: Context) -> None:
    name = call.name.lower()
    if name in context.functions.scalars or name in context.functions.macros:
        _require_extension(name, context)
    elif name in _SEQUENCES:
        _check_sequence(call, name, context)
    elif name in OWN_RULE:
        raise _refused(name, OWN_RULE[name])
    elif name in SUPERUSER:
        raise _refused(name, SUPERUSER[name])
    elif (
        name not in ALLOWED | PURE and name not in GRAMMAR and not isinstance(call.parent, nodes.CreateMacro)
    ):
        raise _refused(name, "No rule says what it may reach.")


def _check_table(call: exp.Expr, context: Context) -> None:
    name = call.name.lower()
    if name in context.functions.tables and context.functions.tables[name].session:
        return  # it shows what the session may see
    if name in context.functions.tables:
        _require_extension(name, context)
        if context.functions.tables[name].files:
            context.authority.require_member(READ_FILES, f"read files with {name}()")
    elif name in TABLE_FILES:
        context.authority.require_member(READ_FILES, f"read files with {name}()")
    elif name in TABLE_SUPERUSER:
        raise _refused(name, TABLE_SUPERUSER[name])
    elif name in LISTINGS or name in FEEDS or name in TABLE_ALLOWED:
        return  # what they show is governed where it is read
    else:
        raise _refused(name, TABLE_OWN_RULE.get(name, "No rule says what it may reach."))


def _check_sequence(call: exp.Expr, name: str, context: Context) -> None:
    argument = call.expressions[0] if call.expressions else None
    if not isinstance(argument, exp.Literal):
        raise errors.FeatureNotSupported(f"{name}() takes a constant name, so that it can be checked")
    parts = [part.strip('"').lower() for part in str(argument.this).split(".")]
    schema = parts[-2] if len(parts) > 1 else context.schema.lower()
    catalog = parts[-3] if len(parts) > 2 else context.catalog.lower()
    target = Object("sequence", catalog, schema, parts[-1])
    if not any(context.authority.may(target, privilege) for privilege in _SEQUENCES[name]):
        context.authority.require(target, "USAGE")


def _require_extension(name: str, context: Context) -> None:
    extension = context.functions.extension_of(name)
    context.authority.require(Object("extension", "", "", extension), "USAGE")


def _refused(name: str, why: str) -> errors.InsufficientPrivilege:
    return errors.InsufficientPrivilege(f"permission denied for function {name}", hint=why)

"""ALTER ROLE … SET and RESET: what the sessions of a role start with.

A role may set for itself what is harmless. What limits it is for those who administer it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila import settings as table
from avila.catalog import resource_groups as changes
from avila.commands import objects, roles
from avila.commands.settings import name_of, value_of
from avila.kernel.arrow_answer import ArrowAnswer
from avila.limits import bounds
from avila.storage.stores import NATIVE

if TYPE_CHECKING:
    from sqlglot import exp

    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_PATHS = frozenset({"schema", "search_path", "role", "session_authorization"})


def set_(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out ALTER ROLE role | ALL SET setting = value."""
    role = _role(executor, plan.tree)
    name, value = name_of(plan.tree.args["setting"]), value_of(plan.tree.expressions[0])
    _require_may(executor, role, name)
    kept = None if value == "DEFAULT" else _checked(name, value)
    executor.change(changes.SetRoleSetting(role, name, kept))
    return ArrowAnswer.empty()


def reset(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out ALTER ROLE role | ALL RESET setting | ALL."""
    role, node = _role(executor, plan.tree), plan.tree.args.get("setting")
    names = list(changes.settings_of(executor.described(), role)) if node is None else [name_of(node)]
    for name in names:
        _require_may(executor, role, name)
    if not names:
        _require_may(executor, role, "")
    executor.change(
        changes.ResetRoleSettings(role) if node is None else changes.SetRoleSetting(role, names[0], None)
    )
    return ArrowAnswer.empty()


def _role(executor: Executor, tree: exp.Expr) -> str | None:
    """Return the role whose sessions are meant; None for every role's."""
    database = tree.args.get("database")
    if database is not None and objects.database(executor, database).catalog != NATIVE:
        raise errors.FeatureNotSupported(
            "a session uses all stores, so what it starts with cannot depend on one of them",
            hint="Leave IN DATABASE out.",
        )
    return None if tree.this is None else roles.changeable(executor, tree.this)


def _checked(name: str, value: object) -> str:
    """Return a setting's value as it is kept.

    Raises UndefinedObject for an unknown setting and ConfigurationError for what is no session's.
    """
    if "." in name:
        return str(value)
    if name in _PATHS:
        raise errors.FeatureNotSupported(f"{name} cannot be set for a role", hint="SET it in the session.")
    setting = table.find(name)
    if setting.scope != "session":
        raise errors.ConfigurationError(
            f"setting {setting.name} holds for the whole database, and cannot be set for a role",
            hint="Put it in avila.toml or give it to connect().",
        )
    parsed = setting.parse(value, "ALTER ROLE")
    bounds.check(name, parsed)
    return str(parsed).lower() if isinstance(parsed, bool) else str(parsed)


def _require_may(executor: Executor, role: str | None, name: str) -> None:
    authority = executor.authority
    if role is None:
        authority.require_superuser("set what the sessions of all roles start with")
        return
    if role == authority.role and name not in bounds.LIMITS:
        return
    if role == authority.role and not authority.superuser:
        raise errors.InsufficientPrivilege(
            f"permission denied to set {name} for role {role}",
            hint="It limits the role, so whoever administers it sets it.",
        )
    roles.require_administers(authority, role, "alter")

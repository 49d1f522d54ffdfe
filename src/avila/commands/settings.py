"""SET, RESET and what they change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from avila import errors
from avila import settings as table
from avila.catalog.resource_groups import starting_settings
from avila.commands import names
from avila.kernel.arrow_answer import ArrowAnswer
from avila.limits import bounds
from avila.planner.classify import shown_setting
from avila.planner.dialect import generate, nodes

if TYPE_CHECKING:
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_PATHS = frozenset({"schema", "search_path"})
_ALIASES = {"time_zone": "timezone", "time zone": "timezone"}


def set_(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out SET name = value."""
    name = name_of(plan.tree.this)
    values = [value_of(node) for node in plan.tree.expressions]
    if name in _PATHS:
        names.change(executor, str(values[0]))
        return ArrowAnswer.empty()
    if "." in name:
        executor.set_custom(name, None if values == ["DEFAULT"] else str(values[0]))
        return ArrowAnswer.empty()
    setting = table.find(name)
    if setting.scope == "database":
        executor.require_superuser(f"set {setting.name}, which holds for everybody")
    if setting.scope == "database" and setting.kernel is None:
        raise errors.ConfigurationError(
            f"setting {setting.name} is fixed while the database is open",
            hint="Put it in avila.toml or give it to connect().",
        )
    value = _started(executor, setting) if values == ["DEFAULT"] else setting.parse(values[0], "SET")
    if setting.name in bounds.LIMITS:
        bounds.check(setting.name, value)
        if not executor.authority.superuser:
            most = bounds.ceilings(
                executor.described(), executor.principal.session_user, executor.instance.settings
            )
            bounds.require_tighter(setting.name, value, most)
    _apply(executor, setting, value)
    return ArrowAnswer.empty()


def reset(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out RESET name: back to what the session started with."""
    name = name_of(plan.tree.this)
    if name in _PATHS:
        names.change(executor, "main")
        return ArrowAnswer.empty()
    if "." in name:
        executor.set_custom(name, None)
        return ArrowAnswer.empty()
    setting = table.find(name)
    if setting.scope == "database":
        executor.require_superuser(f"reset {setting.name}, which holds for everybody")
    _apply(executor, setting, _started(executor, setting))
    if executor.setting(setting.name) == executor.instance.settings[setting.name]:
        executor.forget_setting(setting.name)
    return ArrowAnswer.empty()


def start(executor: Executor) -> None:
    """Set what the sessions of a role start with; who set it for the role was asked then."""
    for name, value in starting_settings(executor.described(), executor.principal.session_user).items():
        if "." in name:
            executor.set_custom(name, value)
        elif name in table.SETTINGS:  # or else an older version set what there is no more
            setting = table.SETTINGS[name]
            _apply(executor, setting, setting.parse(value, "ALTER ROLE"))


def _started(executor: Executor, setting: table.Setting) -> table.Value:
    """Return what a setting was when the session started."""
    own = starting_settings(executor.described(), executor.principal.session_user).get(setting.name)
    return executor.instance.settings[setting.name] if own is None else setting.parse(own, "ALTER ROLE")


def show(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out SHOW name and SHOW ALL."""
    assert isinstance(plan.tree, nodes.ShowStatement)  # noqa: S101 (the registry says so)
    name = shown_setting(plan.tree)
    if name != "all" and name is not None:
        return ArrowAnswer.of([(name, "VARCHAR", pa.string())], [[_text(executor.setting(name))]])
    columns = [(column, "VARCHAR", pa.string()) for column in ("name", "setting", "description")]
    return ArrowAnswer.of(
        columns, [[s.name, _text(executor.setting(s.name)), s.doc] for s in table.SETTINGS.values()]
    )


def _text(value: table.Value) -> str | None:
    return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)


def _apply(executor: Executor, setting: table.Setting, value: table.Value) -> None:
    if setting.kernel is not None:
        if value is None:
            executor.connection.run(f"RESET {_scope(setting)} {setting.kernel}", rows=False)
        else:
            literal = exp.Literal.string(value) if isinstance(value, str) else exp.convert(value)
            executor.connection.run(
                f"SET {_scope(setting)} {setting.kernel} = {generate(literal)}", rows=False
            )
        # The kernel reads some settings while it parses.
        executor.connection.forget_prepared()
    executor.keep_setting(setting.name, value)


def _scope(setting: table.Setting) -> str:
    """Return the kernel's word for where a setting holds: without it, most hold for every session."""
    return "SESSION" if setting.scope == "session" else "GLOBAL"


def name_of(node: exp.Expr) -> str:
    """Return the name of a setting, as a statement writes it, by which it is known."""
    name = generate(node) if isinstance(node, exp.Dot) else node.name
    return _ALIASES.get(name.lower(), name.lower())


def value_of(node: exp.Expr) -> Any:
    """Return the value that a statement gives a setting; InvalidParameterValue when it is no constant."""
    if isinstance(node, exp.Literal):
        return node.this
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
        return "-" + node.this.this
    if isinstance(node, exp.Column | exp.Identifier | exp.Var):
        return node.name if node.name.upper() != "DEFAULT" else "DEFAULT"
    raise errors.InvalidParameterValue(f"a setting takes a constant, and {generate(node)} is none")

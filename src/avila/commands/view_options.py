"""ALTER VIEW … SET and RESET: whose rights hold inside a view, and whether it is a barrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.views import SetViewOptions
from avila.commands import owners
from avila.kernel.arrow_answer import ArrowAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot import exp

    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_OPTIONS = frozenset({"security_invoker", "security_barrier"})
_BOOLEANS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "on", "yes", "1"), True),
    **dict.fromkeys(("false", "off", "no", "0"), False),
}


def alter(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Set a view's options, or reset them to false."""
    tree = plan.tree
    try:
        target = owners.view(executor, tree.this)
    except errors.UndefinedTable:
        if tree.args.get("exists"):
            return ArrowAnswer.empty()
        raise
    executor.authority.require_owner(target)
    reset = tree.args["kind"] == "RESET"
    options = {_name(option): not reset and _value(option) for option in tree.expressions}
    executor.change(SetViewOptions(target, **options))
    return ArrowAnswer.empty()


def _name(option: exp.Expr) -> str:
    name: str = option.this.name.lower() if not isinstance(option.this, str) else option.this.lower()
    if name not in _OPTIONS:
        raise errors.InvalidParameterValue(
            f'unrecognized parameter "{name}"', hint=f"A view has {' and '.join(sorted(_OPTIONS))}."
        )
    return name


def _value(option: exp.Expr) -> bool:
    value = option.args.get("expression")
    if value is None:
        return True
    written = str(value.this).lower() if not value.name else value.name.lower()
    if written not in _BOOLEANS:
        raise errors.InvalidParameterValue(
            f'invalid value for boolean option "{_name(option)}": {written}', hint="It is true or false."
        )
    return _BOOLEANS[written]

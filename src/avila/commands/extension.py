"""CREATE EXTENSION and DROP EXTENSION: which of the installed extensions this database offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.catalog import extension_changes as changes
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner.suggest import suggest

if TYPE_CHECKING:
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan


def create(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Offer an extension again."""
    executor.require_superuser("CREATE EXTENSION")
    name = _installed(executor, plan)
    dropped = name in executor.described().dropped_extensions
    if dropped or not plan.tree.args.get("exists"):
        executor.change(changes.CreateExtension(name))
    return ArrowAnswer.empty()


def drop(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Offer an extension no more; its package stays installed, and other databases keep it."""
    executor.require_superuser("DROP EXTENSION")
    if plan.tree.args.get("exists") and plan.tree.this.name.lower() not in executor.instance.extensions:
        return ArrowAnswer.empty()
    name = _installed(executor, plan)
    dropped = name in executor.described().dropped_extensions
    if not dropped or not plan.tree.args.get("exists"):
        executor.change(changes.DropExtension(name))
    return ArrowAnswer.empty()


def _installed(executor: Executor, plan: Plan) -> str:
    name: str = plan.tree.this.name.lower()
    installed = executor.instance.extensions
    if name not in installed:
        raise errors.UndefinedObject(
            f"no extension {name} is installed",
            hint=suggest(name, installed)
            or f"Installed are {', '.join(sorted(installed))}; others come by pip.",
            statement=plan.statement.text,
        )
    return name

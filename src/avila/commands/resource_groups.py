"""CREATE, ALTER and DROP RESOURCE GROUP, and who is in which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.catalog import resource_groups as changes
from avila.catalog.role_changes import AlterRole
from avila.commands import options, principals
from avila.kernel.arrow_answer import ArrowAnswer

if TYPE_CHECKING:
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan


def create(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Make a group."""
    executor.require_superuser("create resource groups")
    name = principals.written_name(plan.tree.this)
    limits = options.amounts(options.read(plan.tree.expressions, options.LIMITS), options.LIMITS)
    if not (plan.tree.args.get("exists") and name in executor.described().resource_groups):
        executor.change(changes.CreateResourceGroup(name, limits))
    return ArrowAnswer.empty()


def alter(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Set limits of a group."""
    executor.require_superuser("alter resource groups")
    name = principals.written_name(plan.tree.this)
    limits = options.amounts(options.read(plan.tree.expressions, options.LIMITS), options.LIMITS)
    if not (plan.tree.args.get("exists") and name not in executor.described().resource_groups):
        executor.change(changes.AlterResourceGroup(name, limits))
    return ArrowAnswer.empty()


def drop(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Remove a group."""
    executor.require_superuser("drop resource groups")
    name = principals.written_name(plan.tree.this)
    if not (plan.tree.args.get("exists") and name not in executor.described().resource_groups):
        executor.change(changes.DropResourceGroup(name))
    return ArrowAnswer.empty()


def assign(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out ALTER ROLE role SET RESOURCE GROUP group | NONE."""
    executor.require_superuser("put roles into resource groups")
    role = principals.role(executor, plan.tree.this)
    node = plan.tree.args.get("expression")
    group = None
    if node is not None:
        group = changes.known_group(executor.described(), principals.written_name(node)).name
    executor.change(AlterRole(role, {"resource_group": group}))
    return ArrowAnswer.empty()

"""CHECKPOINT and VACUUM, when a person asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner.governance.names import object_of
from avila.planner.rules.bind_tables import resolve

if TYPE_CHECKING:
    from sqlglot import exp

    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan


def checkpoint(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Fold the native store's log into its file, once other writers are done."""
    if plan.tree.args.get("force"):
        raise errors.FeatureNotSupported(
            "FORCE CHECKPOINT would abort other transactions", hint="Use CHECKPOINT."
        )
    executor.authority.require_member("pg_checkpoint", "CHECKPOINT")
    _outside(executor, "CHECKPOINT")
    executor.connection.settle()
    executor.instance.native.checkpoint(executor.setting("lock_timeout"))
    return ArrowAnswer.empty()


def vacuum(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Give deleted rows' space back and refresh statistics; also compact the lake and expire its old snapshots."""
    target = plan.tree.args.get("this")
    _require_may_maintain(executor, target)
    _outside(executor, "VACUUM")
    executor.connection.settle()
    if target is not None or plan.tree.args.get("analyze"):
        from avila.planner.dialect import generate

        executor.connection.run(generate(plan.tree), rows=False, statement=plan.statement.text)
        return ArrowAnswer.empty()
    executor.instance.native.checkpoint(executor.setting("lock_timeout"))
    executor.instance.maintenance.maintain_lake()
    return ArrowAnswer.empty()


def _require_may_maintain(executor: Executor, table: exp.Table | None) -> None:
    """Raise InsufficientPrivilege without MAINTAIN on a table, or without the role that maintains everything."""
    if table is None:
        executor.authority.require_member("pg_maintain", "VACUUM every table")
        return
    relation = resolve(table, executor.context())
    if relation is not None and not relation.temporary:
        target = object_of(relation)
        executor.authority.require(target.within, "USAGE")
        executor.authority.require(target, "MAINTAIN")


def _outside(executor: Executor, what: str) -> None:
    if executor.transaction is not None:
        raise errors.ActiveSqlTransaction(
            f"{what} cannot run inside a transaction", hint="COMMIT or ROLLBACK first."
        )

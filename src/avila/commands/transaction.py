"""BEGIN, COMMIT and ROLLBACK: the kernel's transaction, the write gate, and the checkpoint that an ALTER asks for."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.executor_state import Transaction
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner.dialect import nodes

if TYPE_CHECKING:
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_BEGIN = frozenset({"BEGIN", "START"})
_COMMIT = frozenset({"COMMIT", "END"})


def run(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out the statement."""
    verb = str(plan.tree.args["kind"]).upper().split()[0]
    words = str(plan.tree.args.get("words") or "").upper()
    if verb in _BEGIN:
        begin(executor, read_only="READ ONLY" in words)
    elif verb in _COMMIT:
        commit(executor)
    else:
        rollback(executor)
    return ArrowAnswer.empty()


def begin(executor: Executor, *, read_only: bool = False) -> Transaction:
    """Open a transaction."""
    if executor.transaction is not None:
        raise errors.ActiveSqlTransaction(
            "a transaction is open already", hint="COMMIT or ROLLBACK it first."
        )
    executor.connection.run("BEGIN TRANSACTION READ ONLY" if read_only else "BEGIN TRANSACTION", rows=False)
    executor.transaction = Transaction()
    return executor.transaction


def commit(executor: Executor) -> None:
    """Make the transaction's work lasting; when that fails, it is rolled back and the error says why."""
    transaction = _open(executor, "COMMIT")
    native = executor.instance.native
    timeout_ms = executor.setting("lock_timeout")
    if transaction.failed:
        _raise_if_aborted(executor)
    committed = False
    try:
        with native.gate.exclusive(timeout_ms, mine=1) if transaction.alters else nullcontext():
            executor.connection.run("COMMIT", rows=False)
            committed = True
            if transaction.alters:
                native.fold(timeout_ms)
    except (errors.LockNotAvailable, errors.DeadlockDetected):
        executor.connection.run("ROLLBACK", rows=False)
        raise
    finally:
        _end(executor, transaction, committed=committed)
    if transaction.deferred:
        executor.change(*transaction.deferred)


def rollback(executor: Executor) -> None:
    """Undo the transaction's work."""
    transaction = _open(executor, "ROLLBACK")
    try:
        executor.connection.run("ROLLBACK", rows=False)
    finally:
        _end(executor, transaction, committed=False)


def unreplayable(alter: exp.Expr) -> bool:
    """Whether the kernel cannot replay the log of an ALTER: when it gives a column a type of the user's."""
    return any(kind.this == exp.DType.USERDEFINED for kind in alter.find_all(nodes.TypeName))


def _open(executor: Executor, verb: str) -> Transaction:
    if executor.transaction is None:
        raise errors.NoActiveSqlTransaction(f"{verb} without a transaction", hint="BEGIN opens one.")
    return executor.transaction


def _raise_if_aborted(executor: Executor) -> None:
    """Roll back and say so when the kernel has given the transaction up: its own COMMIT would say nothing."""
    try:
        executor.connection.run("SELECT 1")
    except errors.InFailedSqlTransaction as error:
        rollback(executor)
        raise errors.InFailedSqlTransaction(
            "the transaction was rolled back, because one of its statements failed", hint="Begin again."
        ) from error


def _end(executor: Executor, transaction: Transaction, *, committed: bool) -> None:
    executor.transaction = None
    if (principal := transaction.afterwards if committed else transaction.before) is not None:
        executor.act(principal)
    if transaction.writes:
        executor.instance.native.gate.leave()
    if transaction.writes_lake and (lake := executor.instance.lake) is not None:
        lake.gate.leave()
    if transaction.definitions:
        executor.knowledge.publish()

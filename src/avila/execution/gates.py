"""The gates of the stores that a statement passes: who writes is counted, and a checkpoint waits for none of them."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from avila import errors
from avila.commands.transaction import unreplayable
from avila.execution.plans import writes
from avila.storage.stores import LAKE, NATIVE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from avila.executor import Executor
    from avila.executor_state import Transaction
    from avila.planner.plan import Plan
    from avila.storage.gate import WriteGate

NOTHING: Final = nullcontext()
"""Most statements write nothing, and a generator each would cost them microseconds."""


class Gates:
    """The way of one session's statements through the gates."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def writing(self, plan: Plan) -> AbstractContextManager[None]:
        """Pass the gate of the native store for what writes there, and checkpoint after an ALTER of it."""
        if not writes(plan):
            return NOTHING
        if plan.writes and NATIVE not in plan.writes:
            lake = self._executor.instance.lake
            return self._through_lake(lake.gate) if lake is not None and LAKE in plan.writes else NOTHING
        return self._through_gate(plan)

    @contextmanager
    def _through_lake(self, gate: WriteGate) -> Iterator[None]:
        """Pass the gate of the lake, which is closed only while its key changes."""
        transaction = self._executor.transaction
        if transaction is None or not transaction.writes_lake:
            gate.enter(self._executor.setting("lock_timeout"))
        if transaction is not None:
            transaction.writes_lake = True
            yield
            return
        try:
            yield
        finally:
            gate.leave()

    @contextmanager
    def _through_gate(self, plan: Plan) -> Iterator[None]:
        native = self._executor.instance.native
        if self._executor.transaction is not None:
            if plan.alters and unreplayable(plan.tree):
                raise errors.FeatureNotSupported(
                    "a column cannot get a type of the user's inside a transaction",
                    hint="Run this ALTER by itself.",
                )
            self.enter(self._executor.transaction)
            self._executor.transaction.alters |= plan.alters
            yield
        elif plan.alters:
            with native.altering(self._executor.setting("lock_timeout")):
                yield
        else:
            native.gate.enter(self._executor.setting("lock_timeout"))
            try:
                yield
            finally:
                native.gate.leave()

    def enter(self, transaction: Transaction) -> None:
        """Let the open transaction write to the native store; it leaves the gate when it ends."""
        if not transaction.writes:
            self._executor.instance.native.gate.enter(self._executor.setting("lock_timeout"))
            transaction.writes = True

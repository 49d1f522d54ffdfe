"""CREATE and DROP ENCRYPTION KEY: named keys of columns, and how what is under them is lost for ever."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from avila import errors
from avila.catalog import encryption
from avila.commands import transaction
from avila.kernel.arrow_answer import ArrowAnswer
from avila.security.columns import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan


def create(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Make a key: its bytes wrapped in a table, its name in the catalog."""
    executor.require_superuser("make encryption keys")
    name = plan.tree.this.name.lower()
    if plan.tree.args.get("exists") and name in executor.described().encryption.keys:
        return ArrowAnswer.empty()
    identity, wrapped = executor.instance.column_keys.named.make()
    with writing(executor):
        executor.change(encryption.CreateEncryptionKey(name, identity))
        run(executor, *named.DEFINITIONS)
        executor.connection.run(
            f"INSERT INTO {named.TABLE} VALUES (?, ?)", [identity, wrapped], rows=False, writes=True
        )
    return ArrowAnswer.empty()


def drop(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Forget a key. With CASCADE columns may be under it: they read NULL from then on, and nobody can undo that."""
    executor.require_superuser("drop encryption keys")
    name = plan.tree.this.name.lower()
    keys = executor.described().encryption.keys
    if name not in keys and plan.tree.args.get("exists"):
        return ArrowAnswer.empty()
    outside(executor, "DROP ENCRYPTION KEY")
    shred = plan.tree.args.get("behaviour") == "CASCADE"
    with writing(executor):
        executor.change(encryption.DropEncryptionKey(name, shred))
        # Made anew without it: the kernel would leave a deleted row where it was. What is wrapped under it may stay.
        executor.connection.run(
            f"CREATE OR REPLACE TABLE {named.TABLE} AS SELECT * FROM {named.TABLE} WHERE id <> ?",
            [keys[name]],
            rows=False,
            writes=True,
        )
    executor.instance.column_keys.forget(keys[name])
    fold(executor, f"encryption key {name}")
    return ArrowAnswer.empty()


@contextmanager
def writing(executor: Executor) -> Iterator[None]:
    """Do several things in the open transaction, or in one of their own."""
    own = executor.transaction is None
    opened = executor.transaction or transaction.begin(executor)
    try:
        executor.gates.enter(opened)
        yield
    except BaseException:
        if own:
            transaction.rollback(executor)
        raise
    if own:
        transaction.commit(executor)


def run(executor: Executor, *statements: str) -> None:
    """Run definitions of Avila's own."""
    for sql in statements:
        executor.connection.run(sql, rows=False, writes=True)


def outside(executor: Executor, what: str) -> None:
    """Raise ActiveSqlTransaction inside a transaction, for what could not be rolled back."""
    if executor.transaction is not None:
        raise errors.ActiveSqlTransaction(
            f"{what} cannot run inside a transaction", hint="COMMIT or ROLLBACK first."
        )


def fold(executor: Executor, what: str) -> None:
    """Take what was erased out of the store's log and out of the free blocks of its file too."""
    executor.connection.settle()
    try:
        executor.instance.native.overwrite_free(executor.setting("lock_timeout"))
    except (errors.LockNotAvailable, errors.SerializationFailure) as error:
        error.message = f"{what} is erased, but traces of it are left in the files: {error.message}"
        error.hint = "Do it again once the other transactions have ended."
        raise

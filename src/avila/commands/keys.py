"""ALTER DATABASE ROTATE: another wrapping key, or other data keys, while the database goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from avila import errors
from avila.kernel.arrow_answer import ArrowAnswer
from avila.storage.keys import KeyFile

if TYPE_CHECKING:
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan
    from avila.storage.rotation import RotatedStore, Rotation

_WRAPPING = [("provider", "VARCHAR", pa.string()), ("number", "INTEGER", pa.int32())]
_STORES = [
    ("store", "VARCHAR", pa.string()),
    ("version", "INTEGER", pa.int32()),
    ("bytes", "BIGINT", pa.int64()),
    ("writers_waited_ms", "DOUBLE", pa.float64()),
]


def rotate_wrapping_key(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Wrap the data keys with a new wrapping key; the data stay as they are."""
    executor.require_superuser("rotate keys")
    provider = plan.tree.this.name.lower() if plan.tree.this is not None else None
    wrapping = _key_file(executor).rewrap(provider, destroy=bool(plan.tree.args.get("destroy")))
    return ArrowAnswer.of(_WRAPPING, [[wrapping.provider, wrapping.number]])


def rotate_data_keys(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Re-encrypt the native store and the catalog of the lake with new keys."""
    executor.require_superuser("rotate keys")
    if executor.transaction is not None:
        raise errors.ActiveSqlTransaction(
            "keys cannot be rotated inside a transaction", hint="COMMIT or ROLLBACK first."
        )
    executor.connection.settle()
    instance = executor.instance
    rotation = _rotation(executor)
    stores: list[RotatedStore] = [instance.native]
    if instance.lake is not None:
        stores.append(instance.lake)
    done = [rotation.run(store) for store in stores]
    return ArrowAnswer.of(_STORES, [[did.store, did.version, did.file_bytes, did.held_ms] for did in done])


def _key_file(executor: Executor) -> KeyFile:
    keys = executor.instance.keys
    if not isinstance(keys, KeyFile):
        raise _in_memory()
    return keys


def _rotation(executor: Executor) -> Rotation:
    rotation = executor.instance.rotation
    if rotation is None:
        raise _in_memory()
    return rotation


def _in_memory() -> errors.FeatureNotSupported:
    return errors.FeatureNotSupported("a database in memory has no keys to rotate", hint="Open a directory.")

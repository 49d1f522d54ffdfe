"""USE and SET schema: where names without a catalog and schema are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.names import Object
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner.suggest import suggest

if TYPE_CHECKING:
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan


def use(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out USE [catalog.]schema."""
    parts = [part.name for part in plan.tree.this.parts]
    change(executor, ".".join(parts))
    return ArrowAnswer.empty()


def change(executor: Executor, written: str) -> None:
    """Look in another place from now on; InvalidSchemaName when there is no such place.

    Raises InsufficientPrivilege without USAGE on it.
    """
    parts = [part.strip('"') for part in written.split(".")]
    schemas = executor.connection.schemas()
    wanted = tuple(part.lower() for part in parts)
    candidates = (
        [wanted] if len(wanted) == 2 else [(executor.catalog.lower(), wanted[0]), (wanted[0], "main")]
    )
    for catalog, schema in candidates:
        if (catalog, schema) in schemas:
            executor.authority.require(Object("schema", catalog, schema), "USAGE")
            executor.connection.use(*schemas[catalog, schema])
            executor.catalog, executor.schema = schemas[catalog, schema]
            return
    known = [
        schema if catalog == executor.catalog else f"{catalog}.{schema}"
        for catalog, schema in schemas.values()
    ]
    raise errors.InvalidSchemaName(f"there is no schema {written}", hint=suggest(written, known))

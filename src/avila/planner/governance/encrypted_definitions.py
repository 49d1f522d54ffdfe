"""Definitions that would leave an encrypted column with values that are not, or the kernel with ciphertext to judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.dialect import nodes
from avila.planner.governance.names import object_of
from avila.planner.rules.bind_tables import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.encryption import EncryptedColumn
    from avila.planner.plan import Context

_HARMLESS = frozenset({"DROP DEFAULT", "SET NOT NULL", "DROP NOT NULL"})
"""Changes of a column that do not touch its values."""


def check_encrypted(tree: exp.Expr, context: Context) -> None:
    """Raise FeatureNotSupported for a definition that does not go with the encrypted columns of its table."""
    if not context.described.encryption.columns:
        return
    if isinstance(tree, exp.Alter):
        encrypted = _encrypted(tree.this, context)
        for action in tree.args["actions"] if encrypted else ():
            _check_change(action, encrypted)
    elif isinstance(tree, exp.Create):
        kind = str(tree.args["kind"]).upper()
        if kind == "INDEX":
            _check_index(tree, _encrypted(tree.this.args["table"], context))
        elif kind == "TABLE" and tree.args.get("replace"):
            table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
            if _encrypted(table, context):
                raise errors.FeatureNotSupported(
                    f"table {table.name} has encrypted columns, and its replacement would not",
                    hint="DROP TABLE it first.",
                )


def _encrypted(table: exp.Expr, context: Context) -> Mapping[str, EncryptedColumn]:
    relation = resolve(table, context) if isinstance(table, exp.Table) else None
    return {} if relation is None else context.described.encryption.of(object_of(relation))


def _check_change(action: exp.Expr, encrypted: Mapping[str, EncryptedColumn]) -> None:
    if isinstance(action, nodes.ChangeColumn):
        column = action.this.name.lower()
        if str(action.args["kind"]).upper() in _HARMLESS:
            return
        if column in encrypted:
            raise _refused(column, "is encrypted")
        if any(how.subject == column for how in encrypted.values()):
            raise _refused(column, "names the subject of encrypted columns")
    elif not isinstance(action, nodes.DropColumn | nodes.RenameTo):
        for node in action.find_all(exp.Column, exp.Identifier):
            if node.name.lower() in encrypted:
                raise _refused(node.name.lower(), "is encrypted")


def _refused(column: str, why: str) -> errors.Error:
    return errors.FeatureNotSupported(
        f"column {column} {why}, and cannot be changed so",
        hint="ALTER TABLE … ALTER COLUMN … DROP ENCRYPTION first, and SET ENCRYPTION again afterwards.",
    )


def _check_index(tree: exp.Create, encrypted: Mapping[str, EncryptedColumn]) -> None:
    """Let an index be on deterministic columns themselves: equality is all that the kernel can tell there."""
    for item in tree.this.args["params"].args.get("columns") or ():
        whole = item.this if isinstance(item, exp.Ordered) else item
        for node in item.find_all(exp.Column):
            how = encrypted.get(node.name.lower())
            if how is not None and not (how.deterministic and node is whole):
                raise errors.FeatureNotSupported(
                    f"column {node.name} is encrypted, and an index of it would find nothing",
                    hint="Only columns that are encrypted DETERMINISTIC can be indexed, for equality.",
                )

"""The tables that policies and masks name: their texts follow a new name, and what they name is not dropped.

Otherwise another table of the old name could decide what rows are whose.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.catalog.masking import CreateMaskingPolicy
from avila.catalog.names import Object
from avila.catalog.policies import AlterPolicy, DropPolicy
from avila.planner.dialect import generate, parse_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.catalog.changes import Change
    from avila.catalog.objects import Catalog


def renamed_texts(described: Catalog, old: Object, new: Object) -> Iterator[Change]:
    """Yield the changes of policies and masks that follow the change of a table's name; they come after it."""
    for policy in described.row_security.policies.values():
        own = policy.target == old
        using, check = (_renamed(text, old, new, own=own) for text in (policy.using, policy.check))
        if using is not None or check is not None:
            yield AlterPolicy(policy.name, new if own else policy.target, using=using, check=check)
    for mask in described.masking.policies.values():
        body = _renamed(mask.body, old, new, own=False)
        if body is not None:
            after = replace(mask, body=body)
            yield CreateMaskingPolicy(
                after.name, after.parameters, after.returns, body, after.using_value, replace=True
            )


def dropped_with(described: Catalog, target: Object, *, cascade: bool) -> Iterator[Change]:
    """Yield the changes that drop the policies of other tables which name a table, or one in a schema.

    Raises DependentObjectsStillExist without ``cascade``, and for masks: what they hide would be seen.
    """
    for mask in described.masking.policies.values():
        if _mentions(mask.body, target):
            raise errors.DependentObjectsStillExist(
                f"cannot drop {target.title} because masking policy {mask.name} depends on it",
                hint="Give the masking policy another body first.",
            )
    for policy in described.row_security.policies.values():
        if target.matches(policy.target) or not any(
            _mentions(text, target) for text in (policy.using, policy.check)
        ):
            continue
        if not cascade:
            raise errors.DependentObjectsStillExist(
                f"cannot drop {target.title} because policy {policy.name} on {policy.target.title} depends on it",
                hint="Use DROP … CASCADE to drop the policy too.",
            )
        yield DropPolicy(policy.name, policy.target)


def _mentions(text: str | None, target: Object) -> bool:
    """Whether a text names a table, or one in a schema; kept texts name them fully."""
    if text is None or (target.name or target.schema) not in text.lower():
        return False
    named = parse_expression(text).find_all(exp.Table)
    return any(target.matches(Object.table(table.catalog, table.db, table.name)) for table in named)


def _renamed(text: str | None, old: Object, new: Object, *, own: bool) -> str | None:
    """Return a text with a table under its new name; None when it does not name the table.

    ``own``: the text is of a policy on the table, whose columns it may name by the table too.
    """
    if text is None or old.name not in text.lower():
        return None
    holder = exp.Paren(this=parse_expression(text))
    tables = list(holder.find_all(exp.Table))
    read = [table for table in tables if _names(table, old)]
    for table in read:
        table.set("this", exp.to_identifier(new.name, quoted=True))
        table.set("db", exp.to_identifier(new.schema, quoted=True))
        if not table.args.get("alias"):  # columns go on naming the table as they did
            table.set("alias", exp.TableAlias(this=exp.to_identifier(old.name, quoted=True)))
    hidden = any(table.alias_or_name.lower() == old.name for table in tables)
    columns = (
        [] if hidden or not own else [column for column in holder.find_all(exp.Column) if _of(column, old)]
    )
    for column in columns:
        column.set("table", exp.to_identifier(new.name, quoted=True))
        if column.args.get("db"):
            column.set("db", exp.to_identifier(new.schema, quoted=True))
    return generate(holder.this) if read or columns else None


def _names(table: exp.Table, target: Object) -> bool:
    return (table.catalog.lower(), table.db.lower(), table.name.lower()) == target[1:]


def _of(column: exp.Column, target: Object) -> bool:
    """Whether a column is named by a table of that name."""
    return column.table.lower() == target.name and column.text("db").lower() in {"", target.schema}

"""What a role sees instead of a column's value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect import parse_expression
from avila.planner.governance.expressions import kept_expression
from avila.planner.governance.names import column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from avila.catalog.masking import MaskingPolicy
    from avila.catalog.names import Object
    from avila.kernel.base import TableColumn
    from avila.planner.plan import Context
    from avila.security.authority import Authority


@dataclass(frozen=True)
class Mask:
    """The policy that masks a column, and the columns that its parameters take."""

    policy: MaskingPolicy
    takes: tuple[str, ...]


def masks(authority: Authority, target: Object, columns: Sequence[TableColumn]) -> Mapping[str, Mask]:
    """Return the masks that hold for a role on a table, by the folded names of its columns.

    A column's own mask goes before those of its tags. Superusers and the table's owner see the values.
    """
    section = authority.catalog.masking
    if (not section.columns and not section.tags) or authority.owns(target):
        return {}
    found: dict[str, Mask] = {}
    for item in columns:
        name = item.name.lower()
        if (target, name) in section.columns:
            policy, takes = section.columns[target, name]
            found[name] = Mask(section.policies[policy], takes)
            continue
        for tag in authority.catalog.tags.of(target, name) if section.tags else ():
            if tag in section.tags:
                found[name] = Mask(section.policies[section.tags[tag]], (name,))
                break
    return found


def masked(mask: Mask, item: TableColumn, context: Context, table: str) -> exp.Expr:
    """Return the expression that stands for a masked column, in the column's type."""
    whole = exp.Paren(this=kept_expression(mask.policy.body, context, mask=True))
    taken = dict(zip((name.lower() for name, _ in mask.policy.parameters), mask.takes, strict=True))
    for node in list(whole.find_all(exp.Column)):
        if not node.table and node.name.lower() in taken:
            node.replace(column(taken[node.name.lower()], table))
    shown = parse_expression(f"CAST(NULL AS {item.type})")
    shown.set("this", whole)
    return shown

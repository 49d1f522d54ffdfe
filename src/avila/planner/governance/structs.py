"""Fields of structs are kept away from the scan.

The kernel reads a field of a struct where it scans the table, and casts it there when that is what the statement does
with it: for rows that no condition has seen yet, and through whatever stands between. A struct that was taken out of a
list is an expression to it, so the field is taken where it is written: of rows that have passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.governance.names import column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avila.kernel.base import TableColumn

_SCANNED_BY_FIELD = ("STRUCT(", "VARIANT", "UNION(")


def whole_structs(select: exp.Select, columns: Sequence[TableColumn], name: str) -> exp.Select:
    """Return a query with its structs whole; the same one when it has none."""
    structs = [item for item in columns if item.type.upper().startswith(_SCANNED_BY_FIELD)]
    if not structs:
        return select
    replaced = [exp.alias_(_taken_out(column(item.name, name)), item.name, quoted=True) for item in structs]
    alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
    return exp.Select(
        expressions=[exp.Star(replace=replaced)],
        from_=exp.From(this=exp.Subquery(this=select, alias=alias)),
    )


def _taken_out(value: exp.Expr) -> exp.Expr:
    single = exp.Array(expressions=[value])
    return exp.Anonymous(this="list_extract", expressions=[single, exp.Literal.number(1)])

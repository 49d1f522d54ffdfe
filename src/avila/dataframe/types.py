"""The kernel's SQL types as Ibis types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.datatypes as dt
import ibis.expr.schema as sch
from ibis.backends.sql.datatypes import DuckDBType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from avila.kernel.base import Column

# The kernel answers both as decimals of 38 digits.
_OTHER_NAMES = {"UHUGEINT": "HUGEINT"}


def schema(columns: Sequence[Column], timezone: Callable[[], str]) -> sch.Schema:
    """Return the Ibis schema of an answer's columns.

    ``timezone`` is asked for the zone of the session when a column holds instants. An answer says nothing
    about NOT NULL, so every column is nullable. What Ibis has no type for (BIT, BIGNUM, UNION) is unknown to
    it: it can be selected, and is passed on as the kernel answers it.
    """
    types = {
        column.name: DuckDBType.from_string(_OTHER_NAMES.get(column.type, column.type)) for column in columns
    }
    if any("TIME ZONE" in column.type for column in columns):
        zone = timezone()
        types = {name: _in_zone(kind, zone) for name, kind in types.items()}
    return sch.Schema(types)


def _in_zone(kind: dt.DataType, zone: str) -> dt.DataType:
    """Return the type with its instants shown in a zone."""
    if kind.is_timestamp() and kind.timezone is not None:
        return kind.copy(timezone=zone)
    if kind.is_array():
        return kind.copy(value_type=_in_zone(kind.value_type, zone))
    if kind.is_map():
        return kind.copy(key_type=_in_zone(kind.key_type, zone), value_type=_in_zone(kind.value_type, zone))
    if kind.is_struct():
        return dt.Struct({name: _in_zone(part, zone) for name, part in kind.items()}, nullable=kind.nullable)
    return kind

"""Calls of the database's own functions, as Ibis operations."""

from __future__ import annotations

import ibis.expr.datashape as ds
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.rules as rlz
from ibis.common.annotations import attribute
from ibis.common.typing import VarTuple  # noqa: TC002 (Ibis reads the annotations when the class is made)


class FunctionCall(ops.Value):  # type: ignore[misc]
    """A scalar function's call: the last arguments may be named, ``keywords`` being their names."""

    function: str
    arguments: VarTuple[ops.Value]
    keywords: VarTuple[str]
    dtype: dt.DataType

    @attribute  # type: ignore[untyped-decorator]
    def shape(self) -> ds.DataShape:
        """One value, or one a row when any argument is a column."""
        return rlz.highest_precedence_shape(self.arguments) if self.arguments else ds.scalar

    @property
    def name(self) -> str:
        """The name of the column when the user gives none."""
        return _title(self.function, self.arguments)


class AggregateCall(ops.Reduction):  # type: ignore[misc]
    """An aggregate function's call."""

    function: str
    arguments: VarTuple[ops.Value]
    dtype: dt.DataType

    @property
    def name(self) -> str:
        """The name of the column when the user gives none."""
        return _title(self.function, self.arguments)


def _title(function: str, arguments: tuple[ops.Value, ...]) -> str:
    return f"{function}({', '.join(argument.name for argument in arguments)})"

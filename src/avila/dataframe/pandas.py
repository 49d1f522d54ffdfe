"""Arrow tables as pandas, in the types Ibis promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
from ibis.formats.pandas import PandasData

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt


class _Data(PandasData):  # type: ignore[misc]
    """Ibis' conversion, except where it would change what the kernel answered."""

    @staticmethod
    def convert_Array(series: Any, dtype: Any, pandas_type: Any) -> Any:  # noqa: ARG004, N802
        """Leave lists the lists they are."""
        return series

    @staticmethod
    def convert_Decimal(series: Any, dtype: Any, pandas_type: Any) -> Any:  # noqa: ARG004, N802
        """Leave decimals every digit: Ibis guesses the type of some with fewer than they have."""
        return series

    @classmethod
    def convert_scalar(cls, frame: pd.DataFrame, dtype: dt.DataType) -> Any:
        """Return the one value of a frame, as a Python value where pandas has no type of its own for it."""
        value = cls.convert_column(frame.iloc[:, 0], dtype).iloc[0]
        return value.item() if hasattr(value, "item") else value


def result(expr: ir.Expr, table: pa.Table) -> Any:
    """Return the rows of an expression as what it is: a frame, a series, or a value."""
    if isinstance(expr, ir.Scalar) and table.column(0).null_count:
        return None
    columns = {
        name: pd.Series(column.to_pylist(), dtype=object) if _as_objects(column) else column.to_pandas()
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    return expr.__pandas_result__(pd.DataFrame(columns), data_mapper=_Data)


def _as_objects(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_nested(column.type) or pa.types.is_null(column.type))

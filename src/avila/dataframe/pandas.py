"""Arrow tables as pandas frames, in the types Ibis promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
from ibis.formats.pandas import PandasData

if TYPE_CHECKING:
    import ibis.expr.schema as sch


class _Data(PandasData):  # type: ignore[misc]
    """Ibis' conversion; lists are left as the lists they are."""

    @staticmethod
    def convert_Array(series: Any, dtype: Any, pandas_type: Any) -> Any:  # noqa: ARG004, N802
        return series


def frame(table: pa.Table, schema: sch.Schema) -> pd.DataFrame:
    """Return a table as a frame: NULL is None where pandas has no value of its own for it."""
    columns = {
        name: pd.Series(column.to_pylist(), dtype=object) if _as_objects(column) else column.to_pandas()
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    return _Data.convert_table(pd.DataFrame(columns), schema)


def _as_objects(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_nested(column.type) or pa.types.is_null(column.type))

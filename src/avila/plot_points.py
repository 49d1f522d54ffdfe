"""Columns as the numbers a plot is drawn from, and fewer of them when there are too many to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from avila import cells

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]


def as_numbers(column: pa.ChunkedArray) -> Numbers:
    """Return a numeric or boolean column as DOUBLE; NULL is NaN, which plots leave out."""
    import numpy as np

    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    numbers: Numbers = np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
    return numbers


def as_positions(column: pa.ChunkedArray) -> tuple[Numbers, list[str] | None]:
    """Return where a column's values stand on an axis, and their labels when they are words."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return as_numbers(column), None
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False), None
    encoded = pa.array([cells.text(value) for value in column.to_pylist()]).dictionary_encode()
    return encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()


def envelope(across: Numbers, up: Numbers, points_max: int) -> tuple[Numbers, Numbers]:
    """Return the least and greatest value of each of ``points_max / 2`` stretches, in their order.

    A line through all points covers the same pixels, as long as a stretch is no wider than a pixel.
    """
    import numpy as np

    edges = np.linspace(0, len(up), points_max // 2 + 1).astype(np.int64)
    low = np.minimum.reduceat(np.where(np.isnan(up), np.inf, up), edges[:-1])
    high = np.maximum.reduceat(np.where(np.isnan(up), -np.inf, up), edges[:-1])
    drawn = np.empty(2 * len(low))
    drawn[0::2], drawn[1::2] = low, high
    drawn[~np.isfinite(drawn)] = np.nan
    return np.repeat(across[edges[:-1]], 2), drawn


def sample(across: Numbers, up: Numbers, points_max: int) -> tuple[Numbers, Numbers]:
    """Return an even random sample in the order of the rows; the same one every time."""
    import numpy as np

    chosen = np.sort(np.random.default_rng(0).choice(len(up), points_max, replace=False))
    return across[chosen], up[chosen]

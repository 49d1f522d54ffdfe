"""What arrives from the kernel: Arrow columns of lists and scalars, seen as NumPy arrays without copying."""

from __future__ import annotations

from typing import Any

from avila.extensions.signal.checks import wrong
from avila.extensions.signal.packages import package


def whole(column: Any) -> Any:
    """Return one Arrow array of a column that may come in chunks; a single chunk is taken as it is."""
    import pyarrow as pa

    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def scalar_values(column: Any) -> list[Any]:
    """Return the Python values of a column of scalars; NULL is None."""
    values: list[Any] = column.to_pylist()
    return values


def unzip(column: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    """Split a list of structs into one list column a field; a NULL struct is NULL in each."""
    import pyarrow as pa

    column = whole(column)
    kind = pa.LargeListArray if pa.types.is_large_list(column.type) else pa.ListArray
    mask = column.is_null() if column.null_count else None
    children = dict(zip(column.values.type.names, column.values.flatten(), strict=True))
    # from_arrays takes a mask only with offsets that start their buffer, so a slice's are copied.
    offsets = pa.array(column.offsets.to_numpy())
    return {name: kind.from_arrays(offsets, _doubles(children[name]), mask=mask) for name in fields}


def _doubles(array: Any) -> Any:
    import pyarrow as pa

    return array.cast(pa.float64()) if pa.types.is_integer(array.type) else array


def flatten(column: Any) -> tuple[Any, Any]:
    """Split a list of lists into a list of all values and one of the inner lengths, NULL for a NULL list."""
    import pyarrow as pa

    offsets, inner = column.offsets.to_numpy(), column.values
    starts = inner.offsets.to_numpy()
    mask = column.is_null() if column.null_count else None
    lengths = pa.array(starts[1:] - starts[:-1], mask=inner.is_null().to_numpy(zero_copy_only=False))
    return (
        pa.LargeListArray.from_arrays(pa.array(starts[offsets]).cast(pa.int64()), inner.values, mask=mask),
        pa.LargeListArray.from_arrays(pa.array(offsets).cast(pa.int64()), _doubles(lengths), mask=mask),
    )


class Lists:
    """A ``DOUBLE[]`` column: each row's list is a slice of one vector of doubles.

    Raises InvalidParameterValue at a NULL inside a list, which has no meaning in a signal: the transforms
    have no gap to put it in. NaN and infinities are numbers, and are left to the arithmetic.
    """

    def __init__(self, function: str, parameter: str, array: Any) -> None:
        import pyarrow as pa

        self._np = np = package("numpy", function)
        if array.type not in (pa.list_(pa.float64()), pa.large_list(pa.float64())):
            raise TypeError(f"{function}: {parameter} came as {array.type}, not as the DOUBLE[] it declares")
        offsets = array.offsets.to_numpy().astype(np.int64)
        self.valid = array.is_valid().to_numpy(zero_copy_only=False)
        self._starts, self._lengths = offsets[:-1], np.diff(offsets)
        values = array.values
        if values.null_count:
            self._refuse_nulls(function, parameter, values, offsets)
            values = values.fill_null(
                0.0
            )  # only unused ones are left: outside the slice, or under a NULL list
        self._values = values.to_numpy()

    def length(self, row: int) -> int | None:
        """Return how many elements the row's list has; None for a NULL list."""
        return int(self._lengths[row]) if self.valid[row] else None

    def row(self, row: int) -> Any:
        """Return the row's list, a vector; empty for a NULL list."""
        start = self._starts[row]
        return self._values[start : start + (self._lengths[row] if self.valid[row] else 0)]

    def block(self, rows: Any) -> Any:
        """Return rows of equal length as a matrix, a view where they lie one after another; None if NULL."""
        if not self.valid[rows[0]]:
            return None
        starts, length, count = self._starts[rows], int(self._lengths[rows[0]]), len(rows)
        steps = self._np.arange(count) * length
        if (starts - starts[0] == steps).all():
            return self._values[starts[0] : starts[0] + count * length].reshape(count, length)
        return self._values[starts[:, None] + self._np.arange(length)]

    def _refuse_nulls(self, function: str, parameter: str, values: Any, offsets: Any) -> None:
        np = self._np
        places = np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False))
        places = places[(places >= offsets[0]) & (places < offsets[-1])]
        rows = np.searchsorted(offsets, places, side="right") - 1
        used = self.valid[rows]
        if used.any():
            place, row = int(places[used][0]), int(rows[used][0])
            raise wrong(
                function,
                f"{parameter} has a NULL at position {place - int(offsets[row]) + 1} of the list",
                "Leave it out with list_filter(…), or fill it with coalesce(…) before list().",
            )

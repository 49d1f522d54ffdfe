"""Whole vectors of lists at once: rows that look alike are stacked into one matrix, computed, and put back.

A kernel hands a function one Arrow array a parameter, a few thousand rows long. Calling SciPy row by row
would cost more in calls than in arithmetic when the lists are short, so rows of equal length and equal
parameters become the rows of a matrix. A single long list stays a view of the kernel's memory on the way in,
and NumPy's memory on the way out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from avila.extensions.signal.columns import Lists, scalar_values, whole
from avila.extensions.signal.packages import package

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True)
class Nested:
    """A field that is itself a list: a row of ``values`` (rows, total) is cut into ``lengths`` (m,)."""

    values: Any
    lengths: Any


def apply(
    function: str,
    compute: Callable[..., Any],
    *,
    lists: Mapping[str, Any],
    scalars: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    fields: Sequence[str] = (),
    optional: Sequence[str] = (),
    each_row: bool = False,
) -> Any:
    """Run ``compute`` over a vector of rows and answer a list array as long.

    ``compute(*lists, *settings, *scalars)`` gets one matrix (rows, length) a list, one vector a list in
    ``settings`` (equal in all rows of the matrix), and plain Python values. It answers a matrix (rows, m), or
    one array a field: a matrix, a vector (m,) that all rows share, or a ``Nested``.

    A NULL argument makes the row NULL, unless it is ``optional``: then it arrives as None. ``each_row`` is
    for functions whose m depends on the values: no two rows are stacked.
    """
    np = package("numpy", function)
    signals = {name: Lists(function, name, whole(column)) for name, column in lists.items()}
    fixed = {name: Lists(function, name, whole(column)) for name, column in (settings or {}).items()}
    plain = {name: scalar_values(whole(column)) for name, column in (scalars or {}).items()}
    count = _row_count(signals, fixed, plain)

    present = np.ones(count, bool)
    for name, column in (signals | fixed).items():
        if name not in optional:
            present &= column.valid
    for name, values in plain.items():
        if name not in optional:
            present &= np.fromiter((value is not None for value in values), bool, count)

    groups: dict[tuple[object, ...], list[int]] = {}
    for row in np.flatnonzero(present).tolist():
        key = (
            *(column.length(row) for column in signals.values()),
            *(column.row(row).tobytes() for column in fixed.values()),
            *(values[row] for values in plain.values()),
            row if each_row else None,
        )
        groups.setdefault(key, []).append(row)

    results = []
    for members in groups.values():
        first, rows = members[0], np.asarray(members)
        answer = compute(
            *(column.block(rows) for column in signals.values()),
            *(column.row(first) for column in fixed.values()),
            *(values[first] for values in plain.values()),
        )
        results.append((rows, answer if fields else (answer,)))
    return _assemble(np, count, ~present, results, fields)


def _row_count(signals: dict[str, Lists], fixed: dict[str, Lists], plain: dict[str, list[Any]]) -> int:
    for column in (signals | fixed).values():
        return len(column.valid)
    return len(next(iter(plain.values())))


def _assemble(np: Any, count: int, null: Any, results: list[Any], fields: Sequence[str]) -> Any:
    import pyarrow as pa

    lengths = np.zeros(count, np.int64)
    for rows, answer in results:
        lengths[rows] = _points(answer)
    if not results:
        # No row has a value: the kernel casts the type, whatever it is, from an array of NULLs.
        return pa.nulls(count)
    columns = [
        _field(np, count, [(rows, answer[index]) for rows, answer in results], lengths)
        for index in range(max(len(fields), 1))
    ]
    values = pa.StructArray.from_arrays(columns, list(fields)) if fields else columns[0]
    return _list_array(np, lengths, values, null)


def _points(answer: Sequence[Any]) -> int:
    first = answer[0]
    return len(first.lengths) if isinstance(first, Nested) else int(first.shape[-1])


def _field(np: Any, count: int, parts: list[Any], lengths: Any) -> Any:
    """Put one field's parts into row order, as an Arrow array."""
    import pyarrow as pa

    if not isinstance(parts[0][1], Nested):
        return pa.array(_scatter(np, parts, lengths))
    totals = np.zeros(count, np.int64)
    for rows, part in parts:
        totals[rows] = part.values.shape[-1]
    values = _scatter(np, [(rows, part.values) for rows, part in parts], totals)
    pieces = _scatter(np, [(rows, part.lengths) for rows, part in parts], lengths)
    return _list_array(np, pieces, pa.array(values))


def _scatter(np: Any, parts: list[Any], lengths: Any) -> Any:
    """Return all rows' values one after another, from (rows, matrix or shared vector) parts."""
    if len(parts) == 1:
        rows, part = parts[0]
        # One group is already in row order: nothing to move, and a single row is not even copied.
        return np.broadcast_to(part, (len(rows), part.shape[-1])).reshape(-1)
    ends = np.cumsum(lengths)
    values = np.empty(int(ends[-1]), np.result_type(*(part for _, part in parts)))
    for rows, part in parts:
        length = part.shape[-1]
        values[(ends[rows] - length)[:, None] + np.arange(length)] = part
    return values


def _list_array(np: Any, lengths: Any, values: Any, null: Any = None) -> Any:
    """Return a list array of the values; 64-bit offsets where 32-bit ones cannot reach."""
    import pyarrow as pa

    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    large = len(values) > np.iinfo(np.int32).max
    kind = pa.LargeListArray if large else pa.ListArray
    mask = pa.array(null) if null is not None and null.any() else None
    return kind.from_arrays(pa.array(offsets if large else offsets.astype(np.int32)), values, mask=mask)

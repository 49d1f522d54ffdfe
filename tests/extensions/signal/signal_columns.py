"""Arrow columns for calling the functions directly, as the kernel does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from avila.extensions.signal import extension

DOUBLES = pa.list_(pa.float64())


def lists(*rows: Any) -> pa.Array:
    return pa.array([None if row is None else np.asarray(row, float).tolist() for row in rows], DOUBLES)


def call(name: str, *arguments: Any) -> pa.Array:
    """Call a function with columns as they are and plain values as columns as long, defaults filled in."""
    function = extension.scalars[name]
    rows = next((len(a) for a in arguments if isinstance(a, pa.Array | pa.ChunkedArray)), 1)
    columns = []
    for index, parameter in enumerate(function.signature.parameters):
        if index < len(arguments) and isinstance(arguments[index], pa.Array | pa.ChunkedArray):
            columns.append(arguments[index])
            continue
        value = arguments[index] if index < len(arguments) else default(parameter.default)
        kind = DOUBLES if parameter.type.endswith("[]") else None
        columns.append(pa.array([value] * rows, kind))
    return function.call(*columns)


def default(text: str) -> Any:
    if text == "NULL":
        return None
    return text.strip("'") if text.startswith("'") else float(text) if "." in text else int(text)


def field(answer: pa.Array, row: int, name: str) -> np.ndarray:
    return np.array([point[name] for point in answer[row].as_py()])

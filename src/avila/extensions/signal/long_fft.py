"""The real Fourier transform, and a faster way to it for long signals.

A transform of a million points strides through memory far beyond the caches. Bailey's four-step method ("FFTs
in external or hierarchical memory", J. Supercomputing 4, 1990) lays n = n1 × n2 samples out as a matrix and
does n2 transforms of length n1, a multiplication, and n1 transforms of length n2: each fits the cache, many
run side by side in vector registers, and they share out over cores, none of which one long transform can do.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from avila.extensions.signal.packages import package

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Convert = Callable[[Any], Sequence[Any]]

_LONG = 1 << 17
"""From this many samples on, four steps beat one: a megabyte of samples, more than a core's own cache."""

_MOST_WORKERS = 4


def one_sided(block: Any, function: str, convert: Convert, parts: int) -> list[Any]:
    """Transform real signals (rows, n) and convert the points 0 … n // 2, unscaled, to real numbers.

    ``convert`` turns an array of complex points into ``parts`` real arrays of its shape, element by element:
    it is applied piecewise, while the points are in the cache. Answers as many arrays (rows, n // 2 + 1).
    """
    np, scipy_fft = package("numpy", function), package("scipy.fft", function)
    rows, length = block.shape
    short_side = _short_side(length) if length >= _LONG else None
    if short_side is None:
        return list(convert(scipy_fft.rfft(block)))
    found = [np.empty((rows, length // 2 + 1)) for _ in range(parts)]
    workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    with ThreadPoolExecutor(workers) as pool:
        for row, signal in enumerate(block):
            table = scipy_fft.rfft(signal.reshape(short_side, -1), axis=0, workers=workers)
            finish = _Steps(np, scipy_fft, table, convert=convert, found=[part[row] for part in found])
            edges = [len(table) * worker // workers for worker in range(workers + 1)]
            # Collecting the answers raises what a worker raised.
            list(pool.map(finish, edges[:-1], edges[1:]))
    return found


def _short_side(length: int) -> int | None:
    """Return n1: the even divisor nearest 256 that leaves an even n2; None when there is none near enough."""
    sides = [side for side in range(64, 1025, 2) if length % side == 0 and (length // side) % 2 == 0]
    return min(sides, key=lambda side: abs(side - 256), default=None)


class _Steps:
    """The steps after the first for a strip of rows, and their points put into place.

    Sample j is j1 × n2 + j2 and point k is k1 + n1 × k2. Row k1 of the table holds the first transforms'
    point k1 for each j2. The signal is real, so that there are only the rows k1 <= n1 / 2: point n - k is the
    conjugate of point k, and the second half of each row lands, conjugated, among the points of row n1 - k1.
    """

    def __init__(self, np: Any, scipy_fft: Any, table: Any, *, convert: Convert, found: list[Any]) -> None:
        self._np, self._scipy_fft, self._table, self._convert = np, scipy_fft, table, convert
        self._rows, self._n2 = table.shape
        self._n1, self._half = 2 * (self._rows - 1), self._n2 // 2
        self._found = found
        self._places = [part[:-1].reshape(self._half, self._n1) for part in found]
        # exp(-2πi × k1 × j2 / n) comes from two small tables, j2 = coarse + fine: n exponentials would cost
        # as much as the transform. Each is rounded once, so that nothing accumulates.
        fine = max(side for side in range(1, 129) if self._n2 % side == 0)
        turns = -2j * np.pi / (self._n1 * self._n2) * np.arange(self._rows)[:, None]
        self._coarse = np.exp(turns * np.arange(0, self._n2, fine))[:, :, None]
        self._fine = np.exp(turns * np.arange(fine))[:, None, :]

    def __call__(self, start: int, stop: int) -> None:
        strip = slice(start, stop)
        rows = self._table[strip]
        twiddled = rows.reshape(len(rows), -1, self._fine.shape[-1])
        twiddled *= self._coarse[strip]
        twiddled *= self._fine[strip]
        points = self._scipy_fft.fft(rows, axis=1, overwrite_x=True)
        self._np.conjugate(points[:, self._half :], out=points[:, self._half :])
        # Rows 0 and n1 / 2 mirror themselves: their second halves are points that are there already.
        low, high = max(start, 1), min(stop, self._rows - 1)
        mirrored = slice(low - start, high - start)
        for part, place, values in zip(self._found, self._places, self._convert(points), strict=True):
            place[:, strip] = values[:, : self._half].T
            place[:, self._n1 - low : self._n1 - high : -1] = values[mirrored, : self._half - 1 : -1].T
            if start == 0:
                part[-1] = values[0, self._half]

"""The real Fourier transform, and a faster way to it for long signals.

A transform of a million points strides through memory far beyond the caches. Bailey's four-step method ("FFTs
in external or hierarchical memory", J. Supercomputing 4, 1990) lays n = n1 × n2 samples out as a matrix and
does n2 transforms of length n1, a multiplication, and n1 transforms of length n2: each fits the cache, many
run side by side in vector registers, and they share out over cores, none of which one long transform can do.
"""

from __future__ import annotations

import os
from typing import Any

from avila.extensions.signal.packages import package

_LONG = 1 << 17
"""From this many samples on, four steps beat one: a megabyte of samples, more than a core's own cache."""

_MOST_WORKERS = 4


def rfft(block: Any, function: str) -> Any:
    """Return the one-sided transform (rows, n // 2 + 1) of real signals (rows, n), unscaled."""
    np, scipy_fft = package("numpy", function), package("scipy.fft", function)
    length = block.shape[-1]
    short_side = _short_side(length) if length >= _LONG else None
    if short_side is None:
        return scipy_fft.rfft(block)
    spectrum = np.empty((len(block), length // 2 + 1), complex)
    for row, signal in enumerate(block):
        _four_steps(np, scipy_fft, signal, short_side, spectrum[row])
    return spectrum


def _short_side(length: int) -> int | None:
    """Return n1: the even divisor nearest 256 that leaves an even n2; None when there is none near enough."""
    sides = [side for side in range(64, 1025, 2) if length % side == 0 and (length // side) % 2 == 0]
    return min(sides, key=lambda side: abs(side - 256), default=None)


def _four_steps(np: Any, scipy_fft: Any, signal: Any, n1: int, spectrum: Any) -> None:
    """Write the transform of one signal of n = n1 × n2 samples, both even, into ``spectrum``.

    With sample j = j1 × n2 + j2 and point k = k1 + n1 × k2. The signal is real, so that only k1 <= n1 / 2 is
    computed: point n - k is the conjugate of point k.
    """
    length = len(signal)
    n2, workers = length // n1, min(os.cpu_count() or 1, _MOST_WORKERS)
    columns = scipy_fft.rfft(signal.reshape(n1, n2), axis=0, workers=workers)
    _twiddle(np, columns, length)
    points = scipy_fft.fft(columns, axis=1, overwrite_x=True, workers=workers)
    kept = n1 // 2 + 1
    table = spectrum[:-1].reshape(n2 // 2, n1)
    table[:, :kept] = points[:, : n2 // 2].T
    np.conjugate(points[n1 - kept : 0 : -1, : n2 // 2 - 1 : -1].T, out=table[:, kept:])
    spectrum[-1] = points[0, n2 // 2]


def _twiddle(np: Any, columns: Any, length: int) -> None:
    """Multiply element (k1, j2) by exp(-2πi × k1 × j2 / n), in place.

    The factors come from two small tables, j2 = coarse + fine: computing n exponentials would cost as much as
    the transform. Each is rounded once, so that nothing accumulates.
    """
    k1, n2 = columns.shape
    fine = max(side for side in range(1, 65) if n2 % side == 0)
    rows = np.arange(k1)
    turn = -2j * np.pi / length
    view = columns.reshape(k1, n2 // fine, fine)
    view *= np.exp(turn * np.multiply.outer(rows, np.arange(0, n2, fine)))[:, :, None]
    view *= np.exp(turn * np.multiply.outer(rows, np.arange(fine)))[:, None, :]

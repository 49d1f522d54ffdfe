"""The Fourier transform of a long signal in SQL, against SciPy called directly."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import scipy.fft

from avila.extensions.signal.transforms import fft
from benchmarks.measure import Bar, Comparison
from benchmarks.rounds import alternate, timed
from benchmarks.stores import open_avila

if TYPE_CHECKING:
    from benchmarks.bench import Bench

TITLE = "FFT of 1,048,576 samples in SQL"
ABOUT = (
    "One signal of 2^20 doubles, in a stored table. The SQL side reads it, transforms it and hands the "
    "points over as Arrow; SciPy is called on a NumPy array in memory. `fft_complex` answers what "
    "`scipy.fft.fft` does; `fft` answers frequency, amplitude and phase, as the peer *SciPy and NumPy* "
    "does too."
)
BAR = Bar("ratio", 1.2)
RATE_HZ = 1000.0


def run(bench: Bench) -> list[Comparison]:
    """Compare the two-sided and the one-sided transform."""
    length = 2**20
    signal = np.random.default_rng(3).normal(size=length)
    frame = pa.table({"signal": pa.array([signal], pa.list_(pa.float64()))})

    def spectrum() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        points = scipy.fft.rfft(signal)
        amplitude = np.abs(points) * (2.0 / length)
        amplitude[[0, -1]] *= 0.5
        return scipy.fft.rfftfreq(length, 1 / RATE_HZ), amplitude, np.angle(points)

    with open_avila(bench.scratch / "avila") as db:
        db.sql("CREATE TABLE record AS SELECT * FROM frame", frame=frame)
        two_sided, one_sided = (
            "SELECT fft_complex(signal) FROM record",
            f"SELECT fft(signal, {RATE_HZ}) FROM record",
        )
        contenders = {
            "complex in SQL": timed(lambda: db.execute(two_sided).to_arrow()),
            "scipy.fft.fft": timed(lambda: scipy.fft.fft(signal)),
            "spectrum in SQL": timed(lambda: db.execute(one_sided).to_arrow()),
            "scipy, numpy": timed(spectrum),
            "function": timed(lambda: fft(frame["signal"].chunk(0), pa.array([RATE_HZ]))),
            "reading": timed(lambda: db.execute("SELECT signal FROM record").to_arrow()),
        }
        times = alternate(bench.rounds_of(15, quick=5), contenders)
    reading_ms, sql_ms, function_ms = (
        median(times[name]) * 1000 for name in ("reading", "spectrum in SQL", "function")
    )
    note = (
        f"of {sql_ms:.0f} ms, the function takes {function_ms:.0f} ms; the rest is the kernel copying lists, 8 MB in "
        f"and 12 MB out, element by element (reading the signal as Arrow alone takes {reading_ms:.0f} ms)"
    )
    return [
        Comparison("fft_complex", "scipy.fft.fft", times["complex in SQL"], times["scipy.fft.fft"], BAR),
        Comparison("fft", "scipy.fft.fft", times["spectrum in SQL"], times["scipy.fft.fft"], BAR),
        Comparison("fft", "SciPy and NumPy", times["spectrum in SQL"], times["scipy, numpy"], BAR, note),
        Comparison(
            "fft, the function alone", "SciPy and NumPy", times["function"], times["scipy, numpy"], BAR
        ),
    ]

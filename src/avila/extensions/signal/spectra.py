"""Power spectral densities of evenly sampled signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila.extensions.signal.batch import apply
from avila.extensions.signal.checks import at_least, long_enough, positive
from avila.extensions.signal.long_fft import one_sided
from avila.extensions.signal.packages import package
from avila.extensions.signal.windows import taper as window

if TYPE_CHECKING:
    from avila.extensions.api import Extension

_FIELDS = ("frequency", "density")


def register(extension: Extension) -> None:
    """Add the family to the extension."""
    extension.scalar(
        "power_spectrum(signal DOUBLE[], sample_rate DOUBLE = 1.0, taper VARCHAR = 'boxcar')"
        " -> STRUCT(frequency DOUBLE, density DOUBLE)[]",
        example="SELECT power_spectrum([sin(i) FOR i IN range(32)], sample_rate := 8)",
    )(power_spectrum)
    extension.scalar(
        "welch(signal DOUBLE[], sample_rate DOUBLE = 1.0, segment_length BIGINT = 256,"
        " taper VARCHAR = 'hann') -> STRUCT(frequency DOUBLE, density DOUBLE)[]",
        example="SELECT welch([sin(i) FOR i IN range(256)], segment_length := 64)",
    )(welch)


def power_spectrum(signal: Any, sample_rate: Any, taper: Any) -> Any:
    """Periodogram: one-sided power spectral density of a signal of n samples, n // 2 + 1 points.

    ``density`` is in signal² / frequency, ``frequency`` in the unit of ``sample_rate``. With the default
    taper the density summed times the spacing sample_rate / n is the signal's mean square (Parseval's
    theorem). The mean is not taken off; see ``detrend``. Schuster, "On the investigation of hidden
    periodicities" (1898).

    Raises InvalidParameterValue for an empty signal, a NULL inside it, a sample rate that is not above 0, or
    an unknown taper (``signal_window`` lists them).
    """
    np = package("numpy", "power_spectrum")

    def compute(block: Any, rate: float, kind: str) -> tuple[Any, Any]:
        length = block.shape[-1]
        long_enough("power_spectrum", "signal", length, 1)
        positive("power_spectrum", "sample_rate", rate)
        energy = float(length)
        if kind != "boxcar":
            weights = window("power_spectrum", kind, length)
            energy = float(np.square(weights).sum())
            block = block * weights
        scale = 1.0 / (rate * energy)

        def power(points: Any) -> tuple[Any]:
            density = points.real**2
            density += points.imag**2
            density *= scale
            return (density,)

        [density] = one_sided(block, "power_spectrum", power, 1)
        # All points but 0 and the Nyquist frequency stand for their mirror image too.
        density[:, 1 : (length + 1) // 2] *= 2.0
        return np.arange(density.shape[-1]) * (rate / length), density

    scalars = {"sample_rate": sample_rate, "taper": taper}
    return apply("power_spectrum", compute, lists={"signal": signal}, scalars=scalars, fields=_FIELDS)


def welch(signal: Any, sample_rate: Any, segment_length: Any, taper: Any) -> Any:
    """Welch's power spectral density: the mean periodogram of half-overlapping segments, each less its mean.

    segment_length // 2 + 1 points; units as in ``power_spectrum``. Fewer points than the periodogram and a
    smaller scatter. Welch, "The use of fast Fourier transform for the estimation of power spectra", IEEE
    Trans. Audio Electroacoust. 15 (1967).

    Raises InvalidParameterValue for a signal shorter than a segment, a NULL inside it, a segment below 2
    samples, a sample rate that is not above 0, or an unknown taper (``signal_window`` lists them).
    """
    scipy_signal = package("scipy.signal", "welch")

    def compute(block: Any, rate: float, segment: int, kind: str) -> Any:
        positive("welch", "sample_rate", rate)
        at_least("welch", "segment_length", segment, 2)
        long_enough("welch", "signal", block.shape[-1], segment, f" for a segment_length of {segment}")
        return scipy_signal.welch(block, rate, window("welch", kind, segment), nperseg=segment)

    scalars = {"sample_rate": sample_rate, "segment_length": segment_length, "taper": taper}
    return apply("welch", compute, lists={"signal": signal}, scalars=scalars, fields=_FIELDS)

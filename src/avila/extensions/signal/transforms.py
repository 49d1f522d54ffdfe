"""Fourier transforms and their inverses.

The discrete Fourier transform is Cooley and Tukey's (1965), by pocketfft in SciPy; see ``long_fft`` for long
signals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila.extensions.signal.batch import apply
from avila.extensions.signal.checks import affordable, at_least, long_enough, positive, wrong
from avila.extensions.signal.columns import unzip
from avila.extensions.signal.long_fft import one_sided
from avila.extensions.signal.packages import package

if TYPE_CHECKING:
    from avila.extensions.api import Extension


def register(extension: Extension) -> None:
    """Add the family to the extension."""
    extension.scalar(
        "fft(signal DOUBLE[], sample_rate DOUBLE = 1.0)"
        " -> STRUCT(frequency DOUBLE, amplitude DOUBLE, phase DOUBLE)[]",
        example="SELECT fft([cos(2 * pi() * 5 * i / 64.0) FOR i IN range(64)], 64)[6] AS five_hertz",
    )(fft)
    extension.scalar(
        "inverse_fft(spectrum STRUCT(frequency DOUBLE, amplitude DOUBLE, phase DOUBLE)[],"
        " length BIGINT = NULL) -> DOUBLE[]",
        example="SELECT inverse_fft(fft([1.0, 4.0, 2.0, 8.0, 5.0]), length := 5)",
    )(inverse_fft)
    extension.scalar(
        "fft_complex(signal DOUBLE[]) -> STRUCT(real DOUBLE, imaginary DOUBLE)[]",
        example="SELECT fft_complex([1.0, 0.0, -1.0, 0.0])",
    )(fft_complex)
    extension.scalar(
        "ifft(spectrum STRUCT(real DOUBLE, imaginary DOUBLE)[]) -> STRUCT(real DOUBLE, imaginary DOUBLE)[]",
        example="SELECT [point.real FOR point IN ifft(fft_complex([1.0, 4.0, 2.0, 8.0]))] AS signal",
    )(ifft)
    extension.scalar(
        "fft_frequency(length BIGINT, sample_rate DOUBLE = 1.0) -> DOUBLE[]",
        example="SELECT fft_frequency(8, 16.0)",
    )(fft_frequency)


def fft(signal: Any, sample_rate: Any) -> Any:
    """One-sided amplitude spectrum of a real signal of n samples: n // 2 + 1 points, 0 to sample_rate / 2.

    ``frequency`` has the unit of ``sample_rate`` (hertz when that is samples a second). ``amplitude`` has the
    unit of the signal: a cosine of amplitude A whose frequency falls on a point reads A there, and the point
    at 0 reads the absolute mean. ``phase`` is in radians, in [-π, π], that of a cosine: the signal is the sum
    of amplitude × cos(2π × frequency × t + phase), t counted from the first sample. ``inverse_fft`` undoes
    it.

    Raises InvalidParameterValue for an empty signal, a NULL inside it, or a sample rate that is not above 0.
    """
    np = package("numpy", "fft")

    def compute(block: Any, rate: float) -> tuple[Any, Any, Any]:
        length = block.shape[-1]
        long_enough("fft", "signal", length, 1)
        positive("fft", "sample_rate", rate)

        def polar(points: Any) -> tuple[Any, Any]:
            amplitude = np.abs(points)
            amplitude *= 2.0 / length
            return amplitude, np.arctan2(points.imag, points.real)

        amplitude, phase = one_sided(block, "fft", polar, 2)
        points = amplitude.shape[-1]
        amplitude[:, _single_points(length, points)] *= 0.5
        frequency = np.arange(points, dtype=float)
        frequency *= rate / length
        return frequency, amplitude, phase

    fields = ("frequency", "amplitude", "phase")
    return apply(
        "fft", compute, lists={"signal": signal}, scalars={"sample_rate": sample_rate}, fields=fields
    )


def inverse_fft(spectrum: Any, length: Any) -> Any:
    """Signal whose ``fft`` is the given spectrum of m points.

    ``length`` is the number of samples, 2m - 2 or 2m - 1; by default the even one, since a spectrum does not
    say whether its last point is the Nyquist frequency. ``frequency`` is not looked at: the points are taken
    in order.

    Raises InvalidParameterValue for an empty spectrum, a NULL in it, or a length that does not fit it.
    """
    np, scipy_fft = package("numpy", "inverse_fft"), package("scipy.fft", "inverse_fft")

    def compute(amplitude: Any, phase: Any, samples: int | None) -> Any:
        points = amplitude.shape[-1]
        long_enough("inverse_fft", "spectrum", points, 1)
        samples = max(2 * points - 2, 1) if samples is None else samples
        if samples < 1 or samples // 2 + 1 != points:
            possible = f"{2 * points - 2} or {2 * points - 1}" if points > 1 else "1"
            raise wrong("inverse_fft", f"a spectrum of {points} points has length {possible}, not {samples}")
        scale = np.full(points, samples / 2.0)
        scale[_single_points(samples, points)] = samples
        return scipy_fft.irfft(amplitude * scale * np.exp(1j * phase), n=samples)

    lists = unzip(spectrum, ("amplitude", "phase"))
    return apply("inverse_fft", compute, lists=lists, scalars={"length": length}, optional=("length",))


def fft_complex(signal: Any) -> Any:
    """Two-sided Fourier transform of a real signal: n complex points, without scaling.

    Point k is the sum over j of signal[j] × exp(-2πi jk / n), j and k counted from 0; ``fft_frequency`` names
    the points. By Parseval's theorem the squares of the points sum to n times those of the signal.

    Raises InvalidParameterValue for an empty signal or a NULL inside it.
    """
    np = package("numpy", "fft_complex")

    def compute(block: Any) -> tuple[Any, Any]:
        length = block.shape[-1]
        long_enough("fft_complex", "signal", length, 1)
        half = one_sided(block, "fft_complex", lambda points: (points.real, points.imag), 2)
        points = half[0].shape[-1]
        # A real signal's other half mirrors the first: real parts equal, imaginary parts negated.
        mirrored = slice(length - points, 0, -1)
        real, imaginary = np.empty(block.shape), np.empty(block.shape)
        real[:, :points], imaginary[:, :points] = half
        real[:, points:] = half[0][:, mirrored]
        np.negative(half[1][:, mirrored], out=imaginary[:, points:])
        return real, imaginary

    return apply("fft_complex", compute, lists={"signal": signal}, fields=("real", "imaginary"))


def ifft(spectrum: Any) -> Any:
    """Inverse of ``fft_complex``, for any complex spectrum of n points: n complex samples.

    Sample j is the sum over k of spectrum[k] × exp(2πi jk / n), divided by n. The spectrum of a real signal
    gives imaginary parts of 0, up to rounding.

    Raises InvalidParameterValue for an empty spectrum or a NULL in it.
    """
    np, scipy_fft = package("numpy", "ifft"), package("scipy.fft", "ifft")

    def compute(real: Any, imaginary: Any) -> tuple[Any, Any]:
        long_enough("ifft", "spectrum", real.shape[-1], 1)
        points = np.empty(real.shape, complex)
        points.real, points.imag = real, imaginary
        samples = scipy_fft.ifft(points, overwrite_x=True)
        return samples.real, samples.imag

    return apply("ifft", compute, lists=unzip(spectrum, ("real", "imaginary")), fields=("real", "imaginary"))


def fft_frequency(length: Any, sample_rate: Any) -> Any:
    """Frequencies of the points of ``fft_complex``, in the unit of ``sample_rate``: n of them, 0 first.

    The second half is negative: for n = 4 and a rate of 4 they are 0, 1, -2, -1.

    Raises InvalidParameterValue for a length below 1 or a sample rate that is not above 0.
    """
    scipy_fft = package("scipy.fft", "fft_frequency")

    def compute(points: int, rate: float) -> Any:
        at_least("fft_frequency", "length", points, 1)
        affordable("fft_frequency", "length", points)
        positive("fft_frequency", "sample_rate", rate)
        return scipy_fft.fftfreq(points, 1.0 / rate)

    return apply("fft_frequency", compute, lists={}, scalars={"length": length, "sample_rate": sample_rate})


def _single_points(length: int, points: int) -> list[int]:
    """Return the points of a one-sided spectrum with no mirror image: 0, and Nyquist in an even length."""
    return [0, points - 1] if length % 2 == 0 else [0]

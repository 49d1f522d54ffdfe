"""Smoothing, detrending, convolution and resampling: work in the time domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila.extensions.signal.batch import apply
from avila.extensions.signal.checks import affordable, at_least, long_enough, one_of, positive, wrong
from avila.extensions.signal.packages import package

if TYPE_CHECKING:
    from avila.extensions.api import Extension


def register(extension: Extension) -> None:
    """Add the family to the extension."""
    extension.scalar(
        "savgol_filter(signal DOUBLE[], width INTEGER, degree INTEGER, derivative INTEGER = 0,"
        " spacing DOUBLE = 1.0) -> DOUBLE[]",
        example="SELECT savgol_filter([2.0, 2.5, 5.1, 6.8, 9.2, 10.7, 13.1], width := 5, degree := 2)",
    )(savgol_filter)
    extension.scalar(
        "median_filter(signal DOUBLE[], width INTEGER = 3) -> DOUBLE[]",
        example="SELECT median_filter([1.0, 2.0, 99.0, 4.0, 5.0])",
    )(median_filter)
    extension.scalar(
        "detrend(signal DOUBLE[], kind VARCHAR = 'linear') -> DOUBLE[]",
        example="SELECT detrend([1.0, 3.0, 4.0, 6.0])",
    )(detrend)
    extension.scalar(
        "convolve(signal DOUBLE[], kernel DOUBLE[], mode VARCHAR = 'full') -> DOUBLE[]",
        example="SELECT convolve([1.0, 2.0, 3.0], [0.25, 0.5, 0.25], mode := 'same')",
    )(convolve)
    extension.scalar(
        "resample(signal DOUBLE[], length BIGINT) -> DOUBLE[]",
        example="SELECT resample([0.0, 1.0, 0.0, -1.0], 8)",
    )(resample)


def savgol_filter(signal: Any, width: Any, degree: Any, derivative: Any, spacing: Any) -> Any:
    """Savitzky-Golay smoothing: each sample becomes that of a polynomial fitted to ``width`` samples.

    ``derivative`` > 0 answers that derivative of the polynomial instead, per ``spacing`` (the time between
    samples) to that power. At the ends the first and last fits are used. Savitzky and Golay, Anal. Chem. 36
    (1964).

    Raises InvalidParameterValue for a width that is not odd or below 1, a degree not from 0 to width - 1, a
    derivative below 0, a spacing not above 0, a signal shorter than the width, or a NULL inside it.
    """
    scipy_signal = package("scipy.signal", "savgol_filter")

    def compute(block: Any, window: int, power: int, order: int, step: float) -> Any:
        _odd_width("savgol_filter", window)
        if not 0 <= power < window:
            raise wrong("savgol_filter", f"degree must be from 0 to width - 1 = {window - 1}, not {power}")
        at_least("savgol_filter", "derivative", order, 0)
        positive("savgol_filter", "spacing", step)
        long_enough("savgol_filter", "signal", block.shape[-1], window, f" for a width of {window}")
        return scipy_signal.savgol_filter(block, window, power, deriv=order, delta=step)

    scalars = {"width": width, "degree": degree, "derivative": derivative, "spacing": spacing}
    return apply("savgol_filter", compute, lists={"signal": signal}, scalars=scalars)


def median_filter(signal: Any, width: Any) -> Any:
    """Median of ``width`` samples around each one, which takes single outliers out; as long as the signal.

    At the ends the signal is continued by its first and last sample. Tukey, "Exploratory Data Analysis"
    (1977).

    Raises InvalidParameterValue for an empty signal, a NULL inside it, or a width that is not odd or below 1.
    """
    ndimage = package("scipy.ndimage", "median_filter")

    def compute(block: Any, window: int) -> Any:
        _odd_width("median_filter", window)
        long_enough("median_filter", "signal", block.shape[-1], 1)
        return ndimage.median_filter(block, size=(1, window), mode="nearest")

    return apply("median_filter", compute, lists={"signal": signal}, scalars={"width": width})


def detrend(signal: Any, kind: Any) -> Any:
    """Signal less its least-squares line (kind 'linear') or its mean (kind 'constant').

    Raises InvalidParameterValue for an empty signal, a NULL, NaN or infinity inside it, or another kind.
    """
    np, scipy_signal = package("numpy", "detrend"), package("scipy.signal", "detrend")

    def compute(block: Any, what: str) -> Any:
        one_of("detrend", "kind", what, ("linear", "constant"))
        long_enough("detrend", "signal", block.shape[-1], 1)
        if not np.isfinite(block).all():
            raise wrong("detrend", "signal has a NaN or infinity, to which no line can be fitted")
        return scipy_signal.detrend(block, type=what)

    return apply("detrend", compute, lists={"signal": signal}, scalars={"kind": kind})


def convolve(signal: Any, kernel: Any, mode: Any) -> Any:
    """Convolution of a signal of n samples with a kernel of m.

    Mode 'full' answers all n + m - 1 samples, 'same' the n in their middle, 'valid' the |n - m| + 1 that need
    no zeros beyond the ends. Directly or through Fourier transforms, whichever is estimated to be faster.

    Raises InvalidParameterValue for an empty signal or kernel, a NULL inside one, or another mode.
    """
    np, scipy_signal = package("numpy", "convolve"), package("scipy.signal", "convolve")

    def compute(block: Any, weights: Any, how: str) -> Any:
        one_of("convolve", "mode", how, ("full", "same", "valid"))
        long_enough("convolve", "signal", block.shape[-1], 1)
        long_enough("convolve", "kernel", weights.shape[-1], 1)
        pairs = zip(block, weights, strict=True)
        return np.stack([scipy_signal.convolve(row, weight, mode=how) for row, weight in pairs])

    lists = {"signal": signal, "kernel": kernel}
    return apply("convolve", compute, lists=lists, scalars={"mode": mode})


def resample(signal: Any, length: Any) -> Any:
    """Signal of ``length`` samples over the same span, through its Fourier transform.

    Exact for a periodic signal without frequencies above either Nyquist frequency; others ring at the ends,
    and want ``apply_window`` or ``lowpass`` before.

    Raises InvalidParameterValue for an empty signal, a NULL inside it, or a length below 1.
    """
    scipy_signal = package("scipy.signal", "resample")

    def compute(block: Any, samples: int) -> Any:
        long_enough("resample", "signal", block.shape[-1], 1)
        at_least("resample", "length", samples, 1)
        affordable("resample", "length", samples)
        return scipy_signal.resample(block, samples, axis=-1)

    return apply("resample", compute, lists={"signal": signal}, scalars={"length": length})


def _odd_width(function: str, width: int) -> None:
    at_least(function, "width", width, 1)
    if width % 2 == 0:
        raise wrong(function, f"width must be odd, so that it has a middle, not {width}")

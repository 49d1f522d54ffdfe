"""Frequency filters: Butterworth, applied forwards and backwards so that nothing is shifted in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila.extensions.signal.batch import apply
from avila.extensions.signal.checks import at_least, long_enough, positive, wrong
from avila.extensions.signal.packages import package

if TYPE_CHECKING:
    from avila.extensions.api import Extension

_MOST_ORDER = 24
"""Beyond it a Butterworth filter in double precision is more rounding than filter."""


def register(extension: Extension) -> None:
    """Add the family to the extension."""
    extension.scalar(
        "lowpass(signal DOUBLE[], sample_rate DOUBLE, cutoff DOUBLE, order INTEGER = 4) -> DOUBLE[]",
        example="SELECT lowpass([i + i % 2 FOR i IN range(40)], sample_rate := 100, cutoff := 10)",
    )(lowpass)
    extension.scalar(
        "highpass(signal DOUBLE[], sample_rate DOUBLE, cutoff DOUBLE, order INTEGER = 4) -> DOUBLE[]",
        example="SELECT highpass([i + i % 2 FOR i IN range(40)], 100, 10)",
    )(highpass)
    extension.scalar(
        "bandpass(signal DOUBLE[], sample_rate DOUBLE, low DOUBLE, high DOUBLE, order INTEGER = 4)"
        " -> DOUBLE[]",
        example="SELECT bandpass([sin(i / 3.0) FOR i IN range(60)], 100, 2, 8)",
    )(bandpass)
    extension.scalar(
        "bandstop(signal DOUBLE[], sample_rate DOUBLE, low DOUBLE, high DOUBLE, order INTEGER = 4)"
        " -> DOUBLE[]",
        example="SELECT bandstop([sin(i / 3.0) FOR i IN range(60)], 100, 2, 8)",
    )(bandstop)


def lowpass(signal: Any, sample_rate: Any, cutoff: Any, order: Any) -> Any:
    """Signal without what is faster than ``cutoff``, as long as it was and not shifted in time.

    A Butterworth filter of the given order in second-order sections, run forwards and backwards: the response
    is the filter's squared, so that the amplitude at the cutoff is a half. ``cutoff`` has the unit of
    ``sample_rate``. Ends are extended by odd reflection. Butterworth (1930); Gustafsson, IEEE Trans. Signal
    Process. 44 (1996).

    Raises InvalidParameterValue for a cutoff that is not between 0 and the Nyquist frequency sample_rate / 2,
    an order outside 1 to 24, a signal too short to extend (3 × (order + 1) samples are always enough, and
    twice that for the band filters), or a NULL inside it.
    """
    return _filter("lowpass", signal, sample_rate, {"cutoff": cutoff}, order)


def highpass(signal: Any, sample_rate: Any, cutoff: Any, order: Any) -> Any:
    """Signal without what is slower than ``cutoff``; method, units and errors as in ``lowpass``."""
    return _filter("highpass", signal, sample_rate, {"cutoff": cutoff}, order)


def bandpass(signal: Any, sample_rate: Any, low: Any, high: Any, order: Any) -> Any:
    """Signal between the frequencies ``low`` and ``high``; method, units and errors as in ``lowpass``."""
    return _filter("bandpass", signal, sample_rate, {"low": low, "high": high}, order)


def bandstop(signal: Any, sample_rate: Any, low: Any, high: Any, order: Any) -> Any:
    """Signal without what lies between ``low`` and ``high``; method, units and errors as in ``lowpass``."""
    return _filter("bandstop", signal, sample_rate, {"low": low, "high": high}, order)


def _filter(function: str, signal: Any, sample_rate: Any, edges: dict[str, Any], order: Any) -> Any:
    scipy_signal = package("scipy.signal", function)

    def compute(block: Any, rate: float, *edges_and_order: Any) -> Any:
        *frequencies, steepness = edges_and_order
        _check(function, rate, dict(zip(edges, frequencies, strict=True)), steepness)
        critical = frequencies if len(frequencies) == 2 else frequencies[0]
        sections = scipy_signal.butter(steepness, critical, function, fs=rate, output="sos")
        # sosfiltfilt extends each end by this much, and needs a signal longer than the extension.
        taps = 2 * len(sections) + 1
        padding = 3 * (taps - min((sections[:, 2] == 0).sum(), (sections[:, 5] == 0).sum()))
        long_enough(
            function, "signal", block.shape[-1], int(padding) + 1, f" for a filter of order {steepness}"
        )
        return scipy_signal.sosfiltfilt(sections, block)

    scalars = {"sample_rate": sample_rate, **edges, "order": order}
    return apply(function, compute, lists={"signal": signal}, scalars=scalars)


def _check(function: str, rate: float, edges: dict[str, float], order: int) -> None:
    positive(function, "sample_rate", rate)
    for name, edge in edges.items():
        if not 0 < edge < rate / 2:
            raise wrong(
                function,
                f"{name} must be between 0 and the Nyquist frequency {rate / 2!r}, not {edge!r}",
                "The Nyquist frequency is half the sample_rate; both have the same unit.",
            )
    if len(edges) == 2 and not edges["low"] < edges["high"]:
        raise wrong(function, f"low {edges['low']!r} must be below high {edges['high']!r}")
    at_least(function, "order", order, 1)
    if order > _MOST_ORDER:
        raise wrong(function, f"order must be at most {_MOST_ORDER}, not {order}")

"""Filters and work in the time domain, against analytic signals and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from signal_columns import call, lists

from avila import errors

SIGNALS = hnp.arrays(float, st.integers(1, 40), elements=st.floats(-1e3, 1e3, allow_subnormal=False))
RATE = 200.0
TIME = np.arange(1000) / RATE
SLOW, FAST = np.sin(2 * np.pi * 2 * TIME), np.sin(2 * np.pi * 40 * TIME)
MIDDLE = slice(200, 800)


def out(name: str, *arguments: object) -> np.ndarray:
    return np.array(call(name, *arguments)[0].as_py())


@pytest.mark.parametrize(
    ("name", "edges", "kept"),
    [
        ("lowpass", (10.0,), SLOW),
        ("highpass", (10.0,), FAST),
        ("bandpass", (20.0, 60.0), FAST),
        ("bandstop", (20.0, 60.0), SLOW),
    ],
)
def test_filters_keep_what_they_should_in_place(
    name: str, edges: tuple[float, ...], kept: np.ndarray
) -> None:
    assert out(name, lists(SLOW + FAST), RATE, *edges)[MIDDLE] == pytest.approx(kept[MIDDLE], abs=0.02)


@pytest.mark.parametrize("order", [1, 4, 7])
@pytest.mark.parametrize(
    ("name", "edges"),
    [("lowpass", (10.0,)), ("highpass", (10.0,)), ("bandpass", (20.0, 60.0)), ("bandstop", (20.0, 60.0))],
)
def test_filters_are_scipy_s_down_to_the_shortest_signal(
    name: str, edges: tuple[float, ...], order: int
) -> None:
    critical = edges if len(edges) == 2 else edges[0]
    sections = scipy.signal.butter(order, critical, name, fs=RATE, output="sos")
    enough = 3 * (order + 1) * len(edges)
    signal = FAST[: enough + 1]
    assert out(name, lists(signal), RATE, *edges, order) == pytest.approx(
        scipy.signal.sosfiltfilt(sections, signal)
    )
    for length in range(enough + 1):
        try:
            scipy.signal.sosfiltfilt(sections, signal[:length])
            possible = length > 0
        except ValueError:
            possible = False
        if possible:
            assert len(out(name, lists(signal[:length]), RATE, *edges, order)) == length
        else:
            with pytest.raises(errors.InvalidParameterValue, match="signal needs at least"):
                call(name, lists(signal[:length]), RATE, *edges, order)


def test_amplitude_at_the_cutoff_is_a_half() -> None:
    at_cutoff = np.sin(2 * np.pi * 10 * TIME)
    assert np.abs(out("lowpass", lists(at_cutoff), RATE, 10.0)[MIDDLE]).max() == pytest.approx(0.5, abs=0.01)


def test_rows_with_their_own_cutoffs() -> None:
    import pyarrow as pa

    answer = call("lowpass", lists(FAST, FAST, None, SLOW), RATE, pa.array([10.0, 60.0, 10.0, None]), 2)
    assert [row.is_valid for row in answer] == [True, True, False, False]
    for row, cutoff in ((0, 10.0), (1, 60.0)):
        sections = scipy.signal.butter(2, cutoff, fs=RATE, output="sos")
        assert answer[row].as_py() == pytest.approx(scipy.signal.sosfiltfilt(sections, FAST).tolist())


@given(
    hnp.arrays(float, st.integers(5, 40), elements=st.floats(-1e3, 1e3)), st.integers(0, 4), st.integers(0, 2)
)
def test_savgol_is_scipy_s(signal: np.ndarray, degree: int, derivative: int) -> None:
    expected = scipy.signal.savgol_filter(signal, 5, degree, derivative, 0.5)
    assert out("savgol_filter", lists(signal), 5, degree, derivative, 0.5) == pytest.approx(
        expected, abs=1e-9
    )


@given(SIGNALS, st.sampled_from([1, 3, 7]))
def test_median_is_numpy_s(signal: np.ndarray, width: int) -> None:
    padded = np.pad(signal, width // 2, mode="edge")
    expected = np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=-1)
    assert out("median_filter", lists(signal), width).tolist() == expected.tolist()


def test_detrend_takes_a_line_or_the_mean_off() -> None:
    line = 3.0 - 2.0 * np.arange(10)
    assert out("detrend", lists(line)) == pytest.approx(np.zeros(10), abs=1e-12)
    assert out("detrend", lists(line), "constant") == pytest.approx(line - line.mean())
    assert out("detrend", lists([7.0])) == pytest.approx([0.0], abs=1e-12)


@given(
    SIGNALS,
    hnp.arrays(float, st.integers(1, 9), elements=st.floats(-9, 9)),
    st.sampled_from(["full", "same", "valid"]),
)
def test_convolve_is_scipy_s(signal: np.ndarray, kernel: np.ndarray, mode: str) -> None:
    found = out("convolve", lists(signal), lists(kernel), mode)
    assert found == pytest.approx(scipy.signal.convolve(signal, kernel, mode), abs=1e-9)


def test_resample_a_periodic_signal_is_exact() -> None:
    expected = np.sin(2 * np.pi * np.arange(64) / 64)
    assert out("resample", lists(expected[::4]), 64) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("resample", lists([1.0]), 1 << 40), "length asks for 1099511627776 elements a row"),
        (
            ("lowpass", lists(SLOW), RATE, 100.0),
            "cutoff must be between 0 and the Nyquist frequency 100.0, not 100.0",
        ),
        (("highpass", lists(SLOW), RATE, 0.0), "highpass: cutoff must be between 0"),
        (("lowpass", lists(SLOW), -1.0, 1.0), "sample_rate must be a finite number above 0, not -1.0"),
        (("bandpass", lists(SLOW), RATE, 8.0, 4.0), "low 8.0 must be below high 4.0"),
        (("bandstop", lists(SLOW), RATE, 8.0, 400.0), "high must be between 0 and the Nyquist frequency"),
        (("lowpass", lists(SLOW), RATE, 10.0, 0), "order must be at least 1, not 0"),
        (("lowpass", lists(SLOW), RATE, 10.0, 25), "order must be at most 24, not 25"),
        (("lowpass", lists([]), RATE, 10.0), "and has 0"),
        (("savgol_filter", lists(SLOW), 4, 2), "width must be odd, so that it has a middle, not 4"),
        (("savgol_filter", lists(SLOW), 5, 5), "degree must be from 0 to width - 1 = 4, not 5"),
        (("savgol_filter", lists(SLOW), 5, 2, -1), "derivative must be at least 0, not -1"),
        (("savgol_filter", lists(SLOW), 5, 2, 1, 0.0), "spacing must be a finite number above 0"),
        (
            ("savgol_filter", lists([1.0]), 5, 2),
            "signal needs at least 5 elements for a width of 5, and has 1",
        ),
        (("median_filter", lists(SLOW), 0), "width must be at least 1, not 0"),
        (("median_filter", lists([]), 3), "signal needs at least 1 element"),
        (("detrend", lists([1.0]), "quadratic"), "kind 'quadratic' is not known"),
        (("detrend", lists([np.nan, 1.0])), "NaN or infinity"),
        (("detrend", lists([])), "signal needs at least 1 element"),
        (("convolve", lists([]), lists([1.0])), "signal needs at least 1 element"),
        (("convolve", lists([1.0]), lists([])), "kernel needs at least 1 element"),
        (("convolve", lists([1.0]), lists([1.0]), "ful"), "Did you mean 'full'?"),
        (("resample", lists([1.0]), 0), "length must be at least 1, not 0"),
        (("resample", lists([]), 4), "signal needs at least 1 element"),
    ],
)
def test_one_clear_error(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(errors.InvalidParameterValue) as caught:
        call(*arguments)
    assert message in str(caught.value)

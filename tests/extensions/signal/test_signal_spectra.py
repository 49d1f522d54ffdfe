"""Spectral densities, windows and periodograms, against analytic signals and SciPy and astropy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
from astropy.timeseries import LombScargle
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from signal_columns import call, field, lists

from avila import errors
from avila.extensions.signal import windows

SIGNALS = hnp.arrays(float, st.integers(1, 70), elements=st.floats(-1e3, 1e3, allow_subnormal=False))


@given(SIGNALS, st.floats(0.01, 1e4))
def test_periodogram_sums_to_the_mean_square(signal: np.ndarray, rate: float) -> None:
    density = field(call("power_spectrum", lists(signal), rate), 0, "density")
    assert density.sum() * rate / len(signal) == pytest.approx((signal**2).mean(), rel=1e-9, abs=1e-9)


@given(SIGNALS, st.sampled_from(["boxcar", "hann", "blackman"]))
def test_periodogram_is_scipy_s(signal: np.ndarray, taper: str) -> None:
    answer = call("power_spectrum", lists(signal), 7.0, taper)
    frequency, density = scipy.signal.periodogram(signal, 7.0, taper, detrend=False)
    assert field(answer, 0, "frequency") == pytest.approx(frequency)
    assert field(answer, 0, "density") == pytest.approx(density, rel=1e-9, abs=1e-9)


def test_welch_is_scipy_s_in_every_row() -> None:
    rng = np.random.default_rng(5)
    signals = [rng.standard_normal(n) for n in (300, 300, 256, 1000)]
    answer = call("welch", lists(signals[0], None, *signals[1:]), 10.0, 128)
    assert not answer[1].is_valid
    for row, signal in zip((0, 2, 3, 4), signals, strict=True):
        frequency, density = scipy.signal.welch(signal, 10.0, nperseg=128)
        assert field(answer, row, "frequency") == pytest.approx(frequency)
        assert field(answer, row, "density") == pytest.approx(density)


@pytest.mark.parametrize("name", windows._NAMES)
def test_windows_are_scipy_s(name: str) -> None:
    parameter = {"kaiser": 8.6, "gaussian": 2.0, "tukey": 0.25}.get(name)
    expected = scipy.signal.get_window((name, parameter) if parameter else name, 12)
    assert call("signal_window", name, 12, parameter)[0].as_py() == pytest.approx(expected.tolist())
    tapered = call("apply_window", lists(np.arange(12.0)), name, parameter)
    assert tapered[0].as_py() == pytest.approx((np.arange(12) * expected).tolist())


def uneven(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, 50, n))
    errors_ = rng.uniform(0.1, 0.5, n)
    return times, np.sin(2 * np.pi * 0.8 * times) + errors_ * rng.standard_normal(n), errors_


@pytest.mark.parametrize("weighted", [False, True])
def test_lomb_scargle_is_astropy_s(weighted: bool) -> None:
    times, signal, dy = uneven(150, 2)
    answer = call("lomb_scargle", lists(times), lists(signal), lists(dy if weighted else None))
    frequency, power = field(answer, 0, "frequency"), field(answer, 0, "power")
    reference = LombScargle(times, signal, dy if weighted else None)
    assert frequency == pytest.approx(reference.autofrequency())
    assert power == pytest.approx(reference.power(frequency, method="cython"), abs=1e-7)
    assert frequency[power.argmax()] == pytest.approx(0.8, abs=0.01)


def test_lomb_scargle_on_a_given_grid_unsorted_and_in_many_rows() -> None:
    rows = [uneven(n, n) for n in (30, 31, 30)]
    shuffled = np.random.default_rng(0).permutation(30)
    times = lists(rows[0][0][shuffled], rows[1][0], None, rows[2][0])
    signals = lists(rows[0][1][shuffled], rows[1][1], [1.0], rows[2][1])
    answer = call("lomb_scargle", times, signals, lists(None, None, None, None), 0.1, 2.0, 77)
    assert not answer[2].is_valid
    for row, (t, y, _) in zip((0, 1, 3), rows, strict=True):
        frequency = np.linspace(0.1, 2.0, 77)
        assert field(answer, row, "frequency") == pytest.approx(frequency)
        expected = LombScargle(t, y).power(frequency, method="cython")
        assert field(answer, row, "power") == pytest.approx(expected, abs=1e-7)


def test_lomb_scargle_of_a_given_range_steps_by_a_fifth_of_the_resolution() -> None:
    times, signal, _ = uneven(40, 4)
    frequency = field(call("lomb_scargle", lists(times), lists(signal), None, 0.5, 1.0), 0, "frequency")
    assert frequency[0] == 0.5
    assert frequency[-1] == 1.0
    assert np.diff(frequency).max() == pytest.approx(0.2 / np.ptp(times), rel=0.05)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("signal_window", "hann", 1 << 40), "length asks for 1099511627776 elements a row"),
        (("signal_window", "zzz", 4), "Known are boxcar, hann, hamming"),
        (("power_spectrum", lists([])), "power_spectrum: signal needs at least 1 element"),
        (("power_spectrum", lists([1.0]), -1.0), "sample_rate must be a finite number above 0"),
        (
            ("welch", lists([1.0, 2.0]), 1.0, 8),
            "signal needs at least 8 elements for a segment_length of 8, and has 2",
        ),
        (("welch", lists([1.0, 2.0]), 1.0, 1), "segment_length must be at least 2, not 1"),
        (("signal_window", "hann", 0), "length must be at least 1, not 0"),
        (("signal_window", "kaiser", 4), "window 'kaiser' needs its parameter (beta)"),
        (("signal_window", "hann", 4, 2.0), "window 'hann' takes no parameter"),
        (("signal_window", "gaussian", 4, 0.0), "must be above 0, not 0.0"),
        (("signal_window", "tukey", 4, 1.5), "must be from 0 to 1, not 1.5"),
        (("apply_window", lists([])), "apply_window: signal needs at least 1 element"),
        (
            ("lomb_scargle", lists([1, 2]), lists([1, 2, 3])),
            "must be equally long: times has 2, signal has 3",
        ),
        (("lomb_scargle", lists([1, 2]), lists([1, 2])), "signal needs at least 3 elements, and has 2"),
        (("lomb_scargle", lists([1, 1, 1]), lists([1, 2, 3])), "times are all equal"),
        (("lomb_scargle", lists([1, 2, 3]), lists([4, 4, 4])), "signal is constant"),
        (
            ("lomb_scargle", lists([1, 2, np.inf]), lists([1, 2, 3])),
            "times has inf at position 3 of the list",
        ),
        (
            ("lomb_scargle", lists([1, 2, 3]), lists([1, 2, 4]), lists([1, 0, 1])),
            "uncertainties must be above 0",
        ),
        (("lomb_scargle", lists([1, 2, 3]), lists([1, 2, 4]), None, 2.0, 1.0), "above minimum_frequency 2.0"),
        (
            ("lomb_scargle", lists([1, 2, 3]), lists([1, 2, 4]), None, -2.0),
            "minimum_frequency must be a finite",
        ),
        (
            ("lomb_scargle", lists([1, 2, 3]), lists([1, 2, 4]), None, 0.1, 1e12),
            "Narrow the range, or set samples",
        ),
        (
            ("lomb_scargle", lists([1, 2, 3]), lists([1, 2, 4]), None, 0.1, 1.0, 1),
            "samples must be at least 2",
        ),
    ],
)
def test_one_clear_error(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(errors.InvalidParameterValue) as caught:
        call(*arguments)
    assert message in str(caught.value)


def test_unknown_window_suggests_a_close_one() -> None:
    with pytest.raises(errors.InvalidParameterValue) as caught:
        call("apply_window", lists([1.0]), "Hamning")
    assert caught.value.message == "apply_window: window 'Hamning' is not known"
    assert caught.value.hint == "Did you mean 'hamming'?"

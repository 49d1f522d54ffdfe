"""Fourier transforms against analytic signals, Parseval's theorem, SciPy, and there and back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from signal_columns import call, field, lists
from statsmodels.datasets import sunspots

from avila import errors
from avila.extensions.signal import long_fft

SIGNALS = hnp.arrays(float, st.integers(1, 70), elements=st.floats(-1e6, 1e6, allow_subnormal=False))


def sine(n: int, rate: float, frequency: float, amplitude: float, phase: float = 0.0) -> np.ndarray:
    return amplitude * np.cos(2 * np.pi * frequency * np.arange(n) / rate + phase)


@pytest.mark.parametrize("n", [64, 65, 1000, 1 << 17])
def test_cosine_reads_its_amplitude_and_phase(n: int) -> None:
    rate = n / 4.0  # four seconds, so that 3 Hz is point 12
    answer = call("fft", lists(5.0 + sine(n, rate, 3.0, 2.5, 0.7)), rate)
    frequency, amplitude, phase = (field(answer, 0, name) for name in ("frequency", "amplitude", "phase"))
    assert frequency[12] == pytest.approx(3.0)
    assert amplitude[12] == pytest.approx(2.5)
    assert phase[12] == pytest.approx(0.7)
    assert amplitude[0] == pytest.approx(5.0)
    others = np.delete(amplitude, [0, 12])
    assert others.max() < 1e-10


def test_nyquist_point_of_an_even_length_is_not_doubled() -> None:
    answer = call("fft", lists([3.0, -3.0] * 8), 16.0)
    assert field(answer, 0, "amplitude")[-1] == pytest.approx(3.0)
    assert field(answer, 0, "frequency")[-1] == 8.0


@given(SIGNALS)
def test_fft_and_back(signal: np.ndarray) -> None:
    answer = call("inverse_fft", call("fft", lists(signal)), len(signal))
    assert np.allclose(answer[0].as_py(), signal, atol=1e-12 * (1 + np.abs(signal).max()) * len(signal))


def test_inverse_takes_an_even_length_by_default() -> None:
    assert call("inverse_fft", call("fft", lists([1, 4, 2, 8])))[0].as_py() == pytest.approx([1, 4, 2, 8])
    assert call("inverse_fft", call("fft", lists([6.0])))[0].as_py() == [6.0]


@given(SIGNALS)
def test_complex_there_and_back(signal: np.ndarray) -> None:
    answer = call("ifft", call("fft_complex", lists(signal)))
    tolerance = 1e-12 * (1 + np.abs(signal).max()) * len(signal)
    assert np.allclose(field(answer, 0, "real"), signal, atol=tolerance)
    assert np.abs(field(answer, 0, "imaginary")).max() <= tolerance


@given(SIGNALS)
def test_complex_is_scipy_s(signal: np.ndarray) -> None:
    answer, expected = call("fft_complex", lists(signal)), scipy.fft.fft(signal)
    tolerance = 1e-12 * (1 + np.abs(signal).max()) * len(signal)
    assert np.allclose(field(answer, 0, "real"), expected.real, atol=tolerance)
    assert np.allclose(field(answer, 0, "imaginary"), expected.imag, atol=tolerance)


@given(SIGNALS)
def test_parseval(signal: np.ndarray) -> None:
    answer = call("fft_complex", lists(signal))
    energy = (field(answer, 0, "real") ** 2 + field(answer, 0, "imaginary") ** 2).sum() / len(signal)
    assert energy == pytest.approx((signal**2).sum(), rel=1e-9, abs=1e-9)


@settings(deadline=None, max_examples=15)
@given(st.sampled_from([1 << 17, 1 << 18, 200_000, 3 * 5 * 7 * 2048, 147_456]), st.integers(0, 99))
def test_four_steps_are_one(length: int, seed: int) -> None:
    assert long_fft._short_side(length) is not None
    block = np.random.default_rng(seed).standard_normal((2, length))
    real, imaginary = long_fft.one_sided(block, "fft", lambda points: (points.real, points.imag), 2)
    expected = scipy.fft.rfft(block)
    assert np.abs(real + 1j * imaginary - expected).max() < 1e-14 * np.abs(expected).max() * np.sqrt(
        np.log2(length)
    )


def test_long_signal_without_a_divisor_falls_back() -> None:
    length = 131_101  # a prime
    assert long_fft._short_side(length) is None
    block = np.random.default_rng(1).standard_normal((1, length))
    [real] = long_fft.one_sided(block, "fft", lambda points: (points.real,), 1)
    assert np.array_equal(real, scipy.fft.rfft(block).real)


@given(st.integers(1, 50), st.floats(0.1, 1e6))
def test_frequencies_are_scipy_s(length: int, rate: float) -> None:
    assert call("fft_frequency", length, rate)[0].as_py() == pytest.approx(
        scipy.fft.fftfreq(length, 1 / rate).tolist()
    )


def test_rows_of_many_lengths_slices_and_nulls() -> None:
    rng = np.random.default_rng(3)
    signals = [None if n % 4 == 3 else rng.standard_normal(1 + n % 9) for n in range(60)]
    column = lists(*signals).slice(7, 40)
    for array in (column, pa.chunked_array([column]), pa.chunked_array([column[:13], column[13:]])):
        answer = call("fft_complex", array)
        assert len(answer) == 40
        for row, signal in enumerate(signals[7:47]):
            if signal is None:
                assert not answer[row].is_valid
            else:
                assert field(answer, row, "real") == pytest.approx(scipy.fft.fft(signal).real)


def test_sliced_spectra() -> None:
    rows = [np.arange(1.0, n + 2) for n in range(8)]
    spectra = call("fft", pa.concat_arrays([lists(*rows), lists(None)]))
    lengths = pa.array([len(row) for row in rows] + [1])
    answer = call("inverse_fft", spectra.slice(3, 6), lengths.slice(3, 6))
    assert [len(row or []) for row in answer.to_pylist()] == [4, 5, 6, 7, 8, 0]
    assert answer[1].as_py() == pytest.approx(rows[4].tolist())


def test_large_lists() -> None:
    column = pa.array([[1.0, 2.0], None, [4.0]], pa.large_list(pa.float64()))
    assert call("detrend", column, "constant").to_pylist() == [[-0.5, 0.5], None, [0.0]]


@pytest.mark.parametrize("kind", [pa.list_(pa.int64()), pa.list_view(pa.float64()), pa.float64()])
def test_a_kernel_that_breaks_the_signature_is_told(kind: pa.DataType) -> None:
    with pytest.raises(TypeError, match=r"detrend: signal came as .*, not as the DOUBLE\[\] it declares"):
        call("detrend", pa.nulls(1, kind), "constant")


def test_sunspots_come_every_eleven_years() -> None:
    activity = sunspots.load_pandas().data["SUNACTIVITY"].to_numpy()
    answer = call("fft", call("detrend", lists(activity), "constant"), 1.0)
    frequency, amplitude = field(answer, 0, "frequency"), field(answer, 0, "amplitude")
    assert 1 / frequency[amplitude.argmax()] == pytest.approx(11.0, abs=0.2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fft_frequency", 1 << 40, 1.0), "length asks for 1099511627776 elements a row; at most 134217728"),
        (("fft", lists([])), "fft: signal needs at least 1 element, and has 0"),
        (("fft", lists([1.0]), 0.0), "fft: sample_rate must be a finite number above 0, not 0.0"),
        (("fft", lists([1.0]), float("nan")), "fft: sample_rate must be a finite number above 0, not nan"),
        (("fft", lists([1.0]), -2.0), "not -2.0"),
        (("fft_complex", lists([])), "fft_complex: signal needs at least 1 element"),
        (("fft_frequency", 0, 1.0), "fft_frequency: length must be at least 1, not 0"),
        (
            ("inverse_fft", call("fft", lists([1.0, 2.0, 3.0])), 4),
            "a spectrum of 2 points has length 2 or 3, not 4",
        ),
    ],
)
def test_one_clear_error(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(errors.InvalidParameterValue) as caught:
        call(*arguments)
    assert message in caught.value.message


def test_null_inside_a_list_is_named_by_its_place() -> None:
    column = pa.array([[], [9.0], None, [1.0, 2.0, None, None], [None]], pa.list_(pa.float64()))
    with pytest.raises(errors.InvalidParameterValue, match="signal has a NULL at position 3 of the list"):
        call("fft", column.slice(1, 3))
    with pytest.raises(errors.InvalidParameterValue, match="position 1 of the list"):
        call("fft", column.slice(4))


def test_nulls_outside_the_slice_or_under_a_null_list_do_not_matter() -> None:
    values = pa.array([1.0, None, None, 3.0, None])
    offsets = pa.array([0, 1, 3, 4, 5], pa.int32())
    column = pa.ListArray.from_arrays(offsets, values, mask=pa.array([False, True, False, False]))
    assert call("fft_complex", column.slice(0, 3)).to_pylist() == [
        [{"real": 1.0, "imaginary": 0.0}],
        None,
        [{"real": 3.0, "imaginary": 0.0}],
    ]


def test_nan_goes_through() -> None:
    assert np.isnan(field(call("fft", lists([1.0, float("nan"), 2.0])), 0, "amplitude")).all()

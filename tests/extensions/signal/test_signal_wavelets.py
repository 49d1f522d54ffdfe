"""Wavelet transforms against PyWavelets, analytic signals, and there and back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import pywt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from signal_columns import call, field, lists

from avila import errors

SIGNALS = hnp.arrays(float, st.integers(1, 90), elements=st.floats(-1e3, 1e3, allow_subnormal=False))


@given(SIGNALS, st.sampled_from(["haar", "db4", "sym5", "bior2.2"]))
def test_dwt_and_back(signal: np.ndarray, wavelet: str) -> None:
    pieces = call("dwt", lists(signal), wavelet)
    answer = call("idwt", pieces, wavelet, len(signal))[0].as_py()
    assert answer == pytest.approx(signal.tolist(), abs=1e-8)
    unbounded = call("idwt", pieces, wavelet)[0].as_py()
    assert len(unbounded) - len(signal) in (0, 1)


def test_dwt_is_pywt_s_in_every_row() -> None:
    rng = np.random.default_rng(8)
    signals = [rng.standard_normal(n) for n in (64, 40, 64, 7)]
    column = lists(None, signals[0], None, *signals[1:]).slice(1)
    levels = pa.array([2, 1, 1, 2, 0])
    answer = call("dwt", column, "db2", levels)
    assert not answer[1].is_valid
    for row, signal in zip((0, 2, 3, 4), signals, strict=True):
        level = levels[row].as_py()
        expected = pywt.wavedec(signal, "db2", level=level)
        pieces = answer[row].as_py()
        assert [piece["level"] for piece in pieces] == [level, *range(level, 0, -1)]
        assert [piece["kind"] for piece in pieces] == ["approximation", *["detail"] * level]
        for piece, coefficients in zip(pieces, expected, strict=True):
            assert piece["coefficients"] == pytest.approx(coefficients.tolist())
    back = call("idwt", answer.slice(1), "db2", pa.array([None, 40, 64, 7]))
    assert not back[0].is_valid
    for row, signal in zip((1, 2, 3), signals[1:], strict=True):
        assert back[row].as_py() == pytest.approx(signal.tolist())


def test_haar_keeps_energy() -> None:
    signal = np.random.default_rng(1).standard_normal(64)
    pieces = call("dwt", lists(signal), "haar")[0].as_py()
    energy = sum(np.square(piece["coefficients"]).sum() for piece in pieces)
    assert energy == pytest.approx(np.square(signal).sum())


@pytest.mark.parametrize("wavelet", ["morl", "mexh", "cmor1.5-1.0"])
@pytest.mark.parametrize("length", [100, 400])
def test_cwt_is_pywt_s(wavelet: str, length: int) -> None:
    signal = np.random.default_rng(2).standard_normal((2, length))
    scales = [2.0, 5.0, 9.5]
    answer = call("cwt", lists(signal[0], None, signal[1]), lists(scales, scales, scales), wavelet, 50.0)
    assert not answer[1].is_valid
    for row, values in ((0, signal[0]), (2, signal[1])):
        expected, frequency = pywt.cwt(values, scales, wavelet, 1 / 50.0)
        if np.iscomplexobj(expected):
            expected = np.abs(expected)
        assert field(answer, row, "scale").tolist() == scales
        assert field(answer, row, "frequency") == pytest.approx(frequency)
        assert field(answer, row, "coefficients") == pytest.approx(expected, abs=1e-9)


def test_cwt_peaks_at_the_frequency_of_a_sine() -> None:
    rate, frequency = 100.0, 5.0
    signal = np.sin(2 * np.pi * frequency * np.arange(1000) / rate)
    scales = np.geomspace(4, 64, 60)
    answer = call("cwt", lists(signal), lists(scales), "morl", rate)
    energy = np.square(field(answer, 0, "coefficients")[:, 200:800]).mean(axis=1)
    # Energy normalisation lets a scale's response grow with the square root of the scale: take it off.
    assert field(answer, 0, "frequency")[(energy / scales).argmax()] == pytest.approx(frequency, rel=0.05)


def test_rows_with_their_own_scales() -> None:
    signal = np.random.default_rng(2).standard_normal(30)
    answer = call("cwt", lists(signal, signal), lists([2.0], [3.0, 4.0]))
    assert [field(answer, row, "scale").tolist() for row in (0, 1)] == [[2.0], [3.0, 4.0]]


def pieces_of(levels: list[int], lengths: list[int | None]) -> pa.Array:
    kind = pa.list_(
        pa.struct([("level", pa.int32()), ("kind", pa.string()), ("coefficients", pa.list_(pa.float64()))])
    )
    rows = [
        {"level": level, "kind": "detail", "coefficients": None if n is None else [1.0] * n}
        for level, n in zip(levels, lengths, strict=True)
    ]
    return pa.array([rows], kind)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cwt", lists(np.ones(20_000)), lists(np.ones(10_000))), "scales asks for 200000000 elements a row"),
        (("dwt", lists([1.0]), "?"), "Known are bior1.1, bior1.3"),
        (("dwt", lists([])), "dwt: signal needs at least 1 element"),
        (
            ("dwt", lists(np.ones(64)), "db44"),
            "discrete wavelet 'db44' is not known\nHint: Did you mean 'db4",
        ),
        (("dwt", lists(np.ones(64)), "morl"), "discrete wavelet 'morl' is not known"),
        (("dwt", lists(np.ones(64)), "db4", -1), "level must be at least 0, not -1"),
        (
            ("dwt", lists(np.ones(64)), "db4", 9),
            "level 9 is more than a signal of 64 samples allows with 'db4'",
        ),
        (("idwt", pieces_of([], [])), "pieces needs at least 1 element"),
        (("idwt", pieces_of([1, 2], [4, 4])), "pieces must be in the order of dwt"),
        (("idwt", pieces_of([1, 1], [4, 40])), "the lengths of pieces do not fit 'db4'"),
        (("idwt", pieces_of([1, 1], [4, None])), "pieces has a NULL at position 2 of the list"),
        (("idwt", call("dwt", lists(np.ones(9)), "haar"), "haar", 3), "have length 9 or 10, not 3"),
        (("idwt", call("dwt", lists(np.ones(9)), "haar"), "hair"), "Did you mean 'haar'?"),
        (("cwt", lists([]), lists([1.0])), "cwt: signal needs at least 1 element"),
        (("cwt", lists([1.0]), lists([])), "scales needs at least 1 element"),
        (("cwt", lists([1.0]), lists([1.0, 0.0])), "every scale must be a finite number above 0, not 0.0"),
        (("cwt", lists([1.0]), lists([1.0]), "morl", 0.0), "sample_rate must be a finite number above 0"),
        (
            ("cwt", lists([1.0]), lists([1.0]), "morlet"),
            "continuous wavelet 'morlet' is not known\nHint: Did you mean",
        ),
        (("cwt", lists([1.0]), lists([1.0]), "db4"), "continuous wavelet 'db4' is not known"),
    ],
)
def test_one_clear_error(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(errors.InvalidParameterValue) as caught:
        call(*arguments)
    assert message in str(caught.value)

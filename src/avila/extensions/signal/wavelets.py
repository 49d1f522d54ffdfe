"""Discrete and continuous wavelet transforms, by PyWavelets (Lee et al., J. Open Source Softw. 4, 2019)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila.extensions.signal.batch import Nested, apply
from avila.extensions.signal.checks import affordable, at_least, long_enough, one_of, positive, wrong
from avila.extensions.signal.columns import flatten, unzip
from avila.extensions.signal.packages import package

if TYPE_CHECKING:
    from avila.extensions.api import Extension

_PIECES = "STRUCT(level INTEGER, kind VARCHAR, coefficients DOUBLE[])[]"
_KINDS = ("approximation", "detail")


def register(extension: Extension) -> None:
    """Add the family to the extension."""
    extension.scalar(
        f"dwt(signal DOUBLE[], wavelet VARCHAR = 'db4', level INTEGER = NULL) -> {_PIECES}",
        example="SELECT dwt([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], wavelet := 'haar', level := 2)",
    )(dwt)
    extension.scalar(
        f"idwt(pieces {_PIECES}, wavelet VARCHAR = 'db4', length BIGINT = NULL) -> DOUBLE[]",
        example="SELECT idwt(dwt([1.0, 4.0, 2.0, 8.0, 5.0], 'haar'), 'haar', length := 5)",
    )(idwt)
    extension.scalar(
        "cwt(signal DOUBLE[], scales DOUBLE[], wavelet VARCHAR = 'morl', sample_rate DOUBLE = 1.0)"
        " -> STRUCT(scale DOUBLE, frequency DOUBLE, coefficients DOUBLE[])[]",
        example="SELECT cwt([sin(i / 4.0) FOR i IN range(64)], scales := [4.0, 8.0, 16.0])",
    )(cwt)


def dwt(signal: Any, wavelet: Any, level: Any) -> Any:
    """Multilevel discrete wavelet transform: level + 1 pieces, first the approximation, then the details.

    ``kind`` is 'approximation' for the first piece and 'detail' for the others, whose ``level`` falls from
    the coarsest to 1, the finest; level j covers the frequencies from sample_rate / 2^(j+1) to sample_rate /
    2^j. ``coefficients`` have the unit of the signal. By default as many levels as are useful: down to where
    a piece is shorter than the filter. Ends are extended by reflection. Mallat, IEEE Trans. Pattern Anal. 11
    (1989).

    Raises InvalidParameterValue for an empty signal, a NULL inside it, a wavelet that is not known or not
    discrete, or a level that is negative or more than is useful.
    """
    np, pywt = package("numpy", "dwt"), package("pywt", "dwt")

    def compute(block: Any, name: str, levels: int | None) -> tuple[Any, Any, Nested]:
        basis = _discrete(pywt, "dwt", name)
        long_enough("dwt", "signal", block.shape[-1], 1)
        most = pywt.dwt_max_level(block.shape[-1], basis.dec_len) if basis.dec_len > 1 else 0
        if levels is not None:
            at_least("dwt", "level", levels, 0)
            if levels > most:
                raise wrong(
                    "dwt",
                    f"level {levels} is more than a signal of {block.shape[-1]} samples allows with '{name}'",
                    f"At most {most}; leave level out for as many as are useful.",
                )
        pieces = pywt.wavedec(block, basis, level=most if levels is None else levels, axis=-1)
        depth = len(pieces) - 1
        return (
            np.array([depth, *range(depth, 0, -1)], np.int32),
            np.array([_KINDS[0], *[_KINDS[1]] * depth]),
            Nested(np.concatenate(pieces, axis=-1), np.array([piece.shape[-1] for piece in pieces])),
        )

    return apply(
        "dwt",
        compute,
        lists={"signal": signal},
        scalars={"wavelet": wavelet, "level": level},
        fields=("level", "kind", "coefficients"),
        optional=("level",),
    )


def idwt(pieces: Any, wavelet: Any, length: Any) -> Any:
    """Inverse of ``dwt`` with the same wavelet: the signal.

    ``length`` is that of the signal; by default the one the finest piece gives, which is even: the signal's,
    or one more. Thresholding the coefficients of the details in between removes noise.

    Raises InvalidParameterValue for pieces that are missing, empty, not in the order of ``dwt`` or of lengths
    that do not fit, a NULL in them, a wavelet that is not known or not discrete, or a length that does not
    fit.
    """
    np, pywt = package("numpy", "idwt"), package("pywt", "idwt")

    def compute(block: Any, lengths: Any, levels: Any, name: str, samples: int | None) -> Any:
        basis = _discrete(pywt, "idwt", name)
        long_enough("idwt", "pieces", len(levels), 1)
        depth = len(levels) - 1
        if levels.tolist() != [depth, *range(depth, 0, -1)]:
            raise wrong(
                "idwt",
                "pieces must be in the order of dwt: the approximation, then the details, coarse first",
            )
        cuts = np.cumsum(lengths.astype(int))[:-1]
        try:
            signal = pywt.waverec(np.split(block, cuts, axis=-1), basis, axis=-1)
        except ValueError as misfit:
            raise wrong("idwt", f"the lengths of pieces do not fit '{name}': {misfit}") from misfit
        longest = signal.shape[-1]
        samples = longest if samples is None else samples
        if not longest - 1 <= samples <= longest or samples < 1:
            raise wrong("idwt", f"these pieces have length {longest - 1} or {longest}, not {samples}")
        return signal[:, :samples]

    columns = unzip(pieces, ("level", "coefficients"))
    values, lengths = flatten(columns["coefficients"])
    return apply(
        "idwt",
        compute,
        lists={"pieces.coefficients": values},
        settings={"pieces": lengths, "pieces.level": columns["level"]},
        scalars={"wavelet": wavelet, "length": length},
        optional=("length",),
    )


def cwt(signal: Any, scales: Any, wavelet: Any, sample_rate: Any) -> Any:
    """Continuous wavelet transform of n samples: one piece a scale, of n coefficients.

    ``scale`` is as given, in samples; ``frequency`` is that of the wavelet's centre at this scale, in the
    unit of ``sample_rate``. ``coefficients`` are real for a real wavelet ('morl', 'mexh', 'gaus1'…) and their
    modulus for a complex one ('cmor1.5-1.0', 'cgau1'…). Energy-normalised: a wavelet at any scale has the
    same energy. Torrence and Compo, "A practical guide to wavelet analysis", Bull. Am. Meteorol. Soc. 79
    (1998).

    Raises InvalidParameterValue for an empty signal or list of scales, a NULL inside one, a scale or sample
    rate that is not above 0, or a wavelet that is not known or not continuous.
    """
    np, pywt = package("numpy", "cwt"), package("pywt", "cwt")

    def compute(block: Any, widths: Any, name: str, rate: float) -> tuple[Any, Any, Nested]:
        basis = _continuous(pywt, name)
        long_enough("cwt", "signal", block.shape[-1], 1)
        long_enough("cwt", "scales", len(widths), 1)
        affordable("cwt", "scales", len(widths) * block.shape[-1])
        for width in widths.tolist():
            positive("cwt", "every scale", width)
        positive("cwt", "sample_rate", rate)
        method = "fft" if block.shape[-1] > _FFT_FROM else "conv"
        found, frequency = pywt.cwt(block, widths, basis, sampling_period=1.0 / rate, method=method)
        if np.iscomplexobj(found):
            found = np.abs(found)
        rows, length = block.shape
        # pywt puts the scales first; a row's pieces lie together.
        values = np.moveaxis(found, 0, 1).reshape(rows, -1)
        return widths, frequency, Nested(values, np.full(len(widths), length))

    return apply(
        "cwt",
        compute,
        lists={"signal": signal},
        settings={"scales": scales},
        scalars={"wavelet": wavelet, "sample_rate": sample_rate},
        fields=("scale", "frequency", "coefficients"),
    )


_FFT_FROM = 256
"""From this many samples on, convolution through Fourier transforms is faster."""


def _discrete(pywt: Any, function: str, name: str) -> Any:
    one_of(function, "discrete wavelet", name, pywt.wavelist(kind="discrete"))
    return pywt.Wavelet(name)


def _continuous(pywt: Any, name: str) -> Any:
    try:
        # Names such as cmor1.5-1.0 carry their bandwidth and centre, so that no list has them all.
        return pywt.ContinuousWavelet(name)
    except ValueError as unknown:
        one_of("cwt", "continuous wavelet", name, pywt.wavelist(kind="continuous"))
        raise wrong("cwt", f"continuous wavelet '{name}' is not possible: {unknown}") from unknown

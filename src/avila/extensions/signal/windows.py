"""Window (taper) functions: what a finite piece of a signal is multiplied with against spectral leakage.

Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform", Proc. IEEE 66
(1978).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila.extensions.signal.batch import apply
from avila.extensions.signal.checks import affordable, at_least, long_enough, one_of, wrong
from avila.extensions.signal.packages import package

if TYPE_CHECKING:
    from avila.extensions.api import Extension

_PARAMETERS = {
    "kaiser": "beta",
    "gaussian": "standard deviation in samples",
    "tukey": "tapered share, 0 to 1",
}
_NAMES = (
    "boxcar",
    "hann",
    "hamming",
    "blackman",
    "blackmanharris",
    "nuttall",
    "flattop",
    "bartlett",
    "parzen",
    "cosine",
    *_PARAMETERS,
)


def register(extension: Extension) -> None:
    """Add the family to the extension."""
    extension.scalar(
        "signal_window(name VARCHAR, length BIGINT, parameter DOUBLE = NULL) -> DOUBLE[]",
        example="SELECT signal_window('kaiser', 8, parameter := 14)",
    )(signal_window)
    extension.scalar(
        "apply_window(signal DOUBLE[], name VARCHAR = 'hann', parameter DOUBLE = NULL) -> DOUBLE[]",
        example="SELECT apply_window([1.0, 1.0, 1.0, 1.0], 'hamming')",
    )(apply_window)


def taper(function: str, name: str, length: int, parameter: float | None = None) -> Any:
    """Return a periodic window by name; InvalidParameterValue when it or its parameter is not possible."""
    one_of(function, "window", name, _NAMES)
    wanted = _PARAMETERS.get(name)
    if wanted and parameter is None:
        raise wrong(function, f"window '{name}' needs its parameter ({wanted})")
    if not wanted and parameter is not None:
        raise wrong(function, f"window '{name}' takes no parameter; {', '.join(_PARAMETERS)} do")
    if name == "gaussian" and parameter is not None and not parameter > 0:
        raise wrong(
            function, f"the standard deviation of window 'gaussian' must be above 0, not {parameter!r}"
        )
    if name == "tukey" and parameter is not None and not 0 <= parameter <= 1:
        raise wrong(function, f"the tapered share of window 'tukey' must be from 0 to 1, not {parameter!r}")
    signal = package("scipy.signal", function)
    return signal.get_window((name, parameter) if wanted else name, length)


def signal_window(name: Any, length: Any, parameter: Any) -> Any:
    """Window of the given length, its largest value near 1.

    Known are boxcar, hann, hamming, blackman, blackmanharris, nuttall, flattop, bartlett, parzen and cosine,
    and with a ``parameter`` kaiser (beta), gaussian (standard deviation in samples) and tukey (the share that
    is tapered). They are periodic: meant to be followed by a Fourier transform.

    Raises InvalidParameterValue for an unknown name, a length below 1, or a parameter missing or too many.
    """

    def compute(kind: str, size: int, shape: float | None) -> Any:
        at_least("signal_window", "length", size, 1)
        affordable("signal_window", "length", size)
        return taper("signal_window", kind, size, shape)

    scalars = {"name": name, "length": length, "parameter": parameter}
    return apply("signal_window", compute, lists={}, scalars=scalars, optional=("parameter",))


def apply_window(signal: Any, name: Any, parameter: Any) -> Any:
    """Signal multiplied with the window of its length; for the names and the parameter see ``signal_window``.

    Raises InvalidParameterValue for an empty signal, a NULL inside it, or what ``signal_window`` refuses.
    """

    def compute(block: Any, kind: str, shape: float | None) -> Any:
        long_enough("apply_window", "signal", block.shape[-1], 1)
        return block * taper("apply_window", kind, block.shape[-1], shape)

    scalars = {"name": name, "parameter": parameter}
    return apply("apply_window", compute, lists={"signal": signal}, scalars=scalars, optional=("parameter",))

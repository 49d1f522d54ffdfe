"""The periodogram of unevenly sampled signals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from avila.extensions.signal.batch import apply
from avila.extensions.signal.checks import at_least, long_enough, positive, same_length, wrong
from avila.extensions.signal.packages import package

if TYPE_CHECKING:
    from avila.extensions.api import Extension

_SAMPLES_PER_PEAK = 5
_NYQUIST_FACTOR = 5
_MOST_SAMPLES = 50_000_000


def register(extension: Extension) -> None:
    """Add the family to the extension."""
    extension.scalar(
        "lomb_scargle(times DOUBLE[], signal DOUBLE[], uncertainties DOUBLE[] = NULL,"
        " minimum_frequency DOUBLE = NULL, maximum_frequency DOUBLE = NULL, samples BIGINT = NULL)"
        " -> STRUCT(frequency DOUBLE, power DOUBLE)[]",
        example="""SELECT peak.frequency
FROM (SELECT unnest(lomb_scargle(list(t), list(sin(2 * pi() * 0.25 * t)))) AS peak
      FROM (SELECT i + sin(i) / 3 AS t FROM range(200) AS s(i)))
ORDER BY peak.power DESC LIMIT 1""",
    )(lomb_scargle)


def lomb_scargle(
    times: Any,
    signal: Any,
    uncertainties: Any,
    minimum_frequency: Any,
    maximum_frequency: Any,
    samples: Any,
) -> Any:
    """Generalised Lomb-Scargle periodogram of values at uneven times, at ``samples`` even frequencies.

    ``frequency`` is in cycles per unit of ``times``. ``power`` is the share of the signal's variance that a
    sine of that frequency and a constant explain, from 0 to 1; with ``uncertainties`` (standard deviations)
    both are weighted. By default the frequencies reach from half a step to five times the average Nyquist
    frequency n / (2 × duration), five to a peak: a step of 1 / (5 × duration).

    Zechmeister and Kürster, A&A 496 (2009); computed through nonuniform Fourier transforms, to about 1e-9:
    Garrison et al., "nifty-ls", Res. Notes AAS 8 (2024).

    Raises InvalidParameterValue for fewer than 3 values, lists of different lengths, values that are NULL,
    NaN or infinite, times that are all equal, a signal that is constant, uncertainties not above 0, or
    frequencies out of order.
    """
    np, nifty_ls = package("numpy", "lomb_scargle"), package("nifty_ls", "lomb_scargle")

    def compute(t: Any, y: Any, dy: Any, *wanted: Any) -> tuple[Any, Any]:
        _check_lists(np, t, y, dy)
        duration = float(np.ptp(t[0]))
        if duration <= 0:
            raise wrong("lomb_scargle", "times are all equal, so that there are no frequencies")
        lowest, highest, count = _grid(duration, t.shape[-1], *wanted)
        found = nifty_ls.lombscargle(
            t[0], y[0], None if dy is None else dy[0], fmin=lowest, fmax=highest, Nf=count, backend="finufft"
        )
        return np.linspace(lowest, highest, count), found.power

    scalars = {
        "minimum_frequency": minimum_frequency,
        "maximum_frequency": maximum_frequency,
        "samples": samples,
    }
    return apply(
        "lomb_scargle",
        compute,
        lists={"times": times, "signal": signal, "uncertainties": uncertainties},
        scalars=scalars,
        fields=("frequency", "power"),
        optional=("uncertainties", *scalars),
        each_row=True,
    )


def _check_lists(np: Any, t: Any, y: Any, dy: Any) -> None:
    lists = {"times": t, "signal": y} | ({} if dy is None else {"uncertainties": dy})
    same_length("lomb_scargle", **{name: block.shape[-1] for name, block in lists.items()})
    long_enough("lomb_scargle", "signal", y.shape[-1], 3)
    for name, block in lists.items():
        odd = np.flatnonzero(~np.isfinite(block[0]))
        if len(odd):
            raise wrong("lomb_scargle", f"{name} has {block[0][odd[0]]} at position {odd[0] + 1} of the list")
    if np.ptp(y[0]) == 0:
        raise wrong("lomb_scargle", "signal is constant: it has no variance to explain")
    if dy is not None and dy.min() <= 0:
        raise wrong("lomb_scargle", f"uncertainties must be above 0, not {dy.min()!r}")


def _grid(
    duration: float, length: int, lowest: float | None, highest: float | None, count: int | None
) -> tuple[float, float, int]:
    """Return the lowest and highest frequency and how many, filled in as astropy's autofrequency does."""
    step = 1.0 / duration / _SAMPLES_PER_PEAK
    lowest = 0.5 * step if lowest is None else lowest
    positive("lomb_scargle", "minimum_frequency", lowest)
    highest_given = highest is not None
    highest = _NYQUIST_FACTOR * (0.5 * length / duration) if highest is None else highest
    if not (math.isfinite(highest) and highest > lowest):
        raise wrong(
            "lomb_scargle",
            f"maximum_frequency {highest!r} must be finite and above minimum_frequency {lowest!r}",
        )
    if count is None:
        count = max(2, 1 + round((highest - lowest) / step))
        # The default end is a rule of thumb: keep the step exact rather than the end, as astropy does.
        highest = highest if highest_given else lowest + step * (count - 1)
    at_least("lomb_scargle", "samples", count, 2)
    if count > _MOST_SAMPLES:
        raise wrong(
            "lomb_scargle",
            f"{count} frequencies are more than {_MOST_SAMPLES}",
            "Narrow the range, or set samples.",
        )
    return lowest, highest, count

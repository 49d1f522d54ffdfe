"""Signal processing in SQL: spectra, periodograms, windows, filters and wavelets over ``DOUBLE[]``.

One file a family. A signal is a list; fold a column into one with ``list(value ORDER BY time)``. A NULL list
answers NULL, a NULL inside a list is refused, NaN goes through the arithmetic as NaN. The scientific packages
(``pip install avila[science]``) are imported by the first call that needs them.
"""

from __future__ import annotations

from avila.extensions.api import Extension
from avila.extensions.signal import (
    filters,
    periodogram,
    smoothing,
    spectra,
    transforms,
    wavelets,
    windows,
)

extension = Extension("signal", "Fourier transforms, spectra, periodograms, windows, filters and wavelets")

for _family in (transforms, spectra, periodogram, windows, filters, smoothing, wavelets):
    _family.register(extension)

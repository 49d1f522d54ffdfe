"""What the tests of FITS share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stars(tmp_path: Path) -> Path:
    """Three rows of an identifier, a magnitude and a name."""
    fits = pytest.importorskip("astropy.io.fits")
    from fits_files import write

    return write(
        tmp_path / "stars.fits",
        fits.Column("ID", "K", array=np.array([1, 2, 3])),
        fits.Column("MAG", "E", unit="mag", array=np.array([10.5, np.nan, 12.25], "f4")),
        fits.Column("NAME", "8A", array=["Sirius", "Vega", ""]),
    )

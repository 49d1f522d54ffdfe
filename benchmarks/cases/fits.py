"""One column of a large FITS table, aggregated where it lies."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import astropy.io.fits
import fitsio
import numpy as np

from benchmarks.measure import Comparison
from benchmarks.rounds import alternate, timed
from benchmarks.stores import open_avila

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.bench import Bench

TITLE = "FITS: one column of five million rows"
ABOUT = (
    "A binary table of eight columns, 52 bytes a row, 260 MB, in the page cache. Everybody opens the "
    "file, averages the float column `mag` in double precision and closes it again."
)


def run(bench: Bench) -> list[Comparison]:
    """Compare the average with astropy's memory map and with CFITSIO's column read."""
    rows = bench.size(5_000_000, 500_000)
    path = bench.once(f"stars-{rows}.fits", lambda file: _generate(file, rows))
    query = f"SELECT avg(mag) FROM read_fits('{path}')"

    def by_astropy() -> float:
        with astropy.io.fits.open(path, memmap=True) as file:
            return float(file[1].data["mag"].mean(dtype=np.float64))

    def by_fitsio() -> float:
        with fitsio.FITS(path) as file:
            return float(file[1].read_column("mag").mean(dtype=np.float64))

    with open_avila(bench.scratch / "avila") as db:
        answers = (db.execute(query).fetchone()[0], by_astropy(), by_fitsio())
        assert all(math.isclose(answer, answers[0], rel_tol=1e-9) for answer in answers), answers
        contenders = {
            "avila": timed(lambda: db.execute(query).fetchone()),
            "astropy": timed(by_astropy),
            "fitsio": timed(by_fitsio),
        }
        times = alternate(bench.rounds_of(11, quick=3), contenders)
    return [
        Comparison("avg of a column", peer, times["avila"], times[peer]) for peer in ("astropy", "fitsio")
    ]


def _generate(path: Path, rows: int) -> None:
    random = np.random.default_rng(7)
    columns = {
        "id": np.arange(rows, dtype=np.int64),
        "ra": random.uniform(0, 360, rows),
        "dec": random.uniform(-90, 90, rows),
        "mag": random.normal(18, 2, rows).astype(np.float32),
        "mag_error": random.random(rows).astype(np.float32),
        "flux": random.random(rows),
        "flags": random.integers(0, 2**31 - 1, rows, dtype=np.int32),
        "field": random.choice(np.array([b"COSMOS  ", b"GOODS-N ", b"UDF     "]), rows),
    }
    table = np.rec.fromarrays(list(columns.values()), names=list(columns))
    astropy.io.fits.BinTableHDU(table, name="STARS").writeto(path)

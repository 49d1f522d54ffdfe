"""What the quickstart shows: each step a sentence, its SQL, and what is to be seen in the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Step:
    """One thing to show.

    ``setup`` runs first, ``files`` are the parameters that hold paths, ``seen`` makes a sentence of the
    answer's first row, and ``plot`` says how the answer is drawn instead of printed.
    """

    title: str
    sql: str
    seen: Callable[[dict[str, Any]], str] | None = None
    setup: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    plot: dict[str, str] | None = None
    rows: int = 8


JOIN = Step(
    "Which airlines arrive late? A join with aggregation over all flights.",
    """\
SELECT name AS airline, count(*) AS flights,
       round(avg(arr_delay), 1) AS mean_delay_min,
       round(100 * avg((arr_delay > 30)::INT), 1) AS late_percent
FROM flights JOIN airlines USING (carrier)
WHERE arr_delay IS NOT NULL
GROUP BY name ORDER BY mean_delay_min DESC""",
    lambda row: f"{row['airline']} arrives {row['mean_delay_min']} minutes late on average.",
)

WINDOW = Step(
    "When did a day go wrong? Each airport's worst day against its week, with windows.",
    """\
WITH day AS (
  SELECT origin, make_date(year, month, day) AS date, avg(dep_delay) AS delay_min
  FROM flights GROUP BY ALL
)
SELECT origin, date, round(delay_min, 1) AS delay_that_day,
       round(avg(delay_min) OVER week, 1) AS delay_that_week
FROM day
WINDOW week AS (PARTITION BY origin ORDER BY date ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING)
QUALIFY row_number() OVER (PARTITION BY origin ORDER BY delay_min DESC) = 1
ORDER BY delay_min DESC""",
    lambda row: (
        f"On {row['date']} flights left {row['origin']} {row['delay_that_day']} minutes late on average."
    ),
)

TRAVEL = Step(
    "What did the table say before the change? Time travel in the lake.",
    """\
SELECT 'before' AS state, count(*) AS flights, max(dep_delay) AS worst_min
FROM lake.delays AT (VERSION => {before})
UNION ALL
SELECT 'now', count(*), max(dep_delay) FROM lake.delays""",
    lambda row: f"The {row['flights']:,} flights of version {{before}} are still there to be asked for.",
    setup=(
        "CREATE OR REPLACE TABLE lake.delays AS\n"
        "SELECT origin, dest, dep_delay FROM flights WHERE dep_delay IS NOT NULL",
        "DELETE FROM lake.delays WHERE dep_delay > 120",
    ),
)

CYCLE = Step(
    "What is the rhythm of the Sun? A Fourier transform of the yearly sunspot numbers, in SQL.",
    """\
WITH spectrum AS (
  SELECT unnest(fft(list(spots - mean ORDER BY year))) AS line
  FROM sunspots, (SELECT avg(spots) AS mean FROM sunspots)
)
SELECT round(1 / line.frequency, 2) AS period_years, round(line.amplitude, 1) AS amplitude
FROM spectrum WHERE line.frequency > 0
ORDER BY amplitude DESC LIMIT 5""",
    lambda row: f"The strongest line has a period of {row['period_years']} years: the solar cycle.",
)

ANTENNAS = Step(
    "How large is a radio telescope? The antennas of the Very Large Array, from a FITS table.",
    """\
SELECT a.anname[6:8] AS antenna, b.anname[6:8] AS and_antenna,
       round(list_distance(a.stabxyz, b.stabxyz) / 1000, 2) AS apart_km
FROM read_fits($antennas, hdu = 'AIPS AN') a
JOIN read_fits($antennas, hdu = 'AIPS AN') b ON a.nosta < b.nosta
ORDER BY apart_km DESC LIMIT 3""",
    lambda row: (
        f"The antennas on {row['antenna']} and {row['and_antenna']} stand {row['apart_km']} km apart."
    ),
    files=("antennas",),
)

CLUSTER = Step(
    "How bright is the star cluster M13? A FITS image is a table of pixels: light by distance from the centre.",
    """\
SELECT floor(sqrt((x - 150.5)**2 + (y - 150.5)**2) / 25)::INT * 25 AS from_arcsec,
       count(*) AS pixels, round(avg(value)) AS mean_light,
       bar(avg(value) - 100, 0, 250, 24) AS profile
FROM read_fits($cluster)
GROUP BY from_arcsec HAVING from_arcsec < 150 ORDER BY from_arcsec""",
    lambda row: (
        f"The innermost {row['pixels']:,} of its pixels have a mean value of {row['mean_light']:,.0f}."
    ),
    files=("cluster",),
)

PLOT = Step(
    "And the spectrum as a picture.",
    """\
WITH spectrum AS (
  SELECT unnest(fft(list(spots - mean ORDER BY year))) AS line
  FROM sunspots, (SELECT avg(spots) AS mean FROM sunspots)
)
SELECT 1 / line.frequency AS "period in years", line.amplitude AS amplitude
FROM spectrum WHERE line.frequency BETWEEN 1 / 25 AND 1 / 3
ORDER BY ALL""",
    plot={"kind": "line", "x": "period in years", "y": "amplitude"},
)

STEPS = (JOIN, WINDOW, TRAVEL, CYCLE, ANTENNAS, CLUSTER, PLOT)

"""The benchmarks, one file each, in the order in which they run.

A case has a ``TITLE``, an ``ABOUT`` and ``run(bench)``, which answers its comparisons.
"""

NAMES = (
    "tpch",
    "statements",
    "points",
    "bulk",
    "frames",
    "fits",
    "fft",
    "startup",
    "audit",
    "rotation",
    "governance",
)

"""The ratios as a picture: a dot a comparison, a line between the quartiles, a stroke where the bar is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.results import Outcome

MET, MISSED, PLAIN = "#2a7f62", "#c2452d", "#3b6ea5"


def draw(outcomes: Sequence[Outcome], path: Path) -> None:
    """Draw every comparison on one logarithmic axis, the peer being 1."""
    import matplotlib as mpl

    mpl.use("svg")
    # Without these two, the file would differ each time it is drawn.
    mpl.rcParams["svg.hashsalt"] = "avila"
    mpl.rcParams["svg.fonttype"] = "none"
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FuncFormatter

    rows = [comparison for outcome in outcomes for comparison in outcome.comparisons]
    figure, axes = plt.subplots(figsize=(9, 0.24 * len(rows) + 1.2), layout="constrained")
    axes.axvline(1.0, color="#777777", linewidth=1)
    for place, comparison in enumerate(rows):
        ratio = comparison.ratio
        color = PLAIN if comparison.met is None else MET if comparison.met else MISSED
        axes.plot([ratio.low, ratio.high], [place, place], color=color, linewidth=2, alpha=0.5)
        axes.plot(ratio.median, place, "o", color=color, markersize=5)
        if comparison.bar is not None and comparison.bar.kind == "ratio":
            axes.plot(comparison.bar.most, place, "|", color="#222222", markersize=10)
    axes.set_yticks(range(len(rows)), [f"{row.what} / {row.peer}" for row in rows], fontsize=7)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}×"))
    axes.set_xlabel(
        "Avila's time over the peer's (less is better; green: bar met, red: not met, blue: no bar)"
    )
    axes.grid(axis="x", alpha=0.3)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)

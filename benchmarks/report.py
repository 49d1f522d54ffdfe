"""The results as people read them: lines on the terminal while it runs, and docs/benchmarks.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import duration
from benchmarks.plot import draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure import Comparison
    from benchmarks.results import Outcome

DOCS = Path(__file__).parent.parent / "docs"
VERDICTS = {True: "met", False: "**not met**", None: ""}

HEAD = """# Benchmarks

Times on a shared machine mean little, so each row is a ratio: Avila and its peer did the same work in turn,
in one run, on the same data. A ratio of 0.5 is half the peer's time. It is the median over the rounds, with
the quartiles beside it; the times are medians too. The bar is what was promised, and whether it was met.

`make bench` measures everything again and writes this page; `python -m benchmarks --only NAME` measures one
part.

![Avila's time over its peer's, with the quartiles of the rounds](benchmarks.svg)
"""


def line(comparison: Comparison) -> str:
    """Return a comparison as one line of the terminal."""
    ratio = comparison.ratio
    text = (
        f"  {comparison.what:<46} {_median(comparison.avila_s):>9}  {comparison.peer:<24} "
        f"{_median(comparison.peer_s):>9}  {ratio.median:6.2f}x ({ratio.low:.2f}-{ratio.high:.2f})"
    )
    if comparison.bar is None:
        return text
    return f"{text}  {comparison.bar} {'met' if comparison.met else 'NOT MET'}"


def write(outcomes: Sequence[Outcome]) -> None:
    """Write the page and its plot."""
    parts = [HEAD, _environment(outcomes)]
    parts += [_section(outcome) for outcome in outcomes]
    (DOCS / "benchmarks.md").write_text("\n".join(parts), encoding="utf-8")
    draw(outcomes, DOCS / "benchmarks.svg")


def _environment(outcomes: Sequence[Outcome]) -> str:
    newest = max((outcome.environment for outcome in outcomes), key=lambda found: str(found["date"]))
    rows = {
        "machine": f"{newest['cpus']} CPUs ({newest['cpu']}), {newest['memory_gib']} GiB, {newest['system']}",
        "Python": newest["python"],
        "packages": ", ".join(f"{name} {version}" for name, version in newest["versions"].items()),
        "measured": newest["date"],
    }
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items()), ""])


def _section(outcome: Outcome) -> str:
    lines = [
        f"## {outcome.title}",
        "",
        outcome.about,
        "",
        "| what | Avila | peer | its time | ratio | bar | |",
        "|---|---:|---|---:|---:|---|---|",
    ]
    notes: list[str] = []
    for comparison in outcome.comparisons:
        ratio, bar = comparison.ratio, str(comparison.bar or "")
        if comparison.bar is not None and comparison.bar.kind == "added_s":
            bar += f" (is {duration(comparison.judged)})"
        lines.append(
            f"| {comparison.what} | {_median(comparison.avila_s)} | {comparison.peer} | "
            f"{_median(comparison.peer_s)} | {ratio.median:.2f} ({ratio.low:.2f}–{ratio.high:.2f}) | {bar} | "
            f"{VERDICTS[comparison.met]} |"
        )
        if comparison.note:
            notes.append(f"- {comparison.what}, {comparison.peer}: {comparison.note}")
    rounds, load = len(outcome.comparisons[0].avila_s), outcome.environment["load_at_start"]
    measured = f"{rounds} rounds; the machine's load average was {load} at the start."
    return "\n".join([*lines, "", *notes, *([""] if notes else []), measured, ""])


def _median(times_s: list[float]) -> str:
    return duration(sorted(times_s)[len(times_s) // 2])

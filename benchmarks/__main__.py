"""``python -m benchmarks``: measure, write the results and the page. ``--help`` lists what can be chosen."""

from __future__ import annotations

import argparse
import gc
import importlib
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from avila import Error
from benchmarks import environment, report
from benchmarks.bench import Bench
from benchmarks.cases import NAMES
from benchmarks.results import Outcome

if TYPE_CHECKING:
    from types import ModuleType

DATA = Path(__file__).parent.parent / ".cache" / "benchmarks"


def main() -> int:
    """Run what was asked for; the status is 1 when a benchmark could not be run."""
    chosen = _arguments()
    names = chosen.only or NAMES
    if chosen.list:
        for name in NAMES:
            print(f"{name:<12} {_case(name).TITLE}")
        return 0
    if not chosen.report:
        outcomes = [outcome for name in names if (outcome := _attempt(name, chosen)) is not None]
        missed = [row for outcome in outcomes for row in outcome.comparisons if row.met is False]
        print(f"{len(missed)} bars not met, {len(names) - len(outcomes)} benchmarks failed")
        if chosen.quick:
            return len(outcomes) < len(names)
    report.write([outcome for name in NAMES if (outcome := Outcome.load(name)) is not None])
    return 0 if chosen.report else len(outcomes) < len(names)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--list", action="store_true", help="list the benchmarks")
    parser.add_argument(
        "--only", action="append", choices=NAMES, metavar="NAME", help="run this one; repeatable"
    )
    parser.add_argument("--rounds", type=int, help="how many rounds; each benchmark has a default of its own")
    parser.add_argument("--quick", action="store_true", help="small data, two rounds; writes no results")
    parser.add_argument(
        "--report", action="store_true", help="measure nothing; write the page from the results"
    )
    parser.add_argument("--data", type=Path, default=DATA, help="where generated data is kept (%(default)s)")
    return parser.parse_args()


def _attempt(name: str, chosen: argparse.Namespace) -> Outcome | None:
    """Run one benchmark; None when it failed, for then the others are still worth their time."""
    try:
        return _run(name, chosen)
    except (Error, AssertionError, ImportError, OSError):
        traceback.print_exc()
        return None


def _run(name: str, chosen: argparse.Namespace) -> Outcome:
    case, found = _case(name), environment.describe()
    data = chosen.data / ("quick" if chosen.quick else "full")
    data.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"bench-{name}-", dir=chosen.data))
    print(f"{name}: {case.TITLE}", flush=True)
    # What is loaded by now stays: the collections between the rounds need not look at it.
    gc.freeze()
    began = time.perf_counter()
    try:
        comparisons = case.run(Bench(data, scratch, chosen.rounds, chosen.quick))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    for comparison in comparisons:
        print(report.line(comparison))
    print(f"  ({time.perf_counter() - began:.0f} s)", flush=True)
    outcome = Outcome(name, case.TITLE, case.ABOUT, found, comparisons)
    if not chosen.quick:
        outcome.save()
    return outcome


def _case(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.cases.{name}")


if __name__ == "__main__":
    sys.exit(main())

"""The rounds of a comparison: everybody in turn, so that a noisy moment of the machine falls on all."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Timed: TypeAlias = Callable[[], float]


def timed(run: Callable[[], object], before: Callable[[], object] | None = None, repeat: int = 1) -> Timed:
    """Return a contender: how long one of ``repeat`` calls of ``run`` takes; ``before`` is not counted."""

    def contender() -> float:
        if before is not None:
            before()
        gc.collect()
        gc.disable()
        try:
            began = time.perf_counter()
            for _ in range(repeat):
                run()
            return (time.perf_counter() - began) / repeat
        finally:
            gc.enable()

    return contender


def alternate(
    rounds: int, contenders: Mapping[str, Timed], *, warm_up: bool = True
) -> dict[str, list[float]]:
    """Run every contender once a round: A B, B A, A B, …, so that nobody always goes first.

    A first round, not counted, fills caches and compiles what is compiled once.
    """
    times: dict[str, list[float]] = {name: [] for name in contenders}
    if warm_up:
        for contender in contenders.values():
            contender()
    for number in range(rounds):
        names = list(contenders)[:: 1 if number % 2 == 0 else -1]
        for name in names:
            times[name].append(contenders[name]())
    return times

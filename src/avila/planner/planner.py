"""The planner: statement in, plan out, kept for the next time the same statement comes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from avila.planner.classify import classify
from avila.planner.dialect import parse
from avila.planner.plan import Kind, Statement
from avila.planner.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Hashable

    from avila.planner.plan import Context, Plan

CACHE_PLANS_MAX = 2_048
CACHE_TEXT_CHARACTERS_MAX = 65_536


def statements(text: str) -> list[Statement]:
    """Return the statements of a text; SyntaxError when it is not SQL."""
    return [Statement(text, tree) for tree in parse(text)]


def plan(statement: Statement, context: Context) -> Plan:
    """Check and rewrite one statement."""
    made = classify(statement)
    if made.kind is Kind.COMMAND:
        # Names in commands are settings, schemas and the like; what PREPARE keeps is planned by itself.
        return made
    for rule in RULES:
        made = rule(made, context)
    return made


class PlanCache:
    """The plans of texts that hold one statement, by text and by all that planning depended on; the oldest go first."""

    def __init__(self) -> None:
        self._plans: OrderedDict[tuple[str, Hashable], Plan] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, text: str, state: Hashable) -> Plan | None:
        """Return the plan of a text, when it was planned in the same state."""
        return self._plans.get((text, state))

    def put(self, text: str, state: Hashable, made: Plan) -> None:
        """Keep a plan."""
        if len(text) > CACHE_TEXT_CHARACTERS_MAX:
            return
        with self._lock:
            self._plans[(text, state)] = made
            while len(self._plans) > CACHE_PLANS_MAX:
                self._plans.popitem(last=False)

    def __len__(self) -> int:
        return len(self._plans)

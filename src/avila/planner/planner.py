"""The planner: statement in, plan out, kept for the next time the same statement comes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from avila.planner.classify import classify
from avila.planner.dialect import parse
from avila.planner.plan import Kind, Statement
from avila.planner.records import named, with_objects
from avila.planner.rules.aliases import aliases
from avila.planner.rules.bind_functions import bind_functions
from avila.planner.rules.bind_tables import bind_tables
from avila.planner.rules.dynamic_sql import dynamic_sql
from avila.planner.rules.extension_calls import extension_calls
from avila.planner.rules.file_paths import file_paths
from avila.planner.rules.file_tables import file_tables
from avila.planner.rules.govern import govern
from avila.planner.rules.hidden_keys import hidden_keys
from avila.planner.rules.lift_functions import lift_functions
from avila.planner.rules.listings import listings
from avila.planner.rules.macros import macros
from avila.planner.rules.route import route
from avila.planner.rules.session_values import session_values
from avila.planner.rules.sources import sources
from avila.planner.rules.system_views import system_views
from avila.planner.rules.user_macros import user_macros

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from avila.planner.plan import Context, Plan

    Rule = Callable[[Plan, Context], Plan]

RULES: tuple[Rule, ...] = (
    dynamic_sql,
    user_macros,
    session_values,
    aliases,
    macros,
    extension_calls,
    file_tables,
    system_views,
    hidden_keys,
    bind_functions,
    bind_tables,
    govern,
    file_paths,
    sources,
    lift_functions,
    route,
    listings,
)
"""The rules in the order in which they run: what a name means first, then who may and what is seen, then how."""

CACHE_PLANS_MAX = 2_048
CACHE_TEXT_CHARACTERS_MAX = 65_536


def statements(text: str) -> list[Statement]:
    """Return the statements of a text; SyntaxError when it is not SQL."""
    return [Statement(text, tree) for tree in parse(text)]


def plan(statement: Statement, context: Context) -> Plan:
    """Check and rewrite one statement."""
    made = named(classify(statement))
    if made.kind is Kind.COMMAND:
        # Names in commands are settings, schemas and the like; what PREPARE keeps is planned by itself.
        return made
    for rule in RULES:
        made = rule(made, context)
    return with_objects(made, context)


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

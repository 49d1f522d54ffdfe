"""The planner's rules, in the order in which they run: what a name means first, then who may, then how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.rules.aliases import aliases
from avila.planner.rules.bind_functions import bind_functions
from avila.planner.rules.bind_tables import bind_tables
from avila.planner.rules.dynamic_sql import dynamic_sql
from avila.planner.rules.extension_calls import extension_calls
from avila.planner.rules.file_paths import file_paths
from avila.planner.rules.file_tables import file_tables
from avila.planner.rules.lift_functions import lift_functions
from avila.planner.rules.macros import macros
from avila.planner.rules.route import route
from avila.planner.rules.sources import sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from avila.planner.plan import Context, Plan

    Rule = Callable[[Plan, Context], Plan]

RULES: tuple[Rule, ...] = (
    dynamic_sql,
    aliases,
    macros,
    extension_calls,
    file_tables,
    bind_functions,
    bind_tables,
    file_paths,
    sources,
    lift_functions,
    route,
)

"""A case: a world, and statements that its roles run one after the other."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING

import psycopg

import avila
from security import generated_queries, generated_worlds
from security.choices import Chooser
from security.generated_worlds import TESTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from security.statements import Statement
    from security.world import World


class Case:
    """A world, and who tries what in it."""

    def __init__(self, world: World, attempts: tuple[tuple[str, Statement], ...]) -> None:
        self.world, self.attempts = world, attempts

    def __repr__(self) -> str:
        """Show the case as the SQL that repeats it."""
        lines = [f"{sql};" for sql in self.world.setup()]
        lines += [f"SET ROLE {role}; {statement.sql()}; RESET ROLE;" for role, statement in self.attempts]
        return "\n".join(lines)


def reduced(case: Case, wrong: Callable[[Case], bool]) -> Case:
    """Return a smaller case that is still wrong: what can be left out is left out, many things at once at first.

    A candidate that is not even a case, because something it needs was left out, is passed over.
    """

    def still(candidate: Case) -> bool:
        try:
            return wrong(candidate)
        except (KeyError, psycopg.Error, avila.Error):
            return False

    case = Case(case.world, case.attempts[-1:]) if still(Case(case.world, case.attempts[-1:])) else case
    size = len(_things(case))
    while size:
        things = _things(case)
        for start in range(0, len(things), size):
            candidate = _without(case, things[start : start + size])
            if still(candidate):
                case = candidate
                break
        else:
            size //= 2
    return case


Thing = tuple[str, str, object]
"""What can be left out: of which part of the case, of which relation, and which one."""


def _things(case: Case) -> list[Thing]:
    world = case.world
    found: list[Thing] = [("attempt", "", attempt) for attempt in case.attempts]
    found += [("view", name, None) for name in reversed(world.views) if not _used(case, name)]
    found += [("table", name, None) for name in world.tables if not _used(case, name)]
    found += [("grant", grant.relation, grant) for grant in world.grants]
    for name, table in world.tables.items():
        found += [("mask", name, column) for column in table.masks]
        found += [("policy", name, policy) for policy in table.policies]
        found += [("row", name, row) for row in table.rows]
    return found


def _used(case: Case, name: str) -> bool:
    """Whether more than the one statement that makes a relation names it."""
    return len(re.findall(rf"\b{name} (AS|SET|WHERE|RETURNING)\b|(INTO|FROM) {name}\b", repr(case))) > 1


def _without(case: Case, things: list[Thing]) -> Case:
    world = deepcopy(case.world)
    gone = [thing for kind, _, thing in things if kind == "attempt"]
    for kind, name, thing in things:
        match kind:
            case "view":
                del world.views[name]
            case "table":
                del world.tables[name]
            case "grant":
                world.grants.remove(thing)  # type: ignore[arg-type]
            case "mask" if name in world.tables:
                del world.tables[name].masks[str(thing)]
            case "policy" if name in world.tables:
                world.tables[name].policies.remove(thing)  # type: ignore[arg-type]
            case "row" if name in world.tables:
                world.tables[name].rows.remove(thing)  # type: ignore[arg-type]
    world.grants = [g for g in world.grants if g.relation in world.tables or g.relation in world.views]
    return Case(world, tuple(attempt for attempt in case.attempts if attempt not in gone))


def case(seed: int, statements: int, *, masked: bool = False) -> Case:
    """Make a case of so many statements, with masks or without."""
    choose = Chooser(seed)
    world = generated_worlds.world(choose, generated_queries.view_query, masked=masked)
    attempts = tuple(
        (choose.pick(TESTED) if choose.chance(40) else TESTED[0], generated_queries.statement(choose, world))
        for _ in range(statements)
    )
    return Case(world, attempts)

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
    from collections.abc import Callable, Iterator

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
    """Return a smaller case that is still wrong: what can be left out is left out, one thing at a time.

    A candidate that is not even a case, because something it needs was left out, is passed over.
    """
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(case):
            try:
                still = wrong(candidate)
            except (KeyError, psycopg.Error, avila.Error):
                continue  # what was left out is needed by what is left
            if still:
                case, smaller = candidate, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    last = len(case.attempts) - 1
    for place in range(last + 1):
        yield Case(case.world, case.attempts[:place] + case.attempts[place + 1 :])
    for part in ("views", "tables"):
        for name in getattr(case.world, part):
            used = len(re.findall(rf"\b{name} (AS|SET|WHERE|RETURNING)\b|(INTO|FROM) {name}\b", repr(case)))
            if used > 1:  # the one statement that made it
                continue
            world = deepcopy(case.world)
            del getattr(world, part)[name]
            world.grants = [grant for grant in world.grants if grant.relation != name]
            yield Case(world, case.attempts)
    for place in range(len(case.world.grants)):
        world = deepcopy(case.world)
        del world.grants[place]
        yield Case(world, case.attempts)
    for name, table in case.world.tables.items():
        for column in table.masks:
            world = deepcopy(case.world)
            del world.tables[name].masks[column]
            yield Case(world, case.attempts)
        for part in ("policies", "rows"):
            for place in range(len(getattr(table, part))):
                world = deepcopy(case.world)
                del getattr(world.tables[name], part)[place]
                yield Case(world, case.attempts)


def case(seed: int, statements: int, *, masked: bool = False) -> Case:
    """Make a case of so many statements, with masks or without."""
    choose = Chooser(seed)
    world = generated_worlds.world(choose, generated_queries.view_query, masked=masked)
    attempts = tuple(
        (choose.pick(TESTED) if choose.chance(40) else TESTED[0], generated_queries.statement(choose, world))
        for _ in range(statements)
    )
    return Case(world, attempts)

"""Random worlds on Avila: the rows and refusals of the reference and of PostgreSQL, and no hidden value anywhere.

Three searches, each of which sees what the others cannot:

* statements of the algebra, against the reference interpreter (and, through ``test_reference``, PostgreSQL);
* other statements of PostgreSQL's, against PostgreSQL itself;
* the kernel's own ways to look, in twin worlds that differ in nothing but what the role must not see: whatever it
  does, it must see the same in both.

Each also searches everything the role gets — rows, errors and their causes, logs, what its functions are called with —
for the secrets of hidden cells.
"""

from __future__ import annotations

import os
from copy import deepcopy
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from security.cases import Case, case, reduced
from security.choices import Chooser
from security.generated_queries import view_query
from security.generated_worlds import TESTED, secret, secrets_hidden_from, twin, world
from security.hunting import on_reference
from security.on_avila import Governed, Seen, agree, leaks, outcome_verdict
from security.reference import Reference
from security.statements import Delete, Insert, Update
from security.trials import COMMON, OWN, trial

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from security.postgres import Postgres
    from security.statements import Statement
    from security.world import World

pytestmark = pytest.mark.timeout(3600)  # the long mode opens a thousand databases
BLOCKS = range(4)
WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE")
SEED = int(os.environ.get("AVILA_HUNT_SEED", "0"))


def seeds(block: int, worlds: int) -> range:
    """Return the seeds of a block of this many worlds."""
    return range(SEED + block, SEED + len(BLOCKS) * worlds, len(BLOCKS))


def statements(long_mode: bool) -> int:
    """Return how many statements are tried in a world: about 1,200 in all, or 21,000."""
    return 40 if long_mode else 15


@pytest.mark.parametrize("masked", [False, True], ids=["plain", "masked"])
@pytest.mark.parametrize("block", BLOCKS)
def test_the_algebra(block: int, masked: bool, long_mode: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in seeds(block, 35 if long_mode else 5):
        _algebra(
            case(seed, 15, masked=masked), lambda made: Governed(made.world, monkeypatch), f"seed {seed}"
        )


def test_the_algebra_in_the_lake(long_mode: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The lake has neither keys nor RETURNING; it is the same otherwise."""
    directories = count()
    for seed in range(SEED, SEED + (10 if long_mode else 2)):
        made = case(seed, statements(long_mode), masked=seed % 2 == 1)
        for table in made.world.tables.values():
            table.key = None
        attempts = tuple((role, _quiet(statement)) for role, statement in made.attempts)
        _algebra(
            Case(made.world, attempts),
            lambda made: Governed(made.world, monkeypatch, tmp_path / f"db{next(directories)}"),
            f"seed {seed}",
        )


def _algebra(made: Case, opened: Callable[[Case], Governed], title: str) -> None:
    """Run a case, and fail with the smallest one that differs from the reference."""

    def wrong(made: Case) -> list[str]:
        state = deepcopy(made.world)
        found = []
        with opened(made) as governed:
            for (role, statement), wanted in zip(
                made.attempts, on_reference(state, made.attempts), strict=True
            ):
                seen = governed.attempt(role, statement, statement.sql())
                told = leaks(wanted.hidden, seen.text + seen.watched)
                permitted = wanted.tempting and "failed" in {wanted.verdict.kind, seen.verdict.kind}
                if told or (seen.verdict != wanted.verdict and not permitted):
                    found.append(_report(role, statement.sql(), str(wanted.verdict), seen, told))
                    break
                if wanted.verdict.kind != seen.verdict.kind:
                    return []  # permitted, but the ways part here
            if not found:
                found += _different_tables(governed, {name: _contents(state, name) for name in state.tables})
        return found

    if wrong(made):
        smaller = reduced(made, lambda candidate: bool(wrong(candidate)))
        raise AssertionError("\n".join([title, repr(smaller), *wrong(smaller)]))


def _quiet(statement: Statement) -> Statement:
    return replace(statement, returning=()) if isinstance(statement, Insert | Update | Delete) else statement


@pytest.mark.parametrize("block", BLOCKS)
def test_what_postgres_does(
    block: int, long_mode: bool, monkeypatch: pytest.MonkeyPatch, postgres_session: Postgres
) -> None:
    def wrong(made: Case) -> list[str]:
        found = []
        tables = list(made.world.tables)
        with Governed(made.world, monkeypatch) as governed, postgres_session.undone():
            postgres_session.must(";\n".join(made.world.setup()))
            for role, statement in made.attempts:
                writes = statement.sql().startswith(WRITES)
                postgres_session.must("SAVEPOINT before")
                postgres_session.must(f"SET ROLE {role}")
                outcome = postgres_session.attempt(statement.sql(), keep=writes)
                postgres_session.must("RESET ROLE")
                seen = governed.attempt(role, statement, statement.sql(), keep=writes)
                told = leaks(secrets_hidden_from(made.world, role), seen.text + seen.watched)
                if told or not agree(seen, outcome, tempting=_tempting(made.world, role)):
                    found.append(_report(role, statement.sql(), str(outcome_verdict(outcome)), seen, told))
                elif writes and seen.verdict.kind == outcome_verdict(outcome).kind:
                    found += _different_tables(
                        governed, {name: postgres_session.rows(name) for name in tables}
                    )
                postgres_session.must("ROLLBACK TO SAVEPOINT before")
                governed.restore(made.world)
        return found

    _hunt(seeds(block, 30 if long_mode else 5), COMMON, statements(long_mode), wrong)


@pytest.mark.parametrize("block", BLOCKS)
def test_twins(block: int, long_mode: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(made: Case) -> list[str]:
        if not made.attempts:
            return []
        found = []
        role = made.attempts[0][0]
        other = twin(made.world, role)
        hidden = secrets_hidden_from(made.world, role) | secrets_hidden_from(other, role)
        with Governed(made.world, monkeypatch) as one, Governed(other, monkeypatch) as two:
            for _, statement in made.attempts:
                writes = statement.sql().startswith(WRITES)
                seen, again = (g.attempt(role, None, statement.sql(), keep=writes) for g in (one, two))
                told = leaks(hidden, seen.text + seen.watched + again.text + again.watched)
                if told or not seen.same(again):
                    found.append(_report(role, statement.sql(), f"{again.verdict}\n{again.text}", seen, told))
                if writes:
                    found += _touched(one, made.world, role, statement.sql())
                    one.restore(made.world)
                    two.restore(other)
        return found

    _hunt(seeds(block, 30 if long_mode else 5), OWN, statements(long_mode), wrong, masked=True)


def _hunt(
    hunted: range, templates: tuple[str, ...], number: int, wrong: object, *, masked: bool = False
) -> None:
    assert callable(wrong)
    for seed in hunted:
        choose = Chooser(seed)
        made_world = world(choose, view_query, masked=masked and choose.chance(50))
        if templates is OWN:
            made_world.roles["bob"].member_of = []  # who is no owner, by no way, may change no policy
        role = choose.pick((*TESTED, TESTED[0]))
        attempts = tuple((role, trial(choose, made_world, templates)) for _ in range(number))
        made = Case(made_world, attempts)
        if wrong(made):
            smaller = reduced(made, lambda candidate: bool(wrong(candidate)))
            raise AssertionError("\n".join([f"seed {seed}", repr(smaller), *wrong(smaller)]))


def _different_tables(governed: Governed, wanted: Mapping[str, list[tuple[Any, ...]]]) -> list[str]:
    return [
        f"{name} holds {rows}, and should hold {wanted[name]}"
        for name in wanted
        if (rows := governed.rows(name)) != wanted[name]
    ]


def _touched(governed: Governed, made: World, role: str, sql: str) -> list[str]:
    """Return the rows that are gone or others now, though the role could neither change nor remove them."""
    eyes = Reference(made, role)
    found = []
    for table in made.tables.values():
        left = governed.rows(table.name)
        for row in table.rows:
            touchable = any(eyes.passes(table, row, command) for command in ("UPDATE", "DELETE"))
            if not touchable and tuple(row.values()) not in left:
                found.append(f"{role}: {sql}\n  touched {row} of {table.name}")
    return found


def _contents(made: World, name: str) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.values()) for row in made.tables[name].rows), key=repr)


def _tempting(made: World, role: str) -> bool:
    """Whether the role may see a secret at all: then an expression may fail for it."""
    planted = {
        value
        for table in made.tables.values()
        for row in table.rows
        for value in row.values()
        if secret(value)
    }
    return (
        bool(planted - secrets_hidden_from(made, role)) or Reference(made, role).world.roles[role].bypassrls
    )


def _report(role: str, sql: str, wanted: str, seen: Seen, told: list[str]) -> str:
    lines = [f"{role}: {sql}", f"  expected {wanted}", f"  found    {seen.verdict}", f"  {seen.text[:1500]}"]
    return "\n".join([*lines, *(f"  LEAK of {value}" for value in told)])

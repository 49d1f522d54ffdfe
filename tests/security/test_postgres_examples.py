"""PostgreSQL's documented examples of roles, rights and policies: the same statements, and each does the same.

The scenarios are in ``examples``. A line ``-- as role`` goes on in a session of that role; everything else is run as it
stands, on Avila and on PostgreSQL, and rows, row counts and SQLSTATEs are compared.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import avila
from security.postgres import SUPERUSER, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from security.postgres import Postgres

EXAMPLES = Path(__file__).parent / "examples"
COUNTED = ("insert", "update", "delete", "merge")


class Step(NamedTuple):
    """A statement of a scenario, and whose session it is run in."""

    line: int
    role: str
    sql: str


def steps(path: Path) -> Iterator[Step]:
    """Yield the steps of a scenario."""
    role, statement, first = SUPERUSER, "", 0
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if heading := re.fullmatch(r"-- as (\w+)", line):
            role = heading[1]
        elif line.strip() and not line.startswith("--"):
            first = first if statement else number
            statement += f"{line}\n"
            if line.endswith(";"):
                yield Step(first, role, statement.strip().removesuffix(";"))
                statement = ""
    assert not statement, f"{path.name}: the last statement has no end"


def on_postgres(postgres: Postgres, path: Path) -> Iterator[tuple[Step, Outcome]]:
    """Run a scenario on PostgreSQL."""
    role = SUPERUSER
    for step in steps(path):
        if step.role != role:
            role = step.role
            postgres.must(f"RESET SESSION AUTHORIZATION; SET SESSION AUTHORIZATION {role}")
        yield step, postgres.attempt(step.sql)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.sql")), ids=lambda path: path.stem)
def test_example(path: Path, postgres: Postgres, memory: avila.Database) -> None:
    sessions: dict[str, avila.Session] = {SUPERUSER: memory}
    wrong = []
    for step, expected in on_postgres(postgres, path):
        if step.role not in sessions:
            sessions[step.role] = memory.session(role=step.role)
        found = on_avila(sessions[step.role], step.sql)
        if _compared(step, found) != _compared(step, expected):
            told = f"{path.name}:{step.line}: {step.role}: {step.sql}"
            wrong += [told, f"  {_told(expected)}", f"  {_told(found)}"]
    if wrong:
        pytest.fail("\n".join(["each with PostgreSQL's answer, then Avila's:", *wrong]), pytrace=False)


def on_avila(session: avila.Session, sql: str) -> Outcome:
    """Run a statement on Avila."""
    try:
        result = session.execute(sql)
        rows = result.fetchall() if result.columns else None
    except avila.Error as error:
        return Outcome(sqlstate=error.sqlstate, message=str(error))
    return Outcome(rows=rows, count=result.rowcount)


def _compared(step: Step, outcome: Outcome) -> object:
    if outcome.sqlstate is not None:
        return outcome.sqlstate
    if outcome.rows is not None:
        return outcome.rows if "order by" in step.sql.lower() else sorted(outcome.rows, key=repr)
    return outcome.count if step.sql.lower().startswith(COUNTED) else None


def _told(outcome: Outcome) -> str:
    if outcome.sqlstate is not None:
        return f"{outcome.sqlstate} {outcome.message.splitlines()[0]}"
    return f"{outcome.count} rows" if outcome.rows is None else repr(outcome.rows)

"""Runs a case in each of the three ways, and says where they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from security.expressions import Raised
from security.generated_worlds import secret, secrets_hidden_from
from security.queries import Ordered, Scan, Select, evaluate, sources, walk
from security.reference import Reference, Refused, queries_of
from security.statements import Delete, Insert, Update

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from security.cases import Case
    from security.expressions import Value
    from security.postgres import Outcome, Postgres
    from security.statements import Statement
    from security.world import World

REFUSED = "42501"
FAILED = "22"
INTERNAL = "XX000"


@dataclass(frozen=True)
class Verdict:
    """What became of a statement: ``rows``, ``changed``, ``refused``, ``failed`` or ``error``, and with what."""

    kind: str
    value: object = None
    text: str = field(default="", compare=False)


@dataclass(frozen=True)
class Expected:
    """What the reference says: the verdict, the secrets the role must not see, and whether it may see any at all.

    A statement that reads a secret it may see can fail for it or not, as the engine pleases to evaluate. ``unread`` is
    what a refused statement would have answered, had nobody asked for the right.
    """

    verdict: Verdict
    hidden: frozenset[Value]
    tempting: bool
    unread: Verdict | None = None


def answered(statement: object, rows: Iterable[Sequence[Any]] | None, count: int | None) -> Verdict:
    """Return the verdict of a statement that worked; rows count in order only where the statement sorts."""
    if rows is None:
        return Verdict("changed", count)
    plain = [tuple(_plain(value) for value in row) for row in rows]
    return Verdict("rows", plain if isinstance(statement, Ordered) else sorted(plain, key=repr))


def failed(sqlstate: str, text: str) -> Verdict:
    """Return the verdict of an error."""
    if sqlstate == REFUSED:
        return Verdict("refused", text=text)
    if sqlstate.startswith(FAILED):
        return Verdict("failed", text=text)
    return Verdict("error", sqlstate, text=text)


def on_reference(world: World, attempts: Iterable[tuple[str, Statement]]) -> Iterator[Expected]:
    """Run the statements on a world, which they change, and yield what must become of each."""
    for role, statement in attempts:
        reference = Reference(world, role)
        hidden = frozenset(secrets_hidden_from(world, role))
        tempting = any(map(secret, _read(reference, statement)))
        try:
            answer = reference.run(statement)
            verdict = answered(statement, answer.rows, answer.count)
        except Refused as refusal:
            verdict = Verdict("refused", text=str(refusal))
        except Raised as failure:
            verdict = Verdict("failed", text=str(failure))
        yield Expected(verdict, hidden, tempting, _unread(reference, statement, verdict))


def on_postgres(postgres: Postgres, case: Case) -> list[Verdict]:
    """Run a case on PostgreSQL, and undo it."""
    found = []
    with postgres.undone():
        postgres.must(";\n".join(case.world.setup()))
        for role, statement in case.attempts:
            postgres.must(f"SET ROLE {role}")
            found.append(_verdict(statement, postgres.attempt(statement.sql())))
            postgres.must("RESET ROLE")
    return found


def differences(
    case: Case, expected: Sequence[Expected], found: Sequence[Verdict], *, unread: bool = False
) -> list[str]:
    """Return what was found that was not to be expected, up to where a permitted difference parts the ways.

    ``unread`` permits what PostgreSQL does beside its own rules: it does not ask for the rights to a subquery that its
    planner dropped because a policy that nobody passes stands beside it, and it fails on policies without columns.
    """
    wrong = []
    for (role, statement), wanted, verdict in zip(case.attempts, expected, found, strict=False):
        if wanted.verdict == verdict:
            continue
        if (
            unread
            and wanted.verdict.kind == "refused"
            and not verdict.value
            and verdict.kind in {"rows", "changed"}
        ):
            continue
        if wanted.tempting and "failed" in {wanted.verdict.kind, verdict.kind}:
            if not isinstance(statement, Select | Ordered):
                break
            continue
        wrong.append(f"{role}: {statement.sql()}\n  expected {wanted.verdict}\n  found    {verdict}")
    return wrong


def _unread(reference: Reference, statement: Statement, verdict: Verdict) -> Verdict | None:
    if verdict.kind != "refused":
        return None
    if isinstance(statement, Insert | Update | Delete):
        return answered(statement, [] if statement.returning else None, 0)
    try:
        return answered(statement, evaluate(statement, reference.env({}), reference), None)
    except Raised:
        return None


def _verdict(statement: Statement, outcome: Outcome) -> Verdict:
    if outcome.sqlstate is not None:
        return failed(outcome.sqlstate, outcome.message)
    return answered(statement, outcome.rows, outcome.count)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) else value


def _read(eyes: Reference, statement: Statement) -> Iterator[Value]:
    """Yield every value that a statement can come across, with the rights it has."""
    for query in queries_of(statement):
        for part in walk(query):
            if isinstance(part, Select):
                for source in sources(part):
                    if isinstance(source, Scan):
                        yield from _scanned(eyes, source.name)
    table = getattr(statement, "table", None)
    if table is not None:
        yield from _scanned(eyes, table)


def _scanned(eyes: Any, name: str) -> Iterator[Value]:
    view = eyes.world.views.get(name)
    if view is not None:
        for part in walk(view.query):
            if isinstance(part, Select):
                for source in sources(part):
                    assert isinstance(source, Scan)
                    yield from _scanned(eyes.through(name), source.name)
    elif name in eyes.world.tables:
        for row in eyes.scan(name, eyes.env({})):
            yield from row.values()

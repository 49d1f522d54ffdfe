"""REPORT, EXPORT and ERASE SUBJECT: what the database knows about a person, and the end of it.

The rows are read and deleted as they are, whatever policies and masks say: a person has a right to all of it. So only
superusers may, and each time is an event of the audit log, in which the person is a keyed digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from avila import errors
from avila.commands import objects
from avila.commands.encryption_keys import fold, outside
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner.arguments import argument
from avila.planner.dialect import generate
from avila.planner.parameters import ordinals
from avila.planner.plan import Kind, Plan
from avila.security.columns.persons import personal_columns, subject_columns
from avila.security.columns.rewriting import reveal

if TYPE_CHECKING:
    from avila.catalog.names import Object
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer

_TABLE = ("table_name", "VARCHAR", pa.string())
_REPORT = [
    _TABLE,
    ("columns", "VARCHAR", pa.string()),
    ("row_count", "BIGINT", pa.int64()),
    ("encrypted", "VARCHAR", pa.string()),
]
_EXPORT = [_TABLE, ("row", "JSON", pa.string())]
_ERASE = [_TABLE, ("done", "VARCHAR", pa.string()), ("row_count", "BIGINT", pa.int64())]


def run(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:
    """Carry out the statement."""
    tree = plan.tree
    kind = tree.args["kind"]
    executor.require_superuser(f"{kind.lower()} what is known about a person")
    person = argument(tree.this, plan.statement, ordinals(tree)).resolve(parameters)
    if person is None or isinstance(person, list):
        raise errors.InvalidParameterValue(
            "a person is one text or number", hint="Give what the subject's column holds."
        )
    subject = _Subject(executor, plan, str(person))
    places = _places(executor, tree)
    if kind == "REPORT":
        answer, counts = _report(subject, places)
    elif kind == "EXPORT":
        answer, counts = _export(subject, places)
    else:
        outside(executor, "ERASE SUBJECT")
        answer, counts = _erase(subject, places, delete=bool(tree.args.get("delete")))
    digest = executor.instance.column_keys.subjects.digest(subject.person).hex()
    executor.recorder.privacy(kind.lower(), {"subject": digest, "rows": counts})
    return answer


@dataclass(frozen=True)
class _Place:
    """A table with columns that name persons."""

    target: Object
    columns: list[str]

    @property
    def title(self) -> str:
        return ".".join((self.target.catalog, self.target.schema, self.target.name))

    @property
    def sql(self) -> str:
        return ".".join(map(_quoted, (self.target.catalog, self.target.schema, self.target.name)))


@dataclass(frozen=True)
class _Subject:
    """A person whose rows are looked for, and who looks."""

    executor: Executor
    plan: Plan
    person: str

    def rows(self, place: _Place, sql: str, kind: Kind = Kind.QUERY) -> Answer:
        """Run a statement on the rows of a table that are about the person; WHERE is added."""
        # Their texts are compared: a person is asked about by the same name in tables of several types.
        named = (f"CAST({self.readable(place, column)} AS VARCHAR) = $1" for column in place.columns)
        writes = frozenset({place.target.catalog}) if kind is Kind.WRITE else frozenset()
        plan = Plan(
            self.plan.statement,
            self.plan.tree,
            kind,
            returns_rows=kind is Kind.QUERY,
            writes=writes,
            sql=f"{sql} WHERE {' OR '.join(named)}",
        )
        return self.executor.run(plan, [self.person])

    def count(self, place: _Place) -> int:
        """Return how many rows of a table are about the person."""
        return int(self.rows(place, f"SELECT count(*) FROM {place.sql}").fetchall()[0][0])

    def readable(self, place: _Place, column: str) -> str:
        """Return a column as SQL, decrypted."""
        how = self.executor.described().encryption.of(place.target).get(column)
        plain = exp.column(exp.to_identifier(column, quoted=True))
        return generate(plain if how is None else reveal(plain, how))

    def personal(self, place: _Place) -> list[str]:
        """Return the columns whose values are under the person's key."""
        return personal_columns(self.executor.described(), place.target, place.columns)


_Done = tuple["Answer", dict[str, int]]
"""What a statement answers, and how many rows of each table it was about."""


def _report(subject: _Subject, places: list[_Place]) -> _Done:
    """Say where the person is."""
    counts = {place.title: subject.count(place) for place in places}
    rows = [
        [place.title, ", ".join(place.columns), counts[place.title], ", ".join(subject.personal(place))]
        for place in places
        if counts[place.title]
    ]
    return ArrowAnswer.of(_REPORT, rows), counts


def _export(subject: _Subject, places: list[_Place]) -> _Done:
    """Give every row about the person, decrypted."""
    rows, counts = [], {}
    for place in places:
        columns = objects.columns(subject.executor, place.target)
        pairs = ", ".join(f"{_string(column)}, {subject.readable(place, column)}" for column in columns)
        found = subject.rows(place, f"SELECT json_object({pairs}) FROM {place.sql}").fetchall()
        counts[place.title] = len(found)
        rows += [[place.title, row] for (row,) in found]
    return ArrowAnswer.of(_EXPORT, rows), counts


def _erase(subject: _Subject, places: list[_Place], *, delete: bool) -> _Done:
    """Drop the person's keys, which makes every value under them unreadable wherever it is; delete other rows."""
    executor, rows, counts = subject.executor, [], {}
    for place in places:
        if subject.personal(place):
            done, number = "shredded", subject.count(place)
        elif delete:
            answer = subject.rows(place, f"DELETE FROM {place.sql}", Kind.WRITE)
            done, number = "deleted", answer.rowcount
        else:
            done, number = "kept", subject.count(place)
        counts[place.title] = number
        rows += [[place.title, done, number]] * bool(number)
    native = executor.instance.native
    native.gate.enter(executor.setting("lock_timeout"))
    try:
        executor.instance.column_keys.subjects.erase(subject.person)
    finally:
        native.gate.leave()
    fold(executor, "the person")
    return ArrowAnswer.of(_ERASE, rows), counts


def _places(executor: Executor, tree: exp.Expr) -> list[_Place]:
    """Return the tables where persons are named: those that the statement says, or all that the catalog knows."""
    if tree.expressions:
        given: dict[Object, list[str]] = {}
        for node in tree.expressions:
            target = objects.table(executor, node.this)
            columns = [objects.column(executor, target, column) for column in node.expressions]
            given.setdefault(target, []).extend(columns)
        return [_Place(target, columns) for target, columns in given.items()]
    relations = executor.context().relations
    found = [
        _Place(target, columns)
        for target, columns in subject_columns(executor.described()).items()
        if (relation := relations.get(target[1:])) is not None and relation.kind == "table"
    ]
    if not found:
        raise errors.UndefinedObject(
            "no column is known to name persons",
            hint="ALTER TABLE … ALTER COLUMN … SET TAG subject = '…' says which does, or name it: ON table (column).",
        )
    return found


def _quoted(name: str) -> str:
    return generate(exp.to_identifier(name, quoted=True))


def _string(text: str) -> str:
    return generate(exp.Literal.string(text))

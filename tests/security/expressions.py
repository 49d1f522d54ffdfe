"""Expressions that can be written as SQL and evaluated in Python, with SQL's three-valued logic.

They are the common ground of Avila, PostgreSQL and the reference interpreter: what they mean is the same in all three,
so a difference between the answers is a difference between the rights.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from security.queries import Query

Value = int | str | bool | date | None
INT_MAX = 2**31 - 1


class Raised(Exception):
    """The expression fails for a value, as a cast of a word to a number does; SQLSTATE class 22."""


class Env(NamedTuple):
    """What an expression sees: rows by alias, the rows of its group, the current role, and how subqueries are run."""

    rows: Mapping[str, Mapping[str, Value]]
    role: str
    run: Callable[[Query, Env], list[tuple[Value, ...]]]
    group: tuple[Env, ...] | None = None
    window: tuple[Env, ...] = ()

    def having(self, rows: Mapping[str, Mapping[str, Value]]) -> Env:
        """Return the scope in which more rows are seen."""
        return self._replace(rows={**self.rows, **rows})


@dataclass(frozen=True)
class Literal:
    """A constant; NULL needs a type, which PostgreSQL wants to know."""

    value: Value
    type: str = "TEXT"

    def sql(self) -> str:
        """Return the SQL of it."""
        match self.value:
            case None:
                return f"CAST(NULL AS {self.type})"
            case bool():
                return str(self.value).upper()
            case date():
                return f"DATE '{self.value.isoformat()}'"
            case str():
                return "'" + self.value.replace("'", "''") + "'"
            case _:
                return str(self.value)

    def value_in(self, env: Env) -> Value:
        """Return its value."""
        return self.value


@dataclass(frozen=True)
class Column:
    """A column of a table in scope. ``bare`` leaves the table out of the SQL."""

    alias: str
    name: str
    bare: bool = False

    def sql(self) -> str:
        """Return the SQL of it."""
        return self.name if self.bare else f"{self.alias}.{self.name}"

    def value_in(self, env: Env) -> Value:
        """Return its value."""
        return env.rows[self.alias][self.name]


@dataclass(frozen=True)
class CurrentUser:
    """The name of the role that runs the statement, also inside a view of somebody else."""

    def sql(self) -> str:
        """Return the SQL of it."""
        return "CAST(current_user AS TEXT)"

    def value_in(self, env: Env) -> Value:
        """Return its value."""
        return env.role


@dataclass(frozen=True)
class Call:
    """An operator or function of OPERATIONS."""

    name: str
    arguments: tuple[Expression, ...]

    def sql(self) -> str:
        """Return the SQL of it."""
        operation = OPERATIONS[self.name]
        return operation.template.format(*(argument.sql() for argument in self.arguments))

    def value_in(self, env: Env) -> Value:
        """Return its value."""
        operation = OPERATIONS[self.name]
        values = [argument.value_in(env) for argument in self.arguments]
        if operation.strict and None in values:
            return None
        return operation.apply(*values)


@dataclass(frozen=True)
class Case:
    """One condition with what holds then and else; the branch not taken is not evaluated."""

    condition: Expression
    then: Expression
    otherwise: Expression

    def sql(self) -> str:
        """Return the SQL of it."""
        return f"CASE WHEN {self.condition.sql()} THEN {self.then.sql()} ELSE {self.otherwise.sql()} END"

    def value_in(self, env: Env) -> Value:
        """Return its value."""
        return (self.then if self.condition.value_in(env) is True else self.otherwise).value_in(env)


@dataclass(frozen=True)
class Aggregate:
    """An aggregate over the group, or over the partition when it has a window."""

    function: str
    argument: Expression | None = None
    partition: tuple[Expression, ...] | None = None
    order: Expression | None = None

    def sql(self) -> str:
        """Return the SQL of it."""
        call = f"{self.function}({'' if self.argument is None else self.argument.sql()})"
        if self.function == "count" and self.argument is None:
            call = "count(*)"
        if self.partition is None:
            return call
        parts = f"PARTITION BY {', '.join(e.sql() for e in self.partition)} " if self.partition else ""
        order = f"ORDER BY {self.order.sql()} NULLS LAST" if self.order is not None else ""
        return f"{call} OVER ({parts}{order})"

    def value_in(self, env: Env) -> Value:
        """Return its value."""
        if self.partition is None:
            return self._fold(env.group or ())
        mine = [expression.value_in(env) for expression in self.partition]
        peers = tuple(
            other
            for other in env.window
            if [expression.value_in(other) for expression in self.partition] == mine
        )
        if self.function == "rank" and self.order is not None:
            place = _nulls_last(self.order.value_in(env))
            return 1 + sum(_nulls_last(self.order.value_in(other)) < place for other in peers)
        return self._fold(peers)

    def _fold(self, group: tuple[Env, ...]) -> Value:
        if self.argument is None:
            return len(group)
        values = [value for env in group if (value := self.argument.value_in(env)) is not None]
        if self.function == "count":
            return len(values)
        return AGGREGATES[self.function](values) if values else None


@dataclass(frozen=True)
class Subquery:
    """A query as a value: ``exists``, ``in`` (with what is looked for), or ``scalar`` for one row of one column."""

    kind: str
    query: Query
    operand: Expression | None = None

    def sql(self) -> str:
        """Return the SQL of it."""
        head = {"exists": "EXISTS ", "scalar": "", "in": f"{self.operand.sql()} IN " if self.operand else ""}[
            self.kind
        ]
        return f"({head}({self.query.sql()}))"

    def value_in(self, env: Env) -> Value:
        """Return its value."""
        rows = env.run(self.query, env)
        if self.kind == "exists":
            return bool(rows)
        if self.kind == "scalar":
            return rows[0][0] if rows else None
        assert self.operand is not None
        sought, values = self.operand.value_in(env), [row[0] for row in rows]
        if not values:
            return False
        if sought is None:
            return None
        return True if sought in values else None if None in values else False


Expression = Literal | Column | CurrentUser | Call | Case | Aggregate | Subquery


class Operation(NamedTuple):
    """How an operation is written and computed. A strict one answers NULL for NULL; ``raises`` ones may fail."""

    template: str
    apply: Callable[..., Value]
    strict: bool = True
    raises: bool = False


def _and(a: bool | None, b: bool | None) -> bool | None:
    return False if False in (a, b) else None if None in (a, b) else True


def _or(a: bool | None, b: bool | None) -> bool | None:
    return True if True in (a, b) else None if None in (a, b) else False


def _between(a: int | None, low: int | None, high: int | None) -> bool | None:
    """Where a value is beyond one bound, it does not matter that the other is unknown."""
    above = None if a is None or low is None else low <= a
    return _and(above, None if a is None or high is None else a <= high)


def _fitting(number: int) -> int:
    if abs(number) > INT_MAX:
        raise Raised(f"{number} is out of range")
    return number


def _number(text: str) -> int:
    if not text.removeprefix("-").isdecimal():
        raise Raised(f"{text!r} is no number")
    return _fitting(int(text))


def _nulls_last(value: Value) -> tuple[bool, Value]:
    return (value is None, 0 if value is None else value)


AGGREGATES: dict[str, Callable[[list[Value]], Value]] = {"sum": sum, "min": min, "max": max}  # type: ignore[dict-item]

OPERATIONS = {
    "=": Operation("({} = {})", lambda a, b: a == b),
    "<>": Operation("({} <> {})", lambda a, b: a != b),
    "<": Operation("({} < {})", lambda a, b: a < b),
    "<=": Operation("({} <= {})", lambda a, b: a <= b),
    ">": Operation("({} > {})", lambda a, b: a > b),
    ">=": Operation("({} >= {})", lambda a, b: a >= b),
    "distinct": Operation("({} IS DISTINCT FROM {})", lambda a, b: a != b, strict=False),
    "between": Operation("({} BETWEEN {} AND {})", _between, strict=False),
    "null": Operation("({} IS NULL)", lambda a: a is None, strict=False),
    "not null": Operation("({} IS NOT NULL)", lambda a: a is not None, strict=False),
    "and": Operation("({} AND {})", _and, strict=False),
    "or": Operation("({} OR {})", _or, strict=False),
    "not": Operation("(NOT {})", lambda a: not a),
    "+": Operation("({} + {})", lambda a, b: _fitting(a + b)),
    "-": Operation("({} - {})", lambda a, b: _fitting(a - b)),
    "*": Operation("({} * {})", lambda a, b: _fitting(a * b), raises=True),
    "length": Operation("length({})", len),
    "year": Operation("CAST(EXTRACT(year FROM {}) AS INTEGER)", lambda d: d.year),
    "||": Operation("({} || {})", lambda a, b: a + b),
    "upper": Operation("upper({})", str.upper),
    "text": Operation("CAST({} AS TEXT)", str),
    "number": Operation("CAST({} AS INTEGER)", _number, raises=True),
    "starts": Operation("({} LIKE {} || '%')", lambda a, b: a.startswith(b)),
    "coalesce": Operation("coalesce({}, {})", lambda a, b: b if a is None else a, strict=False),
}


def parts(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and everything in it, but for what its subqueries hold."""
    yield expression
    match expression:
        case Call():
            inner: tuple[Expression | None, ...] = expression.arguments
        case Case():
            inner = (expression.condition, expression.then, expression.otherwise)
        case Aggregate():
            inner = (expression.argument, *(expression.partition or ()), expression.order)
        case Subquery():
            inner = (expression.operand,)
        case _:
            inner = ()
    for part in inner:
        if part is not None:
            yield from parts(part)

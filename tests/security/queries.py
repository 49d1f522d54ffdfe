"""A small algebra of queries: written as SQL that Avila and PostgreSQL share, and evaluated row by row in Python.

Every alias in a statement is its own, so a column's alias says which table it is of wherever it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from security.expressions import Aggregate, Env, Expression, Subquery, Value, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Row = Mapping[str, Value]
    Rows = Mapping[str, Row]


class Reader(Protocol):
    """Who may read what, and the rows of it: the part that knows about rights."""

    def columns(self, name: str) -> tuple[str, ...]:
        """Return the columns of a table or view."""

    def scan(self, name: str, env: Env) -> list[Row]:
        """Return the rows of a table or view that the reader sees."""


@dataclass(frozen=True)
class Scan:
    """A table, a view or a query of an enclosing WITH."""

    name: str
    alias: str

    def sql(self) -> str:
        """Return the SQL of it."""
        return f"{self.name} AS {self.alias}"


@dataclass(frozen=True)
class Derived:
    """A query in FROM; a lateral one sees what stands before it."""

    query: Query
    alias: str
    lateral: bool = False

    def sql(self) -> str:
        """Return the SQL of it."""
        return f"{'LATERAL ' if self.lateral else ''}({self.query.sql()}) AS {self.alias}"


@dataclass(frozen=True)
class Join:
    """Two sources side by side: ``inner``, ``left`` or ``cross``."""

    kind: str
    left: Source
    right: Source
    on: Expression | None = None

    def sql(self) -> str:
        """Return the SQL of it."""
        on = f" ON {self.on.sql()}" if self.on is not None else ""
        return f"{self.left.sql()} {self.kind.upper()} JOIN {self.right.sql()}{on}"


Source = Scan | Derived | Join


@dataclass(frozen=True)
class Select:
    """SELECT items FROM a source WHERE, GROUP BY, HAVING. ``star`` writes the items, which are then all columns, as *."""

    items: tuple[tuple[str, Expression], ...]
    source: Source
    where: Expression | None = None
    group: tuple[Expression, ...] = ()
    having: Expression | None = None
    distinct: bool = False
    star: bool = False

    def sql(self) -> str:
        """Return the SQL of it."""
        listed = "*" if self.star else ", ".join(f"{item.sql()} AS {name}" for name, item in self.items)
        clauses = [f"SELECT {'DISTINCT ' if self.distinct else ''}{listed} FROM {self.source.sql()}"]
        if self.where is not None:
            clauses.append(f"WHERE {self.where.sql()}")
        if self.group:
            clauses.append(f"GROUP BY {', '.join(key.sql() for key in self.group)}")
        if self.having is not None:
            clauses.append(f"HAVING {self.having.sql()}")
        return " ".join(clauses)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(name for name, _ in self.items)

    @property
    def expressions(self) -> Iterator[Expression]:
        """Every expression that stands in it, those of its joins too."""
        yield from (item for _, item in self.items)
        yield from self.group
        yield from (clause for clause in (self.where, self.having) if clause is not None)
        yield from _conditions(self.source)


@dataclass(frozen=True)
class Compound:
    """Two queries of like columns: UNION, UNION ALL, EXCEPT or INTERSECT."""

    operator: str
    left: Query
    right: Query

    def sql(self) -> str:
        """Return the SQL of it."""
        return f"({self.left.sql()}) {self.operator} ({self.right.sql()})"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.left.names


@dataclass(frozen=True)
class Ordered:
    """A query sorted by all its columns and cut: whatever the engine does, the rows are determined."""

    query: Query
    alias: str
    limit: int | None = None

    def sql(self) -> str:
        """Return the SQL of it."""
        order = ", ".join(f"{place} NULLS LAST" for place in range(1, len(self.names) + 1))
        limit = "" if self.limit is None else f" LIMIT {self.limit}"
        return f"SELECT * FROM ({self.query.sql()}) AS {self.alias} ORDER BY {order}{limit}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.query.names


@dataclass(frozen=True)
class With:
    """A query with a name, and the query that uses it."""

    name: str
    query: Query
    body: Query

    def sql(self) -> str:
        """Return the SQL of it."""
        return f"WITH {self.name} AS ({self.query.sql()}) {self.body.sql()}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.body.names


Query = Select | Compound | Ordered | With


def evaluate(query: Query, env: Env, reader: Reader) -> list[tuple[Value, ...]]:
    """Return the rows of a query."""
    match query:
        case Select():
            return _select(query, env, reader)
        case Compound():
            return _combine(
                query.operator, evaluate(query.left, env, reader), evaluate(query.right, env, reader)
            )
        case Ordered():
            found = sorted(
                evaluate(query.query, env, reader),
                key=lambda row: [(value is None, 0 if value is None else value) for value in row],
            )
            return found if query.limit is None else found[: query.limit]
        case With():
            named = [
                dict(zip(query.query.names, row, strict=True)) for row in evaluate(query.query, env, reader)
            ]
            return evaluate(query.body, env, _Naming(reader, query.name, query.query.names, named))


@dataclass(frozen=True)
class _Naming:
    """A reader that knows one more name."""

    reader: Reader
    name: str
    names: tuple[str, ...]
    rows: list[Row]

    def columns(self, name: str) -> tuple[str, ...]:
        return self.names if name == self.name else self.reader.columns(name)

    def scan(self, name: str, env: Env) -> list[Row]:
        return self.rows if name == self.name else self.reader.scan(name, env)


def _select(query: Select, env: Env, reader: Reader) -> list[tuple[Value, ...]]:
    env = env._replace(run=lambda inner, scope: evaluate(inner, scope, reader))
    found = [env.having(rows) for rows in _rows(query.source, env, reader)]
    if query.where is not None:
        found = [scope for scope in found if query.where.value_in(scope) is True]
    aggregates = [
        part
        for e in query.expressions
        for part in parts(e)
        if isinstance(part, Aggregate) and part.partition is None
    ]
    if query.group:
        keyed = sorted(
            ((repr([k.value_in(s) for k in query.group]), s) for s in found), key=lambda pair: pair[0]
        )
        groups = [
            tuple(scope for _, scope in members) for _, members in groupby(keyed, key=lambda pair: pair[0])
        ]
        found = [group[0]._replace(group=group) for group in groups]
    elif aggregates:
        found = [env._replace(group=tuple(found))]
    if query.having is not None:
        found = [scope for scope in found if query.having.value_in(scope) is True]
    window = tuple(found)
    rows = [tuple(item.value_in(scope._replace(window=window)) for _, item in query.items) for scope in found]
    return list(dict.fromkeys(rows)) if query.distinct else rows


def _rows(source: Source, env: Env, reader: Reader) -> Iterator[Rows]:
    match source:
        case Scan():
            for row in reader.scan(source.name, env):
                yield {source.alias: row}
        case Derived():
            for values in evaluate(source.query, env, reader):
                yield {source.alias: dict(zip(source.query.names, values, strict=True))}
        case Join():
            for left in _rows(source.left, env, reader):
                scope = env.having(left)
                matches = 0
                for right in _rows(source.right, scope, reader):
                    both = {**left, **right}
                    if source.on is None or source.on.value_in(env.having(both)) is True:
                        matches += 1
                        yield both
                if source.kind == "left" and not matches:
                    yield {**left, **_nothing(source.right, reader)}


def _nothing(source: Source, reader: Reader) -> Rows:
    match source:
        case Scan():
            return {source.alias: dict.fromkeys(reader.columns(source.name))}
        case Derived():
            return {source.alias: dict.fromkeys(source.query.names)}
        case Join():
            return {**_nothing(source.left, reader), **_nothing(source.right, reader)}


def _combine(
    operator: str, left: list[tuple[Value, ...]], right: list[tuple[Value, ...]]
) -> list[tuple[Value, ...]]:
    if operator == "UNION ALL":
        return left + right
    if operator == "UNION":
        return list(dict.fromkeys(left + right))
    return [row for row in dict.fromkeys(left) if (row in right) == (operator == "INTERSECT")]


def _conditions(source: Source) -> Iterator[Expression]:
    if isinstance(source, Join):
        yield from _conditions(source.left)
        yield from _conditions(source.right)
        if source.on is not None:
            yield source.on


def sources(query: Query) -> Iterator[Scan | Derived]:
    """Yield what a query reads in FROM, without looking into subqueries."""
    if isinstance(query, Select):
        pending: list[Source] = [query.source]
        while pending:
            source = pending.pop()
            if isinstance(source, Join):
                pending += [source.left, source.right]
            else:
                yield source


def subqueries(query: Query) -> Iterator[Query]:
    """Yield the queries directly inside a query."""
    match query:
        case Select():
            yield from (source.query for source in sources(query) if isinstance(source, Derived))
            for expression in query.expressions:
                yield from (part.query for part in parts(expression) if isinstance(part, Subquery))
        case Compound():
            yield from (query.left, query.right)
        case Ordered():
            yield query.query
        case With():
            yield from (query.query, query.body)


def walk(query: Query) -> Iterator[Query]:
    """Yield a query and every query inside it."""
    yield query
    for inner in subqueries(query):
        yield from walk(inner)

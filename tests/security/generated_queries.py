"""Random statements of the algebra over a world: what a restricted role might try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from security.choices import Typed, null
from security.expressions import Aggregate, Call, Column, Literal, Subquery
from security.generated_worlds import scope_of
from security.queries import Compound, Derived, Join, Ordered, Scan, Select, With
from security.statements import Delete, Insert, Update

if TYPE_CHECKING:
    from collections.abc import Sequence

    from security.choices import Chooser
    from security.expressions import Expression
    from security.queries import Query, Source
    from security.statements import Statement
    from security.world import World

Kinds = tuple[str, ...]


def view_query(choose: Chooser, world: World) -> Query:
    """Choose the query of a view: columns of its own tables by their names, so that it is worth reading."""
    over = tuple(world.views) if choose.chance(25) else ()
    name, alias = choose.pick(over or tuple(world.tables)), choose.name("a")
    scope = scope_of(world, name, alias)
    kept = choose.some(scope, 70)
    where = choose.expression("bool", scope, 2) if choose.chance(60) else None
    return Select(tuple((typed.column.name, typed.column) for typed in kept), Scan(name, alias), where)


def statement(choose: Chooser, world: World) -> Statement:
    """Choose a statement; three of four only read."""
    choose.raising = choose.chance(30)
    queries = _Queries(choose, world)
    match choose.number(0, 11):
        case 9:
            return _insert(choose, world, queries)
        case 10:
            return _update(choose, world, queries)
        case 11:
            return _delete(choose, world, queries)
        case _:
            return queries.query()


class _Queries:
    """Makes queries over one world."""

    def __init__(self, choose: Chooser, world: World) -> None:
        self.choose, self.world = choose, world

    def query(self) -> Query:
        choose = self.choose
        match choose.number(0, 9):
            case 6:
                kinds = tuple(choose.pick(("int", "text", "date")) for _ in range(choose.number(1, 2)))
                operator = choose.pick(("UNION ALL", "UNION", "EXCEPT", "INTERSECT"))
                return Compound(operator, self.select(kinds, depth=1)[0], self.select(kinds, depth=1)[0])
            case 7:
                found, _ = self.select(None, depth=1)
                return Ordered(found, choose.name("o"), choose.number(0, 4) if choose.chance(70) else None)
            case 8:
                named, kinds = self.select(None, depth=1)
                name = choose.name("c")
                return With(name, named, self.select(None, depth=1, named=(name, named.names, kinds))[0])
            case _:
                return self.select(None, depth=2)[0]

    def select(
        self,
        kinds: Kinds | None,
        depth: int,
        outer: Sequence[Typed] = (),
        named: tuple[str, tuple[str, ...], Kinds] | None = None,
    ) -> tuple[Select, Kinds]:
        """Choose a SELECT whose columns have these kinds, or any; say which they have."""
        choose = self.choose
        source, scope = self.source(depth, named)
        seen = [*scope, *outer]

        def inner(kind: str) -> Query:
            return self.inner(kind, seen)

        where = choose.expression("bool", seen, 2, inner if depth else None) if choose.chance(45) else None
        shape = choose.number(0, 9)
        if kinds is None and shape == 5:
            return self.grouped(source, scope, where)
        if kinds is None and shape == 6:
            return self.windowed(source, scope, where)
        if kinds is None and shape == 7 and isinstance(source, Scan):
            items = tuple((typed.column.name, typed.column) for typed in scope)
            return Select(items, source, where, star=True), tuple(typed.kind for typed in scope)
        wanted = kinds or tuple(
            choose.pick(("int", "text", "int", "text", "bool", "date")) for _ in range(choose.number(1, 3))
        )
        made = tuple((f"c{n}", choose.expression(kind, seen, 2)) for n, kind in enumerate(wanted, 1))
        return Select(made, source, where, distinct=choose.chance(15)), wanted

    def source(
        self, depth: int, named: tuple[str, tuple[str, ...], Kinds] | None = None
    ) -> tuple[Source, list[Typed]]:
        choose = self.choose
        left, scope = self._named(named) if named is not None else self.scan()
        if depth <= 0 or choose.chance(55):
            return left, scope
        right, more = self.derived(scope) if choose.chance(35) else self.scan()
        lateral = isinstance(right, Derived) and right.lateral
        kind = choose.pick(("inner", "left", "cross"))
        if kind == "cross":
            return Join(kind, left, right), scope + more
        on: Expression = Literal(value=True)
        if not lateral:
            on = Call("=", (self.compared(scope), self.compared(more)))
            on = Call("and", (on, choose.expression("bool", scope + more, 1))) if choose.chance(30) else on
        return Join(kind, left, right, on), scope + more

    def column(self, scope: list[Typed], kind: str) -> Expression:
        fitting = [typed.column for typed in scope if typed.kind == kind]
        keys = [column for column in fitting if column.name in {"id", "k"}]
        return self.choose.pick(keys or fitting) if fitting else self.choose.literal(kind)

    def compared(self, scope: list[Typed]) -> Expression:
        """Choose one side of a join's condition: where the kernel is most eager to evaluate, what fails for secrets."""
        raising = self.choose.failing(scope) if self.choose.raising and self.choose.chance(40) else None
        return raising or self.column(scope, "int")

    def scan(self) -> tuple[Source, list[Typed]]:
        names = (*self.world.tables, *self.world.views)
        name, alias = self.choose.pick(names), self.choose.name("a")
        return Scan(name, alias), scope_of(self.world, name, alias)

    def _named(self, named: tuple[str, tuple[str, ...], Kinds]) -> tuple[Source, list[Typed]]:
        name, names, kinds = named
        alias = self.choose.name("a")
        return Scan(name, alias), _outputs(alias, names, kinds)

    def derived(self, beside: list[Typed]) -> tuple[Source, list[Typed]]:
        lateral = self.choose.chance(50)
        query, kinds = self.select(None, depth=0, outer=beside if lateral else ())
        alias = self.choose.name("d")
        return Derived(query, alias, lateral), _outputs(alias, query.names, kinds)

    def inner(self, kind: str, outer: Sequence[Typed]) -> Query:
        """Choose a subquery, correlated more often than not."""
        choose = self.choose
        source, scope = self.scan()
        if choose.chance(70):
            where = Call("=", (self.compared(scope), self.compared(list(outer))))
            where = Call("and", (where, choose.expression("bool", scope, 1))) if choose.chance(40) else where
        else:
            where = choose.expression("bool", [*scope, *outer], 1)
        if kind == "scalar":
            value: Expression = Aggregate(choose.pick(("max", "min", "sum")), self._own(scope, "int"))
        else:
            value = choose.expression("int" if kind == "any" else kind, scope, 1)
        return Select((("c1", value),), source, where)

    def _own(self, scope: list[Typed], kind: str) -> Expression:
        """Return a column, as the argument of an aggregate must be one to belong to this query."""
        fitting = [typed.column for typed in scope if typed.kind == kind]
        return self.choose.pick(fitting) if fitting else Call("length", (Call("text", (scope[0].column,)),))

    def grouped(self, source: Source, scope: list[Typed], where: Expression | None) -> tuple[Select, Kinds]:
        choose = self.choose
        keys = choose.some(scope, 25)[:2] if choose.chance(75) else []
        counted = Aggregate("count")
        items: list[tuple[str, Expression]] = [(f"c{n}", key.column) for n, key in enumerate(keys, 1)]
        kinds = [key.kind for key in keys]
        for kind, aggregate in (
            ("big", counted),
            *(self._aggregate(scope) for _ in range(choose.number(0, 2))),
        ):
            items.append((f"c{len(items) + 1}", aggregate))
            kinds.append(kind)
        having = (
            Call(choose.pick((">", "<=")), (counted, choose.literal("int"))) if choose.chance(40) else None
        )
        group = tuple(key.column for key in keys)
        return Select(tuple(items), source, where, group, having), tuple(kinds)

    def _aggregate(self, scope: list[Typed]) -> tuple[str, Aggregate]:
        choose = self.choose
        fitting = [typed for typed in scope if typed.kind in {"int", "text", "date"}]
        if not fitting:
            return "big", Aggregate("count", scope[0].column)
        typed = choose.pick(fitting)
        function = choose.pick(
            ("max", "min", "count", "sum") if typed.kind == "int" else ("max", "min", "count")
        )
        argument: Expression = typed.column
        if choose.raising and typed.base and choose.chance(60):
            if typed.column.name == "note":
                return "big", Aggregate("sum", Call("number", (argument,)))
            if typed.column.name == "amount":
                return "big", Aggregate("sum", Call("*", (argument, Literal(1000))))
        return "big" if function in {"count", "sum"} else typed.kind, Aggregate(function, argument)

    def windowed(self, source: Source, scope: list[Typed], where: Expression | None) -> tuple[Select, Kinds]:
        choose = self.choose
        shown = choose.some(scope, 25)[:2]
        partition = tuple(typed.column for typed in choose.some(scope, 10)[:1]) if choose.chance(60) else ()
        ordering = [typed.column for typed in scope if typed.kind in {"int", "text", "date"}]
        if ordering and choose.chance(40):
            kind, window = "big", Aggregate("rank", None, partition, choose.pick(ordering))
        else:
            kind, plain = self._aggregate(scope)
            window = Aggregate(plain.function, plain.argument, partition)
        items = [(f"c{n}", typed.column) for n, typed in enumerate(shown, 1)]
        made = (*items, (f"c{len(items) + 1}", window))
        return Select(made, source, where), (*(typed.kind for typed in shown), kind)


def _outputs(alias: str, names: tuple[str, ...], kinds: Kinds) -> list[Typed]:
    return [Typed(Column(alias, name), kind, base=False) for name, kind in zip(names, kinds, strict=True)]


def _returning(choose: Chooser, columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(choose.some(columns, 40)) if choose.chance(40) else ()


def _insert(choose: Chooser, world: World, queries: _Queries) -> Insert:
    table = world.tables[choose.pick(tuple(world.tables))]
    columns = ("id", *(name for name in table.columns if name != "id" and choose.chance(70)))
    if table.key is None and choose.chance(30):
        query, _ = queries.select(tuple(table.columns[name] for name in columns), depth=1)
        return Insert(table.name, columns, query, _returning(choose, tuple(table.columns)))
    rows = []
    for _ in range(choose.number(1, 2)):
        identity = 100 + int(choose.name("")) if table.key else choose.number(1, 9)
        values: dict[str, Expression] = {"id": Literal(identity)}
        for name in columns[1:]:
            kind = table.columns[name]
            own = {"note": str(choose.number(0, 99)), "who": choose.pick(("alice", "alice", "bob", "staff"))}
            literal = Literal(own[name]) if name in own else choose.literal(kind)
            values[name] = null(kind) if choose.chance(10) else literal
        rows.append(tuple(values.values()))
    return Insert(table.name, columns, tuple(rows), _returning(choose, tuple(table.columns)))


def _where(choose: Chooser, queries: _Queries, scope: list[Typed]) -> Expression | None:
    if choose.chance(25):
        return None
    return choose.expression("bool", scope, 2, lambda kind: queries.inner(kind, scope))


def _update(choose: Chooser, world: World, queries: _Queries) -> Update:
    table = world.tables[choose.pick(tuple(world.tables))]
    scope = scope_of(world, table.name, table.name)
    sets = []
    for name in choose.some(tuple(name for name in table.columns if name != "id"), 25)[:2]:
        kind = table.columns[name]
        if name == "note":
            value: Expression = (
                Column(table.name, "note") if choose.chance(30) else Literal(str(choose.number(0, 99)))
            )
        elif kind == "int" and choose.chance(15):
            value = Subquery("scalar", queries.inner("scalar", scope))
        else:
            value = choose.expression(kind, scope, 1)
        sets.append((name, value))
    return Update(
        table.name, tuple(sets), _where(choose, queries, scope), _returning(choose, tuple(table.columns))
    )


def _delete(choose: Chooser, world: World, queries: _Queries) -> Delete:
    table = world.tables[choose.pick(tuple(world.tables))]
    scope = scope_of(world, table.name, table.name)
    where = _where(choose, queries, scope) if choose.chance(90) else None
    return Delete(table.name, where, _returning(choose, tuple(table.columns)))

"""Whether the kernel may mix a statement's own predicates with row policies, or must be kept from it by a fence.

The kernel moves predicates down to the tables they are about and orders them as it likes, so ``CAST(secret AS INTEGER)
> 5`` may meet a row before the policy that hides it, and its error would tell of that row. A fence is a node through
which the kernel moves no predicate. It also costs what such moves gain, so it is put up only for statements with a
predicate that is not shown to be leakproof.

What is looked at is whatever could become part of a predicate: conditions everywhere, and what nested SELECTs compute
where a condition outside names it, because that condition may be moved in. Not looked at are the outermost SELECT list
and what aggregates and window functions compute: the kernel computes those of rows that have passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.governance.assignments import assigned, is_default
from avila.planner.governance.names import object_of
from avila.planner.leakproof import leakproof, leakproof_type
from avila.planner.parameters import ordinals
from avila.planner.rules.bind_tables import resolve, targets
from avila.planner.scope import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from avila.planner.plan import Context

_AGGREGATES = frozenset({
    "count", "count_star", "sum", "min", "max", "avg", "any_value", "first", "last", "bool_and", "bool_or",
})  # fmt: skip
_SUMS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})
_OPAQUE = (
    nodes.PivotStatement, exp.Pivot, exp.Lateral, exp.Unnest, exp.Values, nodes.ShowStatement,
    nodes.ListComprehension, exp.Lambda,
)  # fmt: skip
"""What makes columns of which nothing is known here."""


def needs_fence(tree: exp.Expr, context: Context, *, simple: bool) -> bool:
    """Whether a statement, its views expanded, has a predicate that is not shown to be leakproof.

    ``simple`` says that no policy has a subquery, so that policies are plain filters: those the kernel always applies
    before it computes what stands above them.
    """
    return not _Judge(tree, context, simple=simple).harmless()


class _Judge:
    def __init__(self, tree: exp.Expr, context: Context, *, simple: bool) -> None:
        self._simple = simple
        self._tree = tree
        self._context = context
        self._types: dict[str, set[str | None]] = {}
        self._sources: dict[str, set[str] | None] = {}
        self._places = ordinals(tree)
        self._outermost = set(map(id, _outermost(tree)))

    def harmless(self) -> bool:
        """Whether every predicate is leakproof."""
        if isinstance(self._tree, exp.Merge) or any(self._tree.find_all(*_OPAQUE)):
            return False  # what a MERGE compares and computes meets every row of its table
        if not self._learn_columns():
            return False
        selects = list(self._tree.find_all(exp.Select))
        # From the inside out, because outer SELECTs use the names that inner ones give.
        if not all(self._learn_names(select) for select in reversed(selects)):
            return False
        return all(self._condition(condition) for condition in self._conditions()) and self._sets_harmless()

    def _sets_harmless(self) -> bool:
        """Whether an UPDATE computes nothing that could raise: its values are computed below a join."""
        if not isinstance(self._tree, exp.Update):
            return True
        values = (value for _, value in assigned(self._tree.expressions) if not is_default(value))
        return all(self._type(value) is not None for value in values)

    def _learn_columns(self) -> bool:
        """Note the types of every column by its name alone; False when a table's columns are not known."""
        columns = self._context.columns()
        made = set(map(id, targets(self._tree)))
        for table in tables(self._tree):
            relation = resolve(table, self._context) if isinstance(table.this, exp.Identifier) else None
            if relation is None and id(table) in made:
                continue
            if relation is None or relation.key not in columns:
                return False
            alias = table.args.get("alias")
            if alias is not None and alias.args.get("columns"):
                return False
            secret = self._context.described.encryption.of(object_of(relation))
            self._know(str(table.alias or table.name), {item.name.lower() for item in columns[relation.key]})
            for item in columns[relation.key]:
                name = item.name.lower()
                self._types.setdefault(name, set()).add(None if name in secret else item.type)
        for derived in self._tree.find_all(exp.Subquery, exp.CTE):
            if derived.alias:
                self._know(derived.alias, None)
        return True

    def _know(self, alias: str, columns: set[str] | None) -> None:
        """Note what a source is called and has; None where only its names are known."""
        known = self._sources.get(alias.lower(), columns)
        self._sources[alias.lower()] = None if known is None or columns is None else known & columns

    def _learn_names(self, select: exp.Select) -> bool:
        """Note the names that a SELECT gives, and their types; None for what could raise.

        False for what could raise and has no name of its own by which a condition outside would have to call it.
        """
        outermost = id(select) in self._outermost
        kinds: list[str | None] = []
        for item in select.expressions:
            bare = item.unalias()
            if _is_star(bare):
                continue
            kind = self._type(bare)
            kinds.append(kind)
            if kind is None and not outermost and not self._passed(bare, select):
                nameless = not isinstance(item, exp.Alias) or isinstance(select.parent, exp.SetOperation)
                if nameless or not self._simple or not _is_derived(select):
                    return False
            if isinstance(item, exp.Alias):
                self._types.setdefault(item.alias.lower(), set()).add(kind)
        nested = select.parent
        alias = nested.args.get("alias") if isinstance(nested, exp.Subquery | exp.CTE) else None
        names = (alias.args.get("columns") or ()) if isinstance(alias, exp.TableAlias) else ()
        whole = len(kinds) == len(select.expressions)
        for place, name in enumerate(names):
            known = kinds[place] if whole and place < len(kinds) else None
            self._types.setdefault(name.name.lower(), set()).add(known)
        return True

    def _passed(self, item: exp.Expr, select: exp.Select) -> bool:
        """Whether a nested SELECT computes an item only of rows that have passed: it is made of aggregates.

        In a subquery that is part of an expression, an aggregate may be of the outer query's columns.
        """
        if not _aggregated(item):
            return False
        derived = select.parent_select is None or _is_derived(select)
        return derived or all(
            self._type(argument) is not None
            for call in _walk(item)
            if isinstance(call, exp.Anonymous) and _is_aggregate(call)
            for argument in call.expressions
            if not isinstance(argument, exp.Star)
        )

    def _conditions(self) -> Iterator[exp.Expr]:
        for node in self._tree.walk():
            if isinstance(node, exp.Where | exp.Having | exp.Qualify):
                yield from _conjuncts(node.this)
            elif isinstance(node, exp.Join):
                yield from self._join(node)
            elif isinstance(node, exp.Group):
                yield from (
                    item for item in node.expressions if not isinstance(item, exp.Column | exp.Literal)
                )

    def _join(self, join: exp.Join) -> Iterator[exp.Expr]:
        if join.args.get("method"):
            yield exp.Anonymous(this="natural")  # NATURAL and its like compare what only the kernel knows
        if on := join.args.get("on"):
            yield from _conjuncts(on)
        for name in join.args.get("using") or ():
            column = exp.column(name.copy())
            yield exp.EQ(this=column, expression=column.copy())

    def _condition(self, condition: exp.Expr) -> bool:
        if _aggregated(condition) and condition.find_ancestor(exp.Having, exp.Qualify) is not None:
            return True
        if isinstance(condition.parent, exp.Group):
            return self._type(condition) is not None
        return leakproof(condition, self._column, queries=self._query, parameters=self._parameter)

    def _type(self, expression: exp.Expr) -> str | None:
        stands, types = _without_aggregates(expression, self._aggregate)

        def column(node: exp.Column) -> str | None:
            return types[node.name] if node.name in types else self._column(node)

        return leakproof_type(stands, column, queries=self._query, parameters=self._parameter)

    def _column(self, column: exp.Column) -> str | None:
        name, source = column.name.lower(), column.table.lower()
        if column.args.get("db") is not None:
            return None  # a schema's table, or a table's struct: only the kernel knows
        if source:
            # Otherwise the name before the dot is a column's, and this is a field of it.
            columns = self._sources.get(source, set())
            if columns is not None and name not in columns:
                return None
        found = self._types.get(name, set())
        return next(iter(found)) if len(found) == 1 else None

    def _parameter(self, parameter: exp.Placeholder) -> str | None:
        name = str(self._places[id(parameter)] + 1) if id(parameter) in self._places else str(parameter.this)
        return self._context.parameters.get(name)

    def _query(self, query: exp.Expr) -> str | None:
        """Return the type of a subquery's first column; its conditions are judged where they stand."""
        select = query.unnest()
        if not isinstance(select, exp.Select) or not select.expressions:
            return None
        item = select.expressions[0].unalias()
        if isinstance(query.parent, exp.Exists) or isinstance(query, exp.Select):
            return self._type(item) or "BOOLEAN"
        return self._type(item)

    def _aggregate(self, call: exp.Anonymous) -> str | None:
        """Return the type of an aggregate's result."""
        name = call.name.lower()
        if name in {"count", "count_star"}:
            return "BIGINT"
        if name == "avg":
            return "DOUBLE"
        if name in {"bool_and", "bool_or"}:
            return "BOOLEAN"
        kind = self._type(call.expressions[0]) if call.expressions else None
        if name != "sum" or kind is None:
            return kind
        if kind.startswith("DECIMAL"):
            return f"DECIMAL(38,{kind.rstrip(')').rpartition(',')[2]})"
        return "HUGEINT" if kind in _SUMS else kind if kind == "DOUBLE" else None


def _outermost(tree: exp.Expr) -> Iterator[exp.Select]:
    """Yield the SELECTs whose rows are the statement's answer."""
    if isinstance(tree, exp.Select):
        yield tree
    elif isinstance(tree, exp.SetOperation):
        yield from _outermost(tree.left)
        yield from _outermost(tree.right)
    elif isinstance(tree, exp.Subquery | nodes.CopyStatement | nodes.Explain):
        yield from _outermost(tree.this)
    elif isinstance(tree, exp.Insert | exp.Create):
        expression = tree.args.get("expression")
        if isinstance(expression, exp.Expr):
            yield from _outermost(expression)


def _is_star(item: exp.Expr) -> bool:
    return isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star))


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(condition, exp.Paren) and isinstance(condition.this, exp.And | exp.Paren):
        yield from _conjuncts(condition.this)
    elif isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    else:
        yield condition


def _is_aggregate(node: exp.Expr) -> bool:
    return isinstance(node, exp.Window | exp.Filter) or (
        isinstance(node, exp.Anonymous) and node.name.lower() in _AGGREGATES
    )


def _aggregated(expression: exp.Expr) -> bool:
    """Whether an expression has an aggregate, and is made of nothing of a row's outside of one.

    Subqueries in it do not count: what they are made of is judged where it stands.
    """
    nodes_ = list(_walk(expression))
    if not any(map(_is_aggregate, nodes_)):
        return False
    return all(_within_aggregate(node, expression) for node in nodes_ if isinstance(node, exp.Column))


def _walk(expression: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the nodes of an expression, without those of its subqueries."""
    return expression.walk(prune=lambda node: isinstance(node, exp.Query))


def _is_derived(select: exp.Select) -> bool:
    """Whether a SELECT is a table of another one, rather than a value."""
    above = select.parent
    while isinstance(above, exp.SetOperation | exp.Subquery):
        above = above.parent
    return isinstance(above, exp.From | exp.Join | exp.CTE)


def _within_aggregate(node: exp.Expr, top: exp.Expr) -> bool:
    current: exp.Expr | None = node
    while current is not None:
        if _is_aggregate(current):
            return True
        if current is top:
            return False
        current = current.parent
    return False


def _without_aggregates(
    expression: exp.Expr, kind: Callable[[exp.Anonymous], str | None]
) -> tuple[exp.Expr, dict[str, str | None]]:
    """Return an expression with columns in the place of its aggregates, and the types of these."""
    if not any(_is_aggregate(node) for node in expression.walk()):
        return expression, {}
    types: dict[str, str | None] = {}
    tree = exp.Paren(this=expression.copy())
    for node in list(tree.walk()):
        if node.root() is tree and _is_aggregate(node):  # or it went with an aggregate around it
            name = f"__avila_aggregate_{len(types)}"
            types[name] = kind(node) if isinstance(node, exp.Anonymous) else None
            node.replace(exp.column(name))
    return tree, types

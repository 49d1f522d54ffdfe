"""What stands in FROM: tables, files, calls, subqueries, joins, samples, pivots and time travel."""

from __future__ import annotations

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.dialect.lexer import NUMBER, QUOTED, STRING, WORD
from avila.planner.dialect.operators import OperatorParser
from avila.planner.dialect.primaries import QUERY_CONTINUES

PREFIXED = "prefixed"
"""The mark of an alias that was written before what it names: ``alias: expression``."""
_JOIN_WORDS = (
    "JOIN",
    "INNER",
    "LEFT",
    "RIGHT",
    "FULL",
    "CROSS",
    "NATURAL",
    "ASOF",
    "POSITIONAL",
    "SEMI",
    "ANTI",
)
_LIST_ENDS = ("WHERE", "GROUP", "ORDER", "LIMIT", "SELECT", "HAVING", "QUALIFY", "WINDOW", "UNION", "USING")


class TableParser(OperatorParser):
    """Reads the FROM clause."""

    def from_clause(self, select: exp.Expr) -> None:
        """Read the tables behind FROM into a statement: the first one, and its joins."""
        first = self.previous
        source = self.table()
        select.set("from_", self.mark(exp.From(this=source), first, self.previous))
        joins = self.joins()
        if joins:
            select.set("joins", joins)

    def table(self) -> exp.Expr:
        """Read one thing to read from, with its alias, sample and pivots."""
        first = self.token
        with self.nested():
            prefix = None
            if first.kind in {WORD, QUOTED} and self.on_ahead(1, ":"):
                prefix = exp.TableAlias(this=self.label())
                prefix.meta[PREFIXED] = True
                self.require(":")
            node = self._source()
            while True:
                self._decorate(node)
                if not self.at("PIVOT", "UNPIVOT"):
                    break
                node = self._pivoted(node)
            if prefix is not None:
                if node.args.get("alias"):
                    self.fail("a table has two aliases")
                node.set("alias", prefix)
            return self.mark(node, first, self.previous)

    def table_name(self) -> exp.Table:
        """Read ``[[catalog.]schema.]table``."""
        first = self.token
        parts: list[exp.Expr] = [self.name("a table")]
        while self.accept("."):
            parts.append(self.label("a table"))
        if len(parts) > 3:
            self.fail("a table has at most a catalog, a schema and a name", first)
        return self.mark(_table_of(parts), first, self.previous)

    # --- sources ---

    def _source(self) -> exp.Expr:
        if self.on("("):
            return self._parenthesised_source()
        if self.at("VALUES"):
            return self.values()
        if self.take("LATERAL"):
            if self.on("("):
                return exp.Lateral(this=self._subquery())
            return exp.Lateral(this=self._table_function().this)
        if self.token.kind == STRING:
            return exp.Table(this=self.string())
        if self._calls():
            return self._table_function()
        if self.token.kind == "parameter":
            self.refuse("a parameter cannot stand for a table")
        return self.table_name()

    def _calls(self) -> bool:
        """Whether a possibly qualified call stands here."""
        ahead = 0
        while self.peek(ahead).kind in {WORD, QUOTED}:
            if self.on_ahead(ahead + 1, "("):
                return True
            if not self.on_ahead(ahead + 1, "."):
                return False
            ahead += 2
        return False

    def _table_function(self) -> exp.Table:
        first = self.token
        names: list[exp.Expr] = [self.label()]
        while self.accept("."):
            names.append(self.label())
        function = self.call(names[-1]) if isinstance(names[-1], exp.Identifier) else None
        qualifiers = dict(zip(("db", "catalog"), reversed(names[:-1]), strict=False))
        table = exp.Table(this=function, **qualifiers)
        if self.take("WITH", "ORDINALITY"):
            table.set("ordinality", True)
        return self.mark(table, first, self.previous)

    def _subquery(self) -> exp.Subquery:
        first = self.require("(")
        query = self.query()
        self.require(")")
        return self.mark(exp.Subquery(this=query), first, self.previous)

    def _parenthesised_source(self) -> exp.Expr:
        """Read a subquery or a parenthesised join."""
        first = self.token
        if self.starts_query(1):
            return self._subquery()
        self.require("(")
        source = self.table()
        if type(source) is exp.Subquery and self.at(*QUERY_CONTINUES):
            source = self.continue_query(source)
        elif joins := self.joins():
            source.set("joins", [*(source.args.get("joins") or []), *joins])
        self.require(")")
        return self.mark(exp.Subquery(this=source), first, self.previous)

    def values(self) -> exp.Values:
        """Read ``VALUES (…), …``."""
        first = self.token
        self.expect("VALUES")
        rows = [self._row()]
        while self.accept(","):
            if not self.on("("):
                break
            rows.append(self._row())
        return self.mark(exp.Values(expressions=rows), first, self.previous)

    def _row(self) -> exp.Expr:
        first = self.token
        return self.mark(exp.Tuple(expressions=self.wrapped(self.expression)), first, self.previous)

    # --- what follows a source ---

    def _decorate(self, node: exp.Expr) -> None:
        """Read AT (…), an alias and a sample behind a source, in the orders the kernel takes."""
        self._time_travel(node)
        if not node.args.get("alias"):
            alias = self.table_alias()
            if alias is not None:
                node.set("alias", alias)
        self._time_travel(node)
        if self.take("TABLESAMPLE"):
            node.set("sample", self.sample())

    def _time_travel(self, node: exp.Expr) -> None:
        first = self.token
        if not (self.at("AT") and self.on_ahead(1, "(")):
            return
        if (
            not isinstance(node, exp.Table)
            or not isinstance(node.this, exp.Identifier)
            or node.args.get("when")
        ):
            self.fail("AT (…) belongs behind the name of a table")
        self.advance()
        self.require("(")
        unit = self.take_any("VERSION", "TIMESTAMP")
        if unit is None:
            self.fail("expected VERSION or TIMESTAMP")
        self.require("=>")
        when = exp.HistoricalData(this="AT", kind=unit, expression=self.expression())
        self.require(")")
        node.set("when", self.mark(when, first, self.previous))

    def table_alias(self) -> exp.TableAlias | None:
        """Read ``[AS] name [(columns)]``, if it is there."""
        first = self.token
        if self.take("AS"):
            alias = self.alias_label()
        elif self.is_name(first):
            alias = self.name()
        else:
            return None
        node = exp.TableAlias(this=alias)
        if self.on("("):
            node.set("columns", self.wrapped(self._alias_column))
        return self.mark(node, first, self.previous)

    def _alias_column(self) -> exp.Expr:
        name = self.name("a column")
        if self.on(",", ")"):
            return name
        return exp.ColumnDef(this=name, kind=self.type_name())

    def sample(self) -> nodes.Sample:
        """Read ``10%``, ``10 ROWS (reservoir, 1)`` or ``bernoulli(10%) REPEATABLE (1)``."""
        first = self.token
        sample = nodes.Sample()
        if self.token.kind == WORD or self.on("("):
            if self.token.kind == WORD:
                sample.set("method", self.word())
            sample.set("called", True)
            self.require("(")
            self._sample_size(sample)
            self.require(")")
            if self.take("REPEATABLE"):
                self.require("(")
                sample.set("seed", self.number())
                self.require(")")
        else:
            self._sample_size(sample)
            if self.accept("("):
                sample.set("method", self.word())
                if self.accept(","):
                    sample.set("seed", self.number())
                self.require(")")
        return self.mark(sample, first, self.previous)

    def _sample_size(self, sample: nodes.Sample) -> None:
        size = self.number() if self.token.kind == NUMBER else self.expression(13)
        sample.set("size", size)
        if self.accept("%"):
            sample.set("unit", "%")
        elif unit := self.take_any("PERCENT", "ROWS"):
            sample.set("unit", unit)

    # --- joins ---

    def joins(self, *, commas: bool = True) -> list[exp.Expr]:
        """Read the joins behind a source; a comma is one, unless ``commas`` is false."""
        joins: list[exp.Expr] = []
        while True:
            first = self.token
            if commas and self.on(","):
                self.advance()
                if self.at(*_LIST_ENDS) or self.token.kind == "end" or self.on(")", ";"):
                    break
                joins.append(self.mark(exp.Join(this=self.table()), first, self.previous))
            elif self.at(*_JOIN_WORDS):
                join = self._join()
                if join is None:
                    break
                joins.append(join)
            else:
                break
        return joins

    def _join(self) -> exp.Expr | None:
        first, index = self.token, self.index
        method = self.take_any("NATURAL", "ASOF", "POSITIONAL")
        side = self.take_any("LEFT", "RIGHT", "FULL")
        kind = self.take_any("OUTER") if side else None
        kind = kind or self.take_any("INNER", "CROSS", "SEMI", "ANTI")
        if not self.take("JOIN"):
            self.retreat(index)
            return None
        join = exp.Join(method=method, side=side, kind=kind)
        right = self.table()
        join.set("this", right)
        if method not in {"NATURAL", "POSITIONAL"} and kind != "CROSS":
            self._join_condition(join, right)
        return self.mark(join, first, self.previous)

    def _join_condition(self, join: exp.Join, right: exp.Expr) -> None:
        """Read ON or USING; when neither comes next, further joins belong to the right side first."""
        if not self.at("ON", "USING"):
            nested: list[exp.Expr] = []
            while self.at(*_JOIN_WORDS) and not self.at("ON", "USING"):
                inner = self._join()
                if inner is None:
                    break
                nested.append(inner)
            if nested:
                right.set("joins", [*(right.args.get("joins") or []), *nested])
        if self.take("ON"):
            join.set("on", self.expression())
        elif self.at("USING") and self.on_ahead(1, "("):
            self.advance()
            join.set("using", self.wrapped(self.name))
        else:
            self.fail("expected ON or USING")

    # --- PIVOT behind a table ---

    def _pivoted(self, node: exp.Expr) -> exp.Expr:
        first = self.advance()
        pivot = exp.Pivot(unpivot=first.value == "UNPIVOT")
        if pivot.args["unpivot"]:
            for word, keep in (("INCLUDE", True), ("EXCLUDE", False)):
                if self.take(word, "NULLS"):
                    pivot.set("include_nulls", keep)
        self.require("(")
        pivot.set("expressions", self.csv(self._pivot_value))
        self.expect("FOR")
        fields = [self._pivot_field()]
        while not self.on(")") and not self.at("GROUP"):
            fields.append(self._pivot_field())
        pivot.set("fields", fields)
        if self.take("GROUP", "BY"):
            pivot.set("group", exp.Group(expressions=self.csv(self.expression)))
        self.require(")")
        self.mark(pivot, first, self.previous)
        if not isinstance(node, (exp.Table, exp.Subquery, exp.Values)):
            self.refuse("PIVOT behind this is not supported", first)
        node.append("pivots", pivot)
        alias = self.table_alias()
        if alias is not None:
            pivot.set("alias", alias)
        return node

    def _pivot_value(self) -> exp.Expr:
        first = self.token
        value = self.expression()
        if self.take("AS"):
            return self.mark(exp.Alias(this=value, alias=self.alias_label()), first, self.previous)
        if self.bare_alias():
            return self.mark(exp.Alias(this=value, alias=self.label()), first, self.previous)
        return value

    def _pivot_field(self) -> exp.Expr:
        column = self.expression(8)
        self.expect("IN")
        if not self.on("("):
            return exp.In(this=column, field=self.name("an enum"))
        if self.starts_query(1):
            return exp.In(this=column, query=self._subquery())
        return exp.In(this=column, expressions=self.wrapped(self._pivot_value))


def _table_of(parts: list[exp.Expr]) -> exp.Table:
    return exp.Table(this=parts[-1], **dict(zip(("db", "catalog"), reversed(parts[:-1]), strict=False)))

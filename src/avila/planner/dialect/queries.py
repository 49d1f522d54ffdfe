"""Queries: SELECT in all its spellings, set operations, WITH, VALUES, and PIVOT as a statement."""

from __future__ import annotations

from abc import abstractmethod

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.dialect.lexer import NUMBER, QUOTED, STRING, WORD, Token
from avila.planner.dialect.tables import PREFIXED, TableParser

_MODIFIERS = ("ORDER", "LIMIT", "OFFSET", "FETCH")
_SET_OPERATIONS = {"UNION": exp.Union, "EXCEPT": exp.Except, "INTERSECT": exp.Intersect}
FROM_FIRST = "from_first"
"""The mark of a SELECT that was written ``FROM … [SELECT …]``."""


class QueryParser(TableParser):
    """Reads queries."""

    @abstractmethod
    def show(self) -> exp.Expr:
        """Read ``SHOW …``, ``DESCRIBE …`` or ``SUMMARIZE …``, which are queries too."""

    def query(self) -> exp.Expr:
        """Read a query with its WITH, ORDER BY, LIMIT and OFFSET."""
        with self.nested():
            first = self.token
            return self.query_body(self.with_clause(), first)

    def query_body(self, ctes: exp.With | None, first: Token) -> exp.Expr:
        """Read a query behind its WITH."""
        node = self._set_operation(0)
        if self.at(*_MODIFIERS):
            node = self._modified(node)
        if ctes is not None:
            node.set("with_", ctes)
        return self.mark(node, first, self.previous)

    def with_clause(self) -> exp.With | None:
        """Read ``WITH [RECURSIVE] name AS (…), …``, if it is there."""
        first = self.token
        if not self.take("WITH"):
            return None
        recursive = self.take("RECURSIVE")
        ctes = exp.With(recursive=recursive or None, expressions=self.csv(self._cte))
        return self.mark(ctes, first, self.previous)

    def _cte(self) -> exp.Expr:
        first = self.token
        alias = exp.TableAlias(this=self.name("the name of a common table expression"))
        if self.on("("):
            alias.set("columns", self.wrapped(self.name))
        keys = None
        if self.take("USING", "KEY"):
            keys = self.wrapped(self.expression)
        self.expect("AS")
        materialized = None
        if self.take("MATERIALIZED"):
            materialized = True
        elif self.take("NOT", "MATERIALIZED"):
            materialized = False
        self.require("(")
        body = self.query() if self.starts_query() else self.statement()
        self.require(")")
        cte = exp.CTE(this=body, alias=alias, materialized=materialized, key_expressions=keys)
        return self.mark(cte, first, self.previous)

    # --- set operations ---

    def continue_query(self, left: exp.Expr) -> exp.Expr:
        """Read the rest of a query whose first operand, a parenthesised one, was read already."""
        node = self._set_operation(0, left)
        return self._modified(node) if self.at(*_MODIFIERS) else node

    def _set_operation(self, floor: int, left: exp.Expr | None = None) -> exp.Expr:
        """Read operands between UNION, EXCEPT (weaker) and INTERSECT (stronger)."""
        first = self.token
        left = left or self._query_operand()
        while self.at(*_SET_OPERATIONS):
            strength = 1 if self.at("INTERSECT") else 0
            if strength < floor:
                break
            kind = _SET_OPERATIONS[self.advance().value]
            distinct = not self.take("ALL")
            explicit = distinct and self.take("DISTINCT")
            by_name = self.take("BY", "NAME")
            right = self._set_operation(strength + 1)
            left = kind(this=left, expression=right, distinct=distinct, by_name=by_name or None)
            if explicit:
                left.meta["distinct"] = True
            self.mark(left, first, self.previous)
        return left

    def _query_operand(self) -> exp.Expr:
        first = self.token
        if self.on("("):
            self.advance()
            inside = self.query()
            self.require(")")
            return self.mark(exp.Subquery(this=inside), first, self.previous)
        if self.at("SELECT", "FROM"):
            return self._select()
        if self.at("VALUES"):
            return self.values()
        if self.take("TABLE"):
            select = exp.Select(expressions=[exp.Star()], from_=exp.From(this=self.table_name()))
            select.meta[FROM_FIRST] = "TABLE"
            select.expressions[0].meta[FROM_FIRST] = True
            return self.mark(select, first, self.previous)
        if self.at("PIVOT", "PIVOT_WIDER", "UNPIVOT", "PIVOT_LONGER"):
            return self._pivot_statement()
        if self.at("DESCRIBE", "DESC", "SHOW", "SUMMARIZE"):
            return self.show()
        return self.fail("expected a query")

    def _modified(self, node: exp.Expr) -> exp.Expr:
        """Read ORDER BY, LIMIT, OFFSET behind a query; they belong to the whole of it."""
        if self.at("ORDER"):
            node.set("order", self.order(None))
        while self.at("LIMIT", "OFFSET", "FETCH"):
            first = self.token
            key = "offset" if self.at("OFFSET") else "limit"
            if node.args.get(key):
                self.fail(f"more than one {first.value}")
            modifier = (
                self._offset() if key == "offset" else self._fetch() if self.at("FETCH") else self._limit()
            )
            if key == "offset" and not node.args.get("limit"):
                modifier.meta["first"] = True
            node.set(key, self.mark(modifier, first, self.previous))
        return node

    def _limit(self) -> exp.Expr:
        self.advance()
        if self.take("ALL"):
            return exp.Limit(expression=exp.Var(this="ALL"))
        percent: str | None = None
        if self.token.kind == NUMBER and self.on_ahead(1, "%") and self._ends_limit(2):
            value: exp.Expr = self.number()
        else:
            value = self.expression()
        if self.accept("%"):
            percent = "%"
        elif self.take("PERCENT"):
            percent = "PERCENT"
        options = None if percent is None else exp.LimitOptions(percent=exp.Var(this=percent))
        return exp.Limit(expression=value, limit_options=options)

    def _ends_limit(self, ahead: int) -> bool:
        token = self.peek(ahead)
        return token.kind == "end" or token.value in {
            ")",
            ";",
            "OFFSET",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "ORDER",
        }

    def _offset(self) -> exp.Expr:
        self.advance()
        offset = exp.Offset(expression=self.expression())
        if word := self.take_any("ROW", "ROWS"):
            offset.meta["rows"] = word
        return offset

    def _fetch(self) -> exp.Expr:
        self.advance()
        direction = self.take_any("FIRST", "NEXT")
        if direction is None:
            self.fail("expected FIRST or NEXT")
        count = None if self.at("ROW", "ROWS") else self.expression()
        rows = self.take_any("ROW", "ROWS")
        if rows is None:
            self.fail("expected ROW or ROWS")
        self.expect("ONLY")
        return exp.Fetch(
            direction=direction, count=count, limit_options=exp.LimitOptions(rows=exp.Var(this=rows))
        )

    # --- SELECT ---

    def _select(self) -> exp.Expr:
        first = self.token
        select = exp.Select()
        if self.take("FROM"):
            select.meta[FROM_FIRST] = True
            self.from_clause(select)
        if self.take("SELECT"):
            self._select_list(select)
            if not select.args.get("from_") and self.take("FROM"):
                self.from_clause(select)
        else:
            select.set("expressions", [exp.Star()])
            select.args["expressions"][0].meta[FROM_FIRST] = True
        self._clauses(select)
        return self.mark(select, first, self.previous)

    def _select_list(self, select: exp.Select) -> None:
        if self.take("DISTINCT"):
            on = None
            if self.take("ON"):
                on = exp.Tuple(expressions=self.wrapped(self.expression))
            select.set("distinct", exp.Distinct(on=on))
        elif self.at("ALL") and not self.on_ahead(1, "("):
            self.advance()
        items: list[exp.Expr] = []
        if not self._list_ends():
            items.append(self.target())
        while self.accept(",") and not self._list_ends():
            items.append(self.target())
        select.set("expressions", items)
        if self.at("INTO"):
            self.refuse("SELECT … INTO is not supported", hint="Use CREATE TABLE … AS.")

    def _list_ends(self) -> bool:
        return (
            self.token.kind == "end"
            or self.on(")", ";")
            or self.at("FROM", "WHERE", "INTO", "ORDER", "LIMIT")
        )

    def target(self) -> exp.Expr:
        """Read a result column: an expression with an optional alias before or behind it."""
        first = self.token
        if first.kind in {WORD, QUOTED, STRING} and self.on_ahead(1, ":"):
            alias = self.alias_label()
            self.require(":")
            node = exp.Alias(this=self.expression(), alias=alias)
            node.meta[PREFIXED] = True
            return self.mark(node, first, self.previous)
        value = self.expression()
        if self.take("AS"):
            return self.mark(exp.Alias(this=value, alias=self.alias_label()), first, self.previous)
        if self.bare_alias():
            return self.mark(exp.Alias(this=value, alias=self.label()), first, self.previous)
        return value

    def _clauses(self, select: exp.Select) -> None:
        if self.at("WHERE"):
            select.set("where", self.where())
        word = self.token
        if self.take("GROUP", "BY"):
            select.set("group", self.mark(self._group(), word, self.previous))
        word = self.token
        if self.take("HAVING"):
            select.set("having", self.mark(exp.Having(this=self.expression()), word, self.previous))
        if self.take("WINDOW"):
            select.set("windows", self.csv(self._named_window))
        word = self.token
        if self.take("QUALIFY"):
            select.set("qualify", self.mark(exp.Qualify(this=self.expression()), word, self.previous))
        if self.take("USING", "SAMPLE"):
            select.set("sample", self.sample())

    def where(self) -> exp.Where:
        """Read ``WHERE condition``."""
        word = self.advance()
        return self.mark(exp.Where(this=self.expression()), word, self.previous)

    def _group(self) -> exp.Group:
        if self.at("ALL") and not self.on_ahead(1, "("):
            self.advance()
            return exp.Group(all=True)
        return exp.Group(expressions=self.csv(self.grouping))

    def grouping(self) -> exp.Expr:
        """Read one item of GROUP BY."""
        first = self.token
        if self.on("(") and self.on_ahead(1, ")"):
            self.advance()
            self.advance()
            return self.mark(exp.Tuple(expressions=[]), first, self.previous)
        if self.take("GROUPING", "SETS"):
            sets = exp.GroupingSets(expressions=self.wrapped(self.grouping))
            return self.mark(sets, first, self.previous)
        if self.at("CUBE", "ROLLUP") and self.on_ahead(1, "("):
            kind = exp.Cube if self.advance().value == "CUBE" else exp.Rollup
            return self.mark(kind(expressions=self.wrapped(self.expression)), first, self.previous)
        return self.expression()

    def _named_window(self) -> exp.Expr:
        name = self.name("a window")
        self.expect("AS")
        window = self.window_definition()
        window.set("this", name)
        return window

    # --- PIVOT as a statement ---

    def _pivot_statement(self) -> exp.Expr:
        first = self.advance()
        kind = "UNPIVOT" if first.value in {"UNPIVOT", "PIVOT_LONGER"} else "PIVOT"
        node = nodes.PivotStatement(kind=kind)
        if kind == "UNPIVOT":
            for keyword, keep in (("INCLUDE", True), ("EXCLUDE", False)):
                if self.take(keyword, "NULLS"):
                    node.set("include_nulls", keep)
        source = self.table()
        if joins := self.joins(commas=False):
            source.set("joins", joins)
        node.set("this", source)
        if self.take("ON"):
            node.set("expressions", self.csv(self._pivot_column))
        if kind == "UNPIVOT" and self.take("INTO"):
            self.expect("NAME")
            node.set("name", self.name())
            self.expect("VALUE")
            node.set("values", self.csv(self.name))
        if self.take("USING"):
            node.set("using", self.csv(self.target))
        word = self.token
        if self.take("GROUP", "BY"):
            node.set("group", self.mark(self._group(), word, self.previous))
        return self.mark(node, first, self.previous)

    def _pivot_column(self) -> exp.Expr:
        """Read what follows ON: an expression, with the values to take or an alias."""
        first = self.token
        value = self.expression()
        if self.take("AS"):
            return self.mark(exp.Alias(this=value, alias=self.label()), first, self.previous)
        return value

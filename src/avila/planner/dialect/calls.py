"""Function calls with everything that can stand inside and behind their parentheses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.dialect.lexer import QUOTED, STRING, WORD, Token
from avila.planner.dialect.types import TypeParser

if TYPE_CHECKING:
    from collections.abc import Sequence

LAMBDA_FUNCTIONS = frozenset(
    [
        "list_transform",
        "array_transform",
        "list_apply",
        "array_apply",
        "apply",
        "list_filter",
        "array_filter",
        "filter",
        "list_reduce",
        "array_reduce",
        "reduce",
    ]
)
"""The functions in whose arguments the kernel reads ``x -> …`` as a lambda; elsewhere it reads from JSON."""

BARE: Final = "bare_"
"""The mark of a star's only EXCLUDE, REPLACE or RENAME that stands without parentheses."""
_ABOVE_COMPARISON: Final = 9


class CallParser(TypeParser):
    """Reads calls, windows, stars and lambdas."""

    def call(self, name: exp.Identifier) -> exp.Expr:
        """Read the arguments of a call and what follows them."""
        token = self.previous
        self.require("(")
        keyword_call = self._keyword_call(name)
        if keyword_call is None:
            function: exp.Expr = exp.Anonymous(
                this=name if name.quoted else name.name, expressions=self._arguments(name.name.lower())
            )
            self.require(")")
        else:
            function = keyword_call
        return self._after_call(self.mark(function, token, self.previous), token)

    def method(self, base: exp.Expr, name: exp.Identifier) -> exp.Expr:
        """Read a call behind a dot: a function of a schema, or the chained call of a method."""
        token = self.previous
        self.require("(")
        function = exp.Anonymous(
            this=name if name.quoted else name.name, expressions=self._arguments(name.name.lower())
        )
        self.require(")")
        self.mark(function, token, self.previous)
        return self._after_call(exp.Dot(this=base, expression=function), token)

    def star(self, token: Token) -> exp.Expr:
        """Read what may follow a star: EXCLUDE, REPLACE and RENAME."""
        star = exp.Star()
        readers = (
            ("EXCLUDE", "except_", self._excluded),
            ("REPLACE", "replace", self._replacement),
            ("RENAME", "rename", self._renaming),
        )
        for word, key, reader in readers:
            if self.take(word):
                star.meta[BARE + key] = not self.on("(")
                star.set(key, self.wrapped(reader) if self.on("(") else [reader()])
        return self.mark(star, token, self.previous)

    def bind_parameters(self, body: exp.Expr, names: set[str]) -> exp.Expr:
        """Turn the columns of a lambda's body that are its parameters into plain names.

        So a walk over exp.Column sees the columns of tables only.
        """
        for column in list(body.find_all(exp.Column)):
            parts = column.parts
            if parts[0].name.lower() not in names or not isinstance(parts[0], exp.Identifier):
                continue
            bound: exp.Expr = parts[0] if len(parts) == 1 else exp.Dot.build(list(parts))
            if column is body:
                body = bound
            else:
                column.replace(bound)
        return body

    # --- arguments ---

    def _arguments(self, function: str) -> list[exp.Expr]:
        if self.on(")"):
            return []
        distinct = self.take("DISTINCT")
        if not distinct and self.at("ALL") and not self.on_ahead(1, "("):
            self.advance()
        items = [] if self.at("ORDER") else self.csv(lambda: self._argument(function))
        last: exp.Expr | None = items.pop() if items else None
        if self.at("ORDER"):
            last = self.order(last)
        for word, node in (("IGNORE", exp.IgnoreNulls), ("RESPECT", exp.RespectNulls)):
            if self.take(word, "NULLS"):
                last = node(this=last)
        if last is not None:
            items.append(last)
        return [exp.Distinct(expressions=items)] if distinct else items

    def _argument(self, function: str) -> exp.Expr:
        first = self.token
        if self.take("VARIADIC"):
            return self.mark(nodes.Variadic(this=self.expression()), first, self.previous)
        if first.kind in {WORD, QUOTED} and self.on_ahead(1, ":=", "=>"):
            name = self.label()
            operator = self.advance().value
            named = nodes.NamedArgument(this=name, expression=self._value(function), operator=operator)
            return self.mark(named, first, self.previous)
        return self._value(function)

    def _value(self, function: str) -> exp.Expr:
        value = self.expression()
        if (
            isinstance(value, nodes.Operation)
            and value.args["operator"] == "->"
            and function in LAMBDA_FUNCTIONS
        ):
            return self._arrow_lambda(value)
        return value

    def _arrow_lambda(self, arrow: nodes.Operation) -> exp.Expr:
        left, right = arrow.left, arrow.right
        columns = left.expressions if isinstance(left, exp.Tuple) else [left.unnest()]
        names: list[exp.Identifier] = []
        for column in columns:
            if not (isinstance(column, exp.Column) and len(column.parts) == 1):
                return arrow
            names.append(column.this)
        body = self.bind_parameters(right, {name.name.lower() for name in names})
        node = exp.Lambda(this=body, expressions=names)
        node.meta.update(arrow.meta)
        return node

    def _python_lambda(self) -> exp.Expr:
        first = self.advance()
        names = self.csv(self.name)
        self.require(":")
        body = self.bind_parameters(self.expression(), {name.name.lower() for name in names})
        return self.mark(nodes.PythonLambda(this=body, expressions=names), first, self.previous)

    # --- calls with words between the arguments ---

    def _keyword_call(self, name: exp.Identifier) -> exp.Expr | None:
        """Read ``EXTRACT(year FROM x)`` and its kind, if the words are there; otherwise go back."""
        readers = {
            "EXTRACT": self._extract,
            "POSITION": self._position,
            "SUBSTRING": self._substring,
            "OVERLAY": self._overlay,
            "TRIM": self._trim,
        }
        reader = None if name.quoted else readers.get(name.name.upper())
        if reader is None:
            return None
        index = self.index
        found = reader()
        if found is None or not self.on(")"):
            self.retreat(index)
            return None
        self.require(")")
        words, arguments = found
        return nodes.KeywordCall(this=name.name, expressions=arguments, words=words)

    def _extract(self) -> tuple[list[str], list[exp.Expr]] | None:
        part = self.string() if self.token.kind == STRING else self.word("a part of a date")
        if not self.take("FROM"):
            return None
        return ["", "FROM"], [part, self.expression()]

    def _position(self) -> tuple[list[str], list[exp.Expr]] | None:
        needle = self.expression(_ABOVE_COMPARISON)
        if not self.take("IN"):
            return None
        return ["", "IN"], [needle, self.expression(_ABOVE_COMPARISON)]

    def _substring(self) -> tuple[list[str], list[exp.Expr]] | None:
        words, arguments = [""], [self.expression()]
        while word := self.take_any("FROM", "FOR"):
            words.append(word)
            arguments.append(self.expression())
        return (words, arguments) if len(words) > 1 else None

    def _overlay(self) -> tuple[list[str], list[exp.Expr]] | None:
        words, arguments = [""], [self.expression()]
        if not self.at("PLACING"):
            return None
        while word := self.take_any("PLACING", "FROM", "FOR"):
            words.append(word)
            arguments.append(self.expression())
        return words, arguments

    def _trim(self) -> tuple[list[str], list[exp.Expr]] | None:
        side = self.take_any("BOTH", "LEADING", "TRAILING") or ""
        if self.take("FROM"):
            words, arguments = [f"{side} FROM".strip()], [self.expression()]
        else:
            words, arguments = [side], [self.expression()]
            if self.take("FROM"):
                words.append("FROM")
                arguments.append(self.expression())
            elif not side:
                return None
        while self.accept(","):
            words.append(",")
            arguments.append(self.expression())
        return words, arguments

    # --- behind the parentheses ---

    def _after_call(self, function: exp.Expr, first: Token) -> exp.Expr:
        if self.take("WITHIN", "GROUP"):
            self.require("(")
            function = exp.WithinGroup(this=function, expression=self.order(None))
            self.require(")")
        if self.at("FILTER") and self.on_ahead(1, "("):
            self.advance()
            self.require("(")
            word = self.token
            self.take("WHERE")
            condition = exp.Where(this=self.expression())
            function = exp.Filter(this=function, expression=self.mark(condition, word, self.previous))
            self.require(")")
        if self.at("EXPORT_STATE"):
            self.refuse("EXPORT_STATE is not supported")
        if self.take("OVER"):
            function = self._window(function)
        return self.mark(function, first, self.previous)

    def _window(self, function: exp.Expr) -> exp.Expr:
        if not self.on("("):
            return exp.Window(this=function, alias=self.name("a window"), over="OVER")
        window = self.window_definition()
        window.set("this", function)
        window.set("over", "OVER")
        return window

    def window_definition(self) -> exp.Window:
        """Read ``([name] [PARTITION BY …] [ORDER BY …] [frame])``."""
        self.require("(")
        alias = None
        if self.is_name(self.token) and not self.at("PARTITION", "ROWS", "RANGE", "GROUPS"):
            alias = self.name()
        partition: list[exp.Expr] = []
        if self.take("PARTITION", "BY"):
            partition = self.csv(self.expression)
        order = self.order(None) if self.at("ORDER") else None
        kind = self.take_any("ROWS", "RANGE", "GROUPS")
        frame = self._frame(kind) if kind else None
        self.require(")")
        return exp.Window(this=exp.Var(this=""), partition_by=partition, order=order, spec=frame, alias=alias)

    def _frame(self, kind: str) -> exp.WindowSpec:
        spec = exp.WindowSpec(kind=kind)
        between = self.take("BETWEEN")
        self._bound(spec, "start")
        if between:
            self.expect("AND")
            self._bound(spec, "end")
        if self.take("EXCLUDE"):
            for words in (("CURRENT", "ROW"), ("GROUP",), ("TIES",), ("NO", "OTHERS")):
                if self.take(*words):
                    spec.set("exclude", exp.Var(this=" ".join(words)))
                    return spec
            self.fail("expected CURRENT ROW, GROUP, TIES or NO OTHERS")
        return spec

    def _bound(self, spec: exp.WindowSpec, side: str) -> None:
        if self.take("CURRENT", "ROW"):
            spec.set(side, "CURRENT ROW")
            return
        value = "UNBOUNDED" if self.take("UNBOUNDED") else self.expression(_ABOVE_COMPARISON)
        spec.set(side, value)
        direction = self.take_any("PRECEDING", "FOLLOWING")
        if direction is None:
            self.fail("expected PRECEDING or FOLLOWING")
        spec.set(f"{side}_side", direction)

    # --- order and stars ---

    def order(self, this: exp.Expr | None) -> exp.Order:
        """Read ``ORDER BY …``; ``this`` is what a call orders."""
        first = self.token
        self.expect("ORDER", "BY")
        node = exp.Order(this=this, expressions=self.csv(self._ordered))
        return self.mark(node, first, self.previous)

    def _ordered(self) -> exp.Expr:
        first = self.token
        value: exp.Expr
        if self.at("ALL") and not self.on_ahead(1, "("):
            value = self.mark(exp.Var(this="ALL"), self.advance())
        else:
            value = self.expression()
        direction = self.take_any("ASC", "DESC", "ASCENDING", "DESCENDING")
        nulls = None
        if self.take("NULLS"):
            nulls = self.take_any("FIRST", "LAST")
            if nulls is None:
                self.fail("expected FIRST or LAST")
        node = exp.Ordered(
            this=value,
            desc=None if direction is None else direction.startswith("DESC"),
            nulls_first=None if nulls is None else nulls == "FIRST",
        )
        return self.mark(node, first, self.previous)

    def _excluded(self) -> exp.Expr:
        first = self.token
        parts = [self.label("a column")]
        while self.accept("."):
            parts.append(self.label("a column"))
        return self.mark(column_of(parts), first, self.previous)

    def _replacement(self) -> exp.Expr:
        first = self.token
        value = self.expression()
        self.expect("AS")
        return self.mark(exp.Alias(this=value, alias=self.label("a column")), first, self.previous)

    def _renaming(self) -> exp.Expr:
        column = self._excluded()
        self.expect("AS")
        return exp.Alias(this=column, alias=self.label("a column"))


def column_of(parts: Sequence[exp.Expr]) -> exp.Column:
    """Return the column of a dotted name."""
    qualifiers = dict(zip(("table", "db", "catalog"), reversed(parts[:-1]), strict=False))
    return exp.Column(this=parts[-1], **qualifiers)

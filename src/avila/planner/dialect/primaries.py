"""The operands of expressions: constants, columns, calls, lists, structs, CASE, subqueries."""

from __future__ import annotations

from abc import abstractmethod

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.dialect.calls import CallParser, column_of
from avila.planner.dialect.lexer import NUMBER, PARAMETER, QUOTED, STRING, SYMBOL, WORD, Token
from avila.planner.dialect.types import INTERVAL_UNITS, LITERAL_PREFIXES
from avila.planner.dialect.words import RESERVED

QUERY_CONTINUES = ("UNION", "EXCEPT", "INTERSECT", "ORDER", "LIMIT", "OFFSET", "FETCH")
"""What goes on with a query behind its first, parenthesised operand."""
QUERY_WORDS = frozenset(
    [
        "SELECT",
        "WITH",
        "FROM",
        "VALUES",
        "TABLE",
        "PIVOT",
        "PIVOT_WIDER",
        "PIVOT_LONGER",
        "UNPIVOT",
        "DESCRIBE",
        "DESC",
        "SHOW",
        "SUMMARIZE",
    ]
)


class PrimaryParser(CallParser):
    """Reads operands and what is written behind them: ``.field``, ``[index]``, ``::type``, ``.method()``."""

    def primary(self) -> exp.Expr:
        """Read an operand with everything that binds to it most tightly."""
        first = self.token
        node = self._atom()
        while self.token.kind == SYMBOL:
            if self.on("["):
                node = self._subscript(node)
            elif self.on("::"):
                self.advance()
                node = nodes.PostfixCast(this=node, to=self.type_name())
            elif self.on("."):
                node = self._member(node)
            else:
                break
            self.mark(node, first, self.previous)
        return node

    @abstractmethod
    def continue_query(self, left: exp.Expr) -> exp.Expr:
        """Read the rest of a query whose first operand, a parenthesised one, was read already."""

    def starts_query(self, ahead: int = 0) -> bool:
        """Whether the words of a query stand here."""
        token = self.peek(ahead)
        if token.kind != WORD or token.value not in QUERY_WORDS:
            return False
        return token.value != "VALUES" or self.on_ahead(ahead + 1, "(")

    # --- atoms ---

    def _atom(self) -> exp.Expr:
        token = self.token
        match token.kind:
            case "string":
                return self.string()
            case "number":
                return self.number()
            case "parameter":
                return self._parameter_mark()
            case "symbol":
                return self._symbol_atom(token)
            case "word":
                return self._word_atom(token)
            case "quoted":
                return self._reference()
            case _:
                return self.fail("expected an expression")

    def _parameter_mark(self) -> exp.Expr:
        token = self.advance()
        if token.kind != PARAMETER:
            self.fail("expected a parameter", token)
        return self.mark(exp.Placeholder(this=token.value or None), token)

    def _symbol_atom(self, token: Token) -> exp.Expr:
        match token.value:
            case "(":
                return self._parenthesis()
            case "[":
                return self._list()
            case "{":
                return self.mark(exp.Struct(expressions=self._pairs()), token, self.previous)
            case "*":
                if self.peek().value == "COLUMNS" and self.on_ahead(2, "("):
                    self.advance()
                    return self.mark(nodes.Unpack(this=self._atom()), token, self.previous)
                self.advance()
                return self.star(token)
            case "#":
                self.advance()
                return self.mark(exp.PositionalColumn(this=self.number("a position")), token, self.previous)
            case _:
                return self.fail("expected an expression")

    def _word_atom(self, token: Token) -> exp.Expr:
        match token.value:
            case "NULL":
                return self.mark(exp.Null(), self.advance())
            case "TRUE" | "FALSE":
                return self.mark(exp.Boolean(this=token.value == "TRUE"), self.advance())
            case "DEFAULT":
                return self.mark(exp.Var(this="DEFAULT"), self.advance())
            case "CASE":
                return self._case()
            case "LAMBDA":
                return self._python_lambda()
            case "ARRAY":
                return self._array()
            case "CAST":
                return self._cast()
        if token.value in RESERVED:
            self.fail("expected an expression")
        if self.on_ahead(1, "("):
            return self._typed_literal() or self._parenthesised(token)
        if token.value == "MAP" and self.on_ahead(1, "{"):
            self.advance()
            return self.mark(exp.ToMap(this=exp.Struct(expressions=self._pairs())), token, self.previous)
        if token.value == "INTERVAL" and self.peek().kind in {STRING, NUMBER, PARAMETER}:
            return self._interval()
        return self._typed_literal() or self._reference()

    def _parenthesised(self, token: Token) -> exp.Expr:
        """Read a word that an opening parenthesis follows."""
        match token.value:
            case "TRY_CAST":
                return self._cast()
            case "EXISTS" if self.starts_query(2):
                self.advance()
                return self.mark(exp.Exists(this=self._wrapped_query()), token, self.previous)
            case "INTERVAL":
                return self._interval()
            case "COLUMNS":
                self.advance()
                self.require("(")
                inside = self.expression()
                self.require(")")
                return self.mark(exp.Columns(this=inside), token, self.previous)
        return self.call(self.label())

    def _wrapped_query(self) -> exp.Expr:
        self.require("(")
        query = self.query()
        self.require(")")
        return query

    def _typed_literal(self) -> exp.Expr | None:
        """Read ``type 'text'``, if that is what stands here."""
        token = self.token
        if token.value == "INTERVAL":
            return None
        if self.peek().kind != STRING and token.value not in LITERAL_PREFIXES:
            return None
        if self.peek().kind != STRING and not self._type_before_string():
            return None
        kind = self.type_name()
        return self.mark(nodes.TypedLiteral(this=self.string(), to=kind), token, self.previous)

    def _type_before_string(self) -> bool:
        """Whether the next few tokens are the words and parameters of a type, and then a string."""
        ahead = 1
        if self.on_ahead(ahead, "("):
            while not self.on_ahead(ahead, ")"):
                ahead += 1
                if self.peek(ahead).kind not in {NUMBER, SYMBOL} or ahead > 6:
                    return False
            ahead += 1
        while self.peek(ahead).value in {
            "WITH",
            "WITHOUT",
            "TIME",
            "ZONE",
            "VARYING",
            "PRECISION",
            "CHARACTER",
        }:
            ahead += 1
        return self.peek(ahead).kind == STRING

    # --- references ---

    def _reference(self) -> exp.Expr:
        """Read a column with the names before it; a star or a call may end the chain."""
        first = self.token
        name = self.label()
        parts: list[exp.Expr] = [name]
        while self.on(".") and len(parts) < 4 and self.peek().kind in {WORD, QUOTED}:
            if self.on_ahead(2, "("):
                break
            self.advance()
            parts.append(self.label())
        if self.on(".") and self.on_ahead(1, "*"):
            self.advance()
            star = self.star(self.advance())
            column = column_of([*parts, star])
        elif self.on("("):
            return self.call(name)
        else:
            column = column_of(parts)
        return self.mark(column, first, self.previous)

    def _member(self, node: exp.Expr) -> exp.Expr:
        """Read ``.field``, ``.method(…)``, ``.*`` or ``.COLUMNS(…)`` behind an expression."""
        self.advance()
        if self.on("*"):
            return exp.Dot(this=node, expression=self.star(self.advance()))
        token = self.token
        if token.value == "COLUMNS" and token.kind == WORD and self.on_ahead(1, "("):
            return exp.Dot(this=node, expression=self._parenthesised(token))
        name = self.label("a field")
        if not self.on("("):
            return exp.Dot(this=node, expression=name)
        return self.method(node, name)

    def _subscript(self, node: exp.Expr) -> exp.Expr:
        self.require("[")
        index: exp.Expr
        start = None if self.on(":") else self.expression()
        if self.accept(":"):
            stop, step = self._slice_end(), None
            if self.accept(":"):
                step = None if self.on("]") else self.expression()
            index = exp.Slice(this=start, expression=stop, step=step)
        elif start is None:
            self.fail("expected an index")
        else:
            index = start
        self.require("]")
        return exp.Bracket(this=node, expressions=[index])

    def _slice_end(self) -> exp.Expr | None:
        if self.on("-") and self.on_ahead(1, ":"):
            return self.mark(exp.Var(this="-"), self.advance())
        return None if self.on("]", ":") else self.expression()

    # --- constructors ---

    def _parenthesis(self) -> exp.Expr:
        first = self.token
        node: exp.Expr
        if self.starts_query(1):
            node = exp.Subquery(this=self._wrapped_query())
        else:
            self.require("(")
            items = self.csv(self.expression, ")")
            if type(items[0]) is exp.Subquery and self.at(*QUERY_CONTINUES):
                node = exp.Subquery(this=self.continue_query(items[0]))
            elif len(items) == 1 and self.previous.value != ",":
                node = exp.Paren(this=items[0])
            else:
                node = exp.Tuple(expressions=items)
            self.require(")")
        return self.mark(node, first, self.previous)

    def _list(self) -> exp.Expr:
        first = self.require("[")
        node: exp.Expr
        if self.on("]"):
            node = exp.Array(expressions=[])
        else:
            items = [self.expression()]
            if self.take("FOR"):
                node = self._comprehension(items[0])
            else:
                while self.accept(",") and not self.on("]"):
                    items.append(self.expression())
                node = exp.Array(expressions=items)
        self.require("]")
        return self.mark(node, first, self.previous)

    def _comprehension(self, value: exp.Expr) -> exp.Expr:
        variables = self.csv(self.name)
        self.expect("IN")
        iterator = self.expression()
        condition = self.expression() if self.take("IF") else None
        names = {variable.name.lower() for variable in variables}
        return nodes.ListComprehension(
            this=self.bind_parameters(value, names),
            expressions=variables,
            iterator=iterator,
            condition=None if condition is None else self.bind_parameters(condition, names),
        )

    def _array(self) -> exp.Expr:
        first = self.advance()
        node: exp.Expr
        if self.on("("):
            node = nodes.ArrayQuery(this=self._wrapped_query())
        else:
            self.require("[")
            items = [] if self.on("]") else self.csv(self.expression, "]")
            self.require("]")
            node = nodes.ArrayConstructor(expressions=items)
        return self.mark(node, first, self.previous)

    def _pairs(self) -> list[exp.Expr]:
        """Read ``{key: value, …}``."""
        self.require("{")
        pairs = [] if self.on("}") else self.csv(self._pair, "}")
        self.require("}")
        return pairs

    def _pair(self) -> exp.Expr:
        first = self.token
        named = self.token.kind in {WORD, QUOTED} and self.on_ahead(1, ":")
        key = self.label() if named else self.expression()
        self.require(":")
        return self.mark(exp.PropertyEQ(this=key, expression=self.expression()), first, self.previous)

    def _case(self) -> exp.Expr:
        first = self.advance()
        subject = None if self.at("WHEN") else self.expression()
        branches: list[exp.Expr] = []
        while self.take("WHEN"):
            condition = self.expression()
            self.expect("THEN")
            branches.append(exp.If(this=condition, true=self.expression()))
        default = self.expression() if self.take("ELSE") else None
        if not branches:
            self.fail("expected WHEN")
        self.expect("END")
        return self.mark(exp.Case(this=subject, ifs=branches, default=default), first, self.previous)

    def _cast(self) -> exp.Expr:
        first = self.advance()
        self.require("(")
        value = self.expression()
        self.expect("AS")
        kind = self.type_name()
        self.require(")")
        node = exp.TryCast if first.value == "TRY_CAST" else exp.Cast
        return self.mark(node(this=value, to=kind), first, self.previous)

    def _interval(self) -> exp.Expr:
        first = self.advance()
        if self.on("("):
            self.advance()
            value: exp.Expr = exp.Paren(this=self.expression())
            self.require(")")
        else:
            value = self._atom()
        unit = None
        if self.at(*INTERVAL_UNITS):
            unit = exp.Var(this=self.advance().text)
            if self.at("TO") and self.peek().value in INTERVAL_UNITS:
                self.refuse(f"INTERVAL {unit.name} TO {self.peek().text} is not supported")
        return self.mark(exp.Interval(this=value, unit=unit), first, self.previous)

"""How tightly operators bind, as the kernel's grammar has it, and the expressions built from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.dialect.lexer import END, SYMBOL, WORD, Token
from avila.planner.dialect.primaries import PrimaryParser
from avila.planner.dialect.words import RESERVED

if TYPE_CHECKING:
    from collections.abc import Mapping

ARROW: Final = 1
OR: Final = 2
AND: Final = 3
NOT: Final = 4
IS: Final = 5
COMPARISON: Final = 6
RANGE: Final = 7
POSTFIX: Final = 9
OTHER: Final = 10
ADDITIVE: Final = 11
MULTIPLICATIVE: Final = 12
POWER: Final = 13
ZONE: Final = 14
COLLATE: Final = 15
SIGN: Final = 16

_BINARY: Mapping[str, tuple[int, type[exp.Binary]]] = {
    "=": (COMPARISON, exp.EQ),
    "==": (COMPARISON, exp.EQ),
    "<>": (COMPARISON, exp.NEQ),
    "!=": (COMPARISON, exp.NEQ),
    "<": (COMPARISON, exp.LT),
    ">": (COMPARISON, exp.GT),
    "<=": (COMPARISON, exp.LTE),
    ">=": (COMPARISON, exp.GTE),
    "+": (ADDITIVE, exp.Add),
    "-": (ADDITIVE, exp.Sub),
    "*": (MULTIPLICATIVE, exp.Mul),
    "/": (MULTIPLICATIVE, exp.Div),
    "%": (MULTIPLICATIVE, exp.Mod),
    "//": (MULTIPLICATIVE, exp.IntDiv),
    "||": (OTHER, exp.DPipe),
}
_POWERS = frozenset({"^", "**"})
_RANGE_WORDS = frozenset({"IN", "BETWEEN", "LIKE", "ILIKE", "GLOB", "SIMILAR", "NOT", "OVERLAPS"})
_PATTERNS: Mapping[str, type[exp.Binary]] = {
    "LIKE": exp.Like,
    "ILIKE": exp.ILike,
    "GLOB": exp.Glob,
    "SIMILAR": exp.SimilarTo,
}
_OPERANDS_END = frozenset({")", "]", "}", ",", ";", ":", "=>", ":="})


def strength_of_symbol(symbol: str) -> int:
    """Return how tightly an operator binds."""
    known = _BINARY.get(symbol)
    if known is not None:
        return known[0]
    return (
        ARROW if symbol == "->" else POWER if symbol in _POWERS else RANGE if symbol == "OVERLAPS" else OTHER
    )


class OperatorParser(PrimaryParser):
    """Reads expressions by precedence climbing."""

    def expression(self, floor: int = 0) -> exp.Expr:
        """Read an expression whose operators bind at least as tightly as ``floor``."""
        first = self.token
        with self.nested():
            left = self._operand()
            while True:
                right = self._infix(left, floor)
                if right is None:
                    return left
                left = self.mark(right, first, self.previous)

    def _operand(self) -> exp.Expr:
        """Read prefix operators and what they apply to."""
        token = self.token
        if token.kind == WORD and token.value == "NOT":
            self.advance()
            return self.mark(exp.Not(this=self.expression(NOT)), token, self.previous)
        if token.kind == SYMBOL and _is_prefix(token.value):
            self.advance()
            sign = token.value in {"+", "-"}
            operand = self.expression(SIGN if sign else OTHER + 1)
            node: exp.Expr = (
                exp.Neg(this=operand)
                if token.value == "-"
                else nodes.PrefixOperation(this=operand, operator=token.value)
            )
            return self.mark(node, token, self.previous)
        return self.primary()

    def _infix(self, left: exp.Expr, floor: int) -> exp.Expr | None:
        """Read one operator after ``left`` if it binds tightly enough."""
        token = self.token
        if token.kind == SYMBOL:
            return self._symbol(left, token, floor)
        if token.kind != WORD:
            return None
        word = token.value
        if word == "OR" and floor <= OR:
            self.advance()
            return exp.Or(this=left, expression=self.expression(OR + 1))
        if word == "AND" and floor <= AND:
            self.advance()
            return exp.And(this=left, expression=self.expression(AND + 1))
        if word in {"IS", "ISNULL", "NOTNULL"} and floor <= IS:
            return self._is(left)
        if word in _RANGE_WORDS and floor <= RANGE:
            return self._range(left)
        if word == "AT" and floor <= ZONE and self.take("AT", "TIME", "ZONE"):
            return exp.AtTimeZone(this=left, zone=self.expression(ZONE + 1))
        if word == "COLLATE" and floor <= COLLATE:
            self.advance()
            return exp.Collate(this=left, expression=self._collation())
        if word == "OPERATOR" and self.on_ahead(1, "(") and floor <= OTHER:
            return self._named_operator(left)
        return None

    def _symbol(self, left: exp.Expr, token: Token, floor: int) -> exp.Expr | None:
        symbol = token.value
        known = _BINARY.get(symbol)
        if known is not None:
            strength, node = known
            if floor > strength:
                return None
            self.advance()
            return node(this=left, expression=self._right(strength))
        if symbol == "::":
            # The operand of a cast has taken its own; this one is behind a closed predicate: a IS NULL::INT.
            self.advance()
            return nodes.PostfixCast(this=left, to=self.type_name())
        if symbol in _OPERANDS_END or symbol in _NEVER_INFIX:
            return None
        strength = strength_of_symbol(symbol)
        if floor > strength:
            return None
        self.advance()
        if strength == OTHER and self._nothing_follows():
            return nodes.PostfixOperation(this=left, operator=symbol)
        return nodes.Operation(this=left, expression=self._right(strength), operator=symbol)

    def _right(self, strength: int) -> exp.Expr:
        """Read the right operand of a left-associative operator; it may be ANY or ALL of something."""
        if self.at("ANY", "ALL", "SOME") and self.on_ahead(1, "("):
            return self._quantified()
        return self.expression(strength + 1)

    def _quantified(self) -> exp.Expr:
        first = self.advance()
        self.require("(")
        inside: exp.Expr
        inside = exp.Subquery(this=self.query()) if self.starts_query() else exp.Paren(this=self.expression())
        self.require(")")
        node: exp.Expr = exp.All(this=inside) if first.value == "ALL" else exp.Any(this=inside)
        return self.mark(node, first, self.previous)

    def _nothing_follows(self) -> bool:
        """Whether no operand can begin here, which makes the operator before a postfix one."""
        token = self.token
        if token.kind == SYMBOL:
            return token.value not in _BEGINS_OPERAND and not _is_prefix(token.value)
        return token.kind == END or (token.kind == WORD and token.value in _AFTER_EXPRESSION)

    def _collation(self) -> exp.Expr:
        parts = [self.label("a collation")]
        while self.accept("."):
            parts.append(self.label("a collation"))
        if len(parts) == 1:
            return parts[0] if parts[0].quoted else exp.Var(this=parts[0].name)
        return exp.Dot.build(parts)

    def _named_operator(self, left: exp.Expr) -> exp.Expr:
        start = self.advance()
        self.require("(")
        operator = self.advance()
        if operator.kind != SYMBOL or not self.on(")"):
            self.refuse("OPERATOR() takes one plain operator", start)
        self.require(")")
        return nodes.Operation(
            this=left, expression=self.expression(OTHER + 1), operator=f"OPERATOR({operator.value})"
        )

    # --- predicates ---

    def _is(self, left: exp.Expr) -> exp.Expr:
        word = self.advance()
        if word.value != "IS":
            return nodes.PostfixOperation(this=left, operator=word.value)
        negated = self.take("NOT")
        if self.take("DISTINCT", "FROM"):
            right = self._right(IS)
            node = exp.NullSafeEQ if negated else exp.NullSafeNEQ
            return node(this=left, expression=right)
        first = self.token
        if self.take("NULL"):
            right = exp.Null()
        elif value := self.take_any("TRUE", "FALSE"):
            right = exp.Boolean(this=value == "TRUE")
        elif self.take("UNKNOWN"):
            right = exp.Var(this="UNKNOWN")
        else:
            self.fail("expected NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM after IS")
        predicate = exp.Is(this=left, expression=self.mark(right, first))
        return nodes.PostfixNot(this=predicate) if negated else predicate

    def _range(self, left: exp.Expr) -> exp.Expr | None:
        index = self.index
        negated = self.take("NOT")
        if self.take("IN"):
            node = self._in(left)
        elif self.take("BETWEEN"):
            node = self._between(left)
        elif not negated and self.take("OVERLAPS"):
            return nodes.Operation(this=left, expression=self.expression(RANGE + 1), operator="OVERLAPS")
        elif pattern := self.take_any(*_PATTERNS):
            if pattern == "SIMILAR":
                self.expect("TO")
            node = _PATTERNS[pattern](this=left, expression=self._right(RANGE))
            if self.take("ESCAPE"):
                node = exp.Escape(this=node, expression=self.expression(RANGE + 1))
        elif negated and self.take("NULL"):
            return nodes.PostfixOperation(this=left, operator="NOT NULL")
        else:
            self.retreat(index)
            return None
        return nodes.PostfixNot(this=node) if negated else node

    def _in(self, left: exp.Expr) -> exp.Expr:
        if not self.on("("):
            return exp.In(this=left, field=self.expression(RANGE + 1))
        index = self.index
        first = self.advance()
        if self.starts_query():
            query = exp.Subquery(this=self.query())
            self.require(")")
            if not self._continues_operand():
                return exp.In(this=left, query=self.mark(query, first, self.previous))
            self.retreat(index)
            return exp.In(this=left, field=self.expression(RANGE + 1))
        items = self.csv(self.expression, ")")
        self.require(")")
        return exp.In(this=left, expressions=items)

    def _continues_operand(self) -> bool:
        return self.on("[", "::", ".")

    def _between(self, left: exp.Expr) -> exp.Expr:
        symmetric = self.take_any("SYMMETRIC", "ASYMMETRIC")
        low = self.expression(IS)
        self.expect("AND")
        high = self.expression(RANGE + 1)
        return exp.Between(
            this=left, low=low, high=high, symmetric=None if symmetric is None else symmetric == "SYMMETRIC"
        )


def _is_prefix(symbol: str) -> bool:
    """Whether an operator may stand before its only operand: a sign, or one of no precedence of its own."""
    if symbol in {"+", "-", "||"}:
        return True
    return symbol not in _BINARY and symbol not in _POWERS and symbol not in _NEVER_PREFIX


_OPENING = frozenset({"(", "[", "{", "#"})
_BEGINS_OPERAND = _OPENING | {"*"}
_NEVER_PREFIX = _OPENING | _OPERANDS_END | {".", "::", "->", "->>"}
_NEVER_INFIX = _OPENING | {"."}
_AFTER_EXPRESSION = (RESERVED | _RANGE_WORDS | {"IS", "ISNULL", "NOTNULL", "AT"}) - frozenset(
    {"NULL", "TRUE", "FALSE", "CASE", "CAST", "ARRAY", "DEFAULT", "LAMBDA"}
)

"""Writing operators and constants: word for word, with parentheses only where a rule left them out."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.generators.duckdb import DuckDBGenerator

from avila.planner.dialect import nodes
from avila.planner.dialect.operators import (
    AND,
    COMPARISON,
    IS,
    NOT,
    OR,
    OTHER,
    POSTFIX,
    RANGE,
    SIGN,
    strength_of_symbol,
)

_QUOTE = "'"
_PREFIX = (exp.Not, exp.Neg, nodes.PrefixOperation)
ATOM = 100
_SYMBOLS: dict[type[exp.Expr], tuple[int, str]] = {
    exp.Or: (OR, "OR"),
    exp.And: (AND, "AND"),
    exp.NullSafeEQ: (IS, "IS NOT DISTINCT FROM"),
    exp.NullSafeNEQ: (IS, "IS DISTINCT FROM"),
    exp.EQ: (COMPARISON, "="),
    exp.NEQ: (COMPARISON, "<>"),
    exp.LT: (COMPARISON, "<"),
    exp.GT: (COMPARISON, ">"),
    exp.LTE: (COMPARISON, "<="),
    exp.GTE: (COMPARISON, ">="),
    exp.DPipe: (OTHER, "||"),
    **{
        node: (strength_of_symbol(symbol), symbol)
        for node, symbol in (
            (exp.Add, "+"),
            (exp.Sub, "-"),
            (exp.Mul, "*"),
            (exp.Div, "/"),
            (exp.Mod, "%"),
            (exp.IntDiv, "//"),
        )
    },
}
_STRENGTHS: dict[type[exp.Expr], int] = {
    **{node: strength for node, (strength, _) in _SYMBOLS.items()},
    exp.Not: NOT,
    exp.Is: IS,
    exp.In: RANGE,
    exp.Between: RANGE,
    exp.Like: RANGE,
    exp.ILike: RANGE,
    exp.Glob: RANGE,
    exp.SimilarTo: RANGE,
    exp.Escape: RANGE,
    exp.Neg: SIGN,
    nodes.PrefixOperation: OTHER,
    nodes.PostfixOperation: POSTFIX,
}


def strength_of(node: exp.Expr) -> int:
    """Return how tightly the operator at the top of an expression binds."""
    if isinstance(node, nodes.Operation):
        return strength_of_symbol(node.args["operator"])
    if isinstance(node, nodes.PostfixNot):
        return strength_of(node.this)
    if isinstance(node, nodes.PostfixOperation) and node.args["operator"] in {"ISNULL", "NOTNULL"}:
        return IS
    return _STRENGTHS.get(type(node), ATOM)


def _symbol_of(node: exp.Expr) -> str | None:
    if isinstance(node, nodes.Operation):
        return str(node.args["operator"])
    known = _SYMBOLS.get(type(node))
    return known[1] if known else None


def _opens_left(node: exp.Expr, left: exp.Expr) -> bool:
    """Whether a left operand needs parentheses: it, or a prefix operator at its end, binds less tightly."""
    strength = strength_of(node)
    while isinstance(left, (exp.Binary, *_PREFIX)) and not isinstance(left, exp.Dot):
        if strength_of(left) < strength:
            return True
        left = left.args.get("expression") or left.this
    return strength_of(left) < strength


class OperatorWriter(DuckDBGenerator):
    """Writes operators, constants and names."""

    def listed(self, expression: exp.Expr) -> str:
        """Write the ``expressions`` of a node between commas."""
        return ", ".join(self.sql(item) for item in expression.args.get("expressions") or ())

    # --- constants and names ---

    def literal_sql(self, expression: exp.Literal) -> str:
        """Write a constant; in the kernel's plain strings only the quote is special."""
        text = str(expression.this)
        return f"'{text.replace(_QUOTE, _QUOTE * 2)}'" if expression.is_string else text

    def placeholder_sql(self, expression: exp.Placeholder) -> str:
        """Write a parameter."""
        return f"${expression.name}" if expression.this else "?"

    def neg_sql(self, expression: exp.Neg) -> str:
        """Write a minus, away from one that follows."""
        inside = self._right_of(expression, expression.this)
        return f"-{inside}" if inside[:1].isalnum() else f"- {inside}"

    def identifier_sql(self, expression: exp.Identifier) -> str:
        """Write a name, quoted if it was."""
        name = str(expression.this)
        if expression.meta.get("string"):
            return f"'{name.replace(_QUOTE, _QUOTE * 2)}'"
        if expression.args.get("quoted"):
            return '"' + name.replace('"', '""') + '"'
        return name

    def var_sql(self, expression: exp.Var) -> str:
        """Write a word as it is."""
        return str(expression.this)

    def positionalcolumn_sql(self, expression: exp.PositionalColumn) -> str:
        """Write ``#1``."""
        return f"#{self.sql(expression, 'this')}"

    # --- operators ---

    def binary(self, expression: exp.Binary, op: str) -> str:
        """Write a chain of operators without recursing into its left side, which may be thousands deep."""
        del op
        pieces: list[str] = []
        node: exp.Expr = expression
        while True:
            pieces.append(f" {_symbol_of(node)} {self._above(node, node.args['expression'])}")
            left = node.this
            wrap = _opens_left(node, left)
            if wrap or _symbol_of(left) is None:
                pieces.append(self._maybe_wrapped(left, wrap))
                return "".join(reversed(pieces))
            node = left

    def _maybe_wrapped(self, node: exp.Expr, wrap: bool) -> str:
        return f"({self.sql(node)})" if wrap else self.sql(node)

    def _left_of(self, node: exp.Expr) -> str:
        """Write the left side of a predicate, wrapped if it binds less tightly."""
        return self._maybe_wrapped(node.this, _opens_left(node, node.this))

    def _right_of(self, node: exp.Expr, operand: exp.Expr) -> str:
        """Write the operand of a prefix operator."""
        return self._maybe_wrapped(operand, strength_of(operand) < strength_of(node))

    def _above(self, node: exp.Expr, operand: exp.Expr) -> str:
        """Write a right operand, which must bind more tightly than the operator before it."""
        return self._maybe_wrapped(operand, strength_of(operand) <= strength_of(node))

    def operation_sql(self, expression: nodes.Operation) -> str:
        """Write an operator by its spelling."""
        return self.binary(expression, "")

    def and_sql(self, expression: exp.And, stack: object = None) -> str:
        """Write AND."""
        del stack
        return self.binary(expression, "")

    def or_sql(self, expression: exp.Or, stack: object = None) -> str:
        """Write OR."""
        del stack
        return self.binary(expression, "")

    def dpipe_sql(self, expression: exp.DPipe) -> str:
        """Write ``||``."""
        return self.binary(expression, "")

    def div_sql(self, expression: exp.Div) -> str:
        """Write a division."""
        return self.binary(expression, "")

    def intdiv_sql(self, expression: exp.IntDiv) -> str:
        """Write an integer division."""
        return self.binary(expression, "")

    def mod_sql(self, expression: exp.Mod) -> str:
        """Write a remainder."""
        return self.binary(expression, "")

    def nullsafeeq_sql(self, expression: exp.NullSafeEQ) -> str:
        """Write IS NOT DISTINCT FROM."""
        return self.binary(expression, "")

    def nullsafeneq_sql(self, expression: exp.NullSafeNEQ) -> str:
        """Write IS DISTINCT FROM."""
        return self.binary(expression, "")

    def prefixoperation_sql(self, expression: nodes.PrefixOperation) -> str:
        """Write a prefix operator, away from what follows."""
        return f"{expression.args['operator']} {self._right_of(expression, expression.this)}"

    def postfixoperation_sql(self, expression: nodes.PostfixOperation) -> str:
        """Write a postfix operator."""
        return f"{self._left_of(expression)} {expression.args['operator']}"

    def postfixnot_sql(self, expression: nodes.PostfixNot) -> str:
        """Write a predicate with its NOT inside."""
        inside = expression.this
        if isinstance(inside, exp.Is):
            return f"{self._left_of(inside)} IS NOT {self.sql(inside, 'expression')}"
        return self._predicate(inside, "NOT ")

    def _predicate(self, node: exp.Expr, negation: str) -> str:
        """Write a predicate of words: ``left [NOT] WORD right``."""
        if isinstance(node, exp.Escape):
            return f"{self._predicate(node.this, negation)} ESCAPE {self.sql(node, 'expression')}"
        left = self._left_of(node)
        if isinstance(node, exp.In):
            return f"{left} {negation}IN {self._in_operand(node)}"
        if isinstance(node, exp.Between):
            symmetric = node.args.get("symmetric")
            word = "" if symmetric is None else "SYMMETRIC " if symmetric else "ASYMMETRIC "
            low, high = (self._above(node, node.args[side]) for side in ("low", "high"))
            return f"{left} {negation}BETWEEN {word}{low} AND {high}"
        return f"{left} {negation}{_PATTERNS[type(node)]} {self._above(node, node.args['expression'])}"

    def _in_operand(self, node: exp.In) -> str:
        if query := node.args.get("query"):
            return self.sql(query) if isinstance(query, exp.Subquery) else f"({self.sql(query)})"
        if field := node.args.get("field"):
            return self.sql(field)
        return f"({self.listed(node)})"

    def in_sql(self, expression: exp.In) -> str:
        """Write IN."""
        return self._predicate(expression, "")

    def between_sql(self, expression: exp.Between) -> str:
        """Write BETWEEN."""
        return self._predicate(expression, "")

    def like_sql(self, expression: exp.Like) -> str:
        """Write LIKE; a rule may have negated it the way sqlglot does."""
        return self._predicate(expression, "NOT " if expression.args.get("negate") else "")

    def ilike_sql(self, expression: exp.ILike) -> str:
        """Write ILIKE."""
        return self._predicate(expression, "NOT " if expression.args.get("negate") else "")

    def glob_sql(self, expression: exp.Glob) -> str:
        """Write GLOB."""
        return self._predicate(expression, "")

    def similarto_sql(self, expression: exp.SimilarTo) -> str:
        """Write SIMILAR TO."""
        return self._predicate(expression, "")

    def escape_sql(self, expression: exp.Escape) -> str:
        """Write a pattern with its escape character."""
        return self._predicate(expression, "")

    def not_sql(self, expression: exp.Not) -> str:
        """Write a NOT before its operand."""
        return f"NOT {self._right_of(expression, expression.this)}"

    def is_sql(self, expression: exp.Is) -> str:
        """Write IS."""
        word = "IS NOT" if expression.args.get("negate") else "IS"
        return f"{self._left_of(expression)} {word} {self.sql(expression, 'expression')}"

    def any_sql(self, expression: exp.Any) -> str:
        """Write ANY (…)."""
        return f"ANY {self.sql(expression, 'this')}"

    def all_sql(self, expression: exp.All) -> str:
        """Write ALL (…)."""
        return f"ALL {self.sql(expression, 'this')}"

    def exists_sql(self, expression: exp.Exists) -> str:
        """Write EXISTS (…)."""
        inside = self.sql(expression, "this")
        return f"EXISTS{inside}" if isinstance(expression.this, exp.Subquery) else f"EXISTS({inside})"

    def attimezone_sql(self, expression: exp.AtTimeZone) -> str:
        """Write AT TIME ZONE."""
        return f"{self.sql(expression, 'this')} AT TIME ZONE {self.sql(expression, 'zone')}"

    def collate_sql(self, expression: exp.Collate) -> str:
        """Write COLLATE."""
        return f"{self.sql(expression, 'this')} COLLATE {self.sql(expression, 'expression')}"


_PATTERNS: dict[type[exp.Expr], str] = {
    exp.Like: "LIKE",
    exp.ILike: "ILIKE",
    exp.Glob: "GLOB",
    exp.SimilarTo: "SIMILAR TO",
}

"""Whether an expression could tell of a row by anything but its result.

A row policy hides rows; the kernel may nevertheless evaluate a statement's own predicates before it. That is harmless
as long as these cannot raise an error that depends on the row, have no side effect and reveal nothing else. Here this
is shown from types: every part must be of a known form, with operands that the kernel need not cast, or can cast
without fail. Whatever is not known is not leakproof.

What is judged is the kernel's own functions and operators, so a user's macro must not bear one of their names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from avila.planner import constant_values, judged_values
from avila.planner.dialect import nodes
from avila.planner.judged_values import Judged, is_textual, plain_type, text_constant, type_of, unite
from avila.planner.one_row import returns_one_row
from avila.planner.safe_types import NULL, is_number

if TYPE_CHECKING:
    from collections.abc import Callable

    ColumnTypes = Callable[[exp.Column], str | None]
    QueryTypes = Callable[[exp.Expr], str | None]
    ParameterTypes = Callable[[exp.Placeholder], str | None]

_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_PATTERNS = (exp.Like, exp.ILike, exp.Glob)
_NULL_TESTS = frozenset({"ISNULL", "NOTNULL", "NOT NULL"})
_KEYWORD_CALLS = {"extract": "date_part", "position": "position", "substring": "substring", "trim": "trim"}
_DEPTH_MAX: Final = 60


def leakproof(
    expression: exp.Expr,
    types: ColumnTypes,
    *,
    parameters: ParameterTypes = lambda _parameter: None,
    queries: QueryTypes = lambda _query: None,
) -> bool:
    """Whether a predicate is leakproof.

    ``types`` tells the kernel's type of a column, and ``parameters`` the type of the value that a parameter will have
    (the kernel compares with the value's own type: a text column against a number is cast, and raises). ``queries``
    tells the type of the first column of a subquery whose inside is leakproof, judged by the caller. None is unknown.
    """
    return leakproof_type(expression, types, parameters=parameters, queries=queries) in {"BOOLEAN", NULL}


def leakproof_type(
    expression: exp.Expr,
    types: ColumnTypes,
    *,
    parameters: ParameterTypes = lambda _parameter: None,
    queries: QueryTypes = lambda _query: None,
) -> str | None:
    """Return the kernel's type of an expression that is leakproof, or None."""
    found = judge(expression, types, parameters=parameters, queries=queries)
    return None if found is None else plain_type(found)


def judge(
    expression: exp.Expr,
    types: ColumnTypes,
    *,
    parameters: ParameterTypes = lambda _parameter: None,
    queries: QueryTypes = lambda _query: None,
) -> Judged | None:
    """Return the type of a leakproof expression, or the value of a constant one; None when it is not leakproof."""
    return _Judge(types, parameters, queries).judge(expression)


class _Judge:
    """Follows an expression from its operands up; None is whatever is not known to be leakproof."""

    def __init__(self, types: ColumnTypes, parameters: ParameterTypes, queries: QueryTypes) -> None:
        self._types = types
        self._parameters = parameters
        self._queries = queries
        self._depth = 0

    def judge(self, node: exp.Expr) -> Judged | None:
        """Return the type or the value of a leakproof expression."""
        if self._depth > _DEPTH_MAX:
            return None
        self._depth += 1
        try:
            return self._operand(node) or self._predicate(node) or self._computed(node)
        finally:
            self._depth -= 1

    def _all(self, *operands: exp.Expr) -> list[Judged] | None:
        found = [self.judge(operand) for operand in operands]
        known = [item for item in found if item is not None]
        return known if len(known) == len(found) else None

    def _united(self, *operands: exp.Expr) -> str | None:
        found = self._all(*operands)
        return unite(found) if found else None

    # --- operands ---

    def _operand(self, node: exp.Expr) -> Judged | None:
        match node:
            case exp.Paren():
                return self.judge(node.this)
            case exp.Column():
                return self._types(node) if isinstance(node.this, exp.Identifier) else None
            case exp.Literal():
                return constant_values.literal(node)
            case exp.Null():
                return NULL
            case exp.Boolean():
                return "BOOLEAN"
            case exp.Interval():
                return constant_values.interval(node)
            case exp.Placeholder():
                return self._parameters(node)
            case exp.Subquery():
                return self._queries(node) if returns_one_row(node) else None
            case exp.Exists():
                return "BOOLEAN" if self._queries(node.this) is not None else None
            case _:
                return None

    # --- predicates ---

    def _predicate(self, node: exp.Expr) -> str | None:
        match node:
            case exp.And() | exp.Or():
                return self._logical(*node.flatten())
            case exp.Not():
                return self._logical(node.this)
            case exp.Is() if not isinstance(node.expression, exp.Null):
                return self._logical(node.this)
            case exp.Is():
                return "BOOLEAN" if self._all(node.this) else None
            case nodes.PostfixOperation() if node.args["operator"] in _NULL_TESTS:
                return "BOOLEAN" if self._all(node.this) else None
            case exp.Between():
                return self._compared(node.this, node.args["low"], node.args["high"])
            case exp.In():
                return self._in(node)
            case exp.Escape():
                return self._escaped(node)
            case exp.SimilarTo():
                return self._textual(node.left) if self._constant(node.right) is not None else None
        if isinstance(node, _COMPARISONS):
            right = node.right
            return (
                self._among(node.left, right.this)
                if isinstance(right, exp.Any | exp.All)
                else self._compared(node.left, right)
            )
        return self._textual(node.left, node.right) if isinstance(node, _PATTERNS) else None

    def _logical(self, *operands: exp.Expr) -> str | None:
        """Judge operands that the kernel takes for truth values: any but these it would cast."""
        found = self._all(*operands)
        return "BOOLEAN" if found is not None and all(item in {"BOOLEAN", NULL} for item in found) else None

    def _compared(self, *operands: exp.Expr) -> str | None:
        return "BOOLEAN" if self._united(*operands) is not None else None

    def _textual(self, *operands: exp.Expr) -> str | None:
        found = self._all(*operands)
        return "BOOLEAN" if found is not None and all(map(is_textual, found)) else None

    def _in(self, node: exp.In) -> str | None:
        query = node.args.get("query")
        if query is not None:
            return self._among(node.this, query)
        return self._compared(node.this, *node.expressions) if node.expressions else None

    def _among(self, operand: exp.Expr, query: exp.Expr) -> str | None:
        """Judge a comparison with the rows of a subquery."""
        left = self.judge(operand)
        right = self._queries(query) if isinstance(query, exp.Subquery) else None
        return "BOOLEAN" if left is not None and right is not None and unite([left, right]) else None

    def _escaped(self, node: exp.Escape) -> str | None:
        """Judge LIKE with ESCAPE: one character, which must not be the pattern's last."""
        like = node.this
        if not isinstance(like, exp.Like | exp.ILike):
            return None
        pattern, escape = self._constant(like.right), self._constant(node.expression)
        if pattern is None or escape is None or len(escape) != 1 or not escape.isascii():
            return None
        return None if pattern.replace(escape * 2, "").endswith(escape) else self._textual(like.left)

    def _constant(self, node: exp.Expr) -> str | None:
        return text_constant(self.judge(node))

    # --- computed values ---

    def _computed(self, node: exp.Expr) -> Judged | None:
        match node:
            case exp.Case():
                return self._case(node)
            case exp.Anonymous():
                return self._call(node)
            case exp.Cast():
                found = self.judge(node.this)
                tried = isinstance(node, exp.TryCast)
                return None if found is None else judged_values.cast(found, node.to, tried=tried)
            case exp.Neg():
                found = self.judge(node.this)
                return None if found is None else judged_values.opposite(found)
            case nodes.PrefixOperation() if node.args["operator"] == "+":
                found = self.judge(node.this)
                return found if found is not None and is_number(type_of(found)) else None
            case exp.DPipe():
                sides = self._all(node.left, node.right)
                return judged_values.joined(*sides) if sides else None
            case exp.Add() | exp.Sub() | exp.Mul() | exp.Div():
                sides = self._all(node.left, node.right)
                return judged_values.arithmetic(node, *sides) if sides else None
            case _:
                return None

    def _case(self, node: exp.Case) -> str | None:
        branches = node.args["ifs"]
        conditions = [branch.this for branch in branches]
        subject = node.this
        judged = self._logical(*conditions) if subject is None else self._compared(subject, *conditions)
        values = [branch.args["true"] for branch in branches]
        default = node.args.get("default")
        return None if judged is None else self._united(*values, *([] if default is None else [default]))

    def _call(self, node: exp.Anonymous) -> Judged | None:
        name, arguments = str(node.name).lower(), list(node.expressions)
        if isinstance(node, nodes.KeywordCall):
            name, arguments = _KEYWORD_CALLS.get(name, ""), _keyword_arguments(node)
        match name, arguments:
            case (("coalesce" | "ifnull" | "greatest" | "least"), [_, *_]):
                return self._united(*arguments)
            case "nullif", [first, second]:
                found = self._all(first, second)
                return plain_type(found[0]) if found and unite(found) is not None else None
            case "if", [condition, *values] if len(values) == 2:
                return self._united(*values) if self._logical(condition) else None
        found = self._all(*arguments)
        return judged_values.called(name, found) if found and NULL not in found else None


def _keyword_arguments(node: nodes.KeywordCall) -> list[exp.Expr]:
    """Return the arguments in the order of the plain call."""
    first, *rest = node.expressions
    if str(node.name).lower() == "extract":
        return [exp.Literal.string(first.name), *rest]
    return [] if node.args["words"][1:2] == ["FOR"] else [first, *rest]

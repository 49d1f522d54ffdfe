"""What expressions and types are made of."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class Operation(exp.Expression, exp.Binary):
    """A binary operator that is a kernel function in disguise: ``a ^ b``, ``a -> b``, ``a @> b``.

    ``operator`` is its spelling.
    """

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True, "operator": True}


class PrefixOperation(exp.Unary):
    """A prefix operator without a node of its own: ``@ x``, ``+ x``, ``~ x``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "operator": True}


class PostfixOperation(exp.Unary):
    """A postfix operator: ``4 !``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "operator": True}


class PostfixCast(exp.Cast):
    """A cast written ``x::type``."""


class TypedLiteral(exp.Cast):
    """A constant written with its type before it: ``DATE '2024-01-01'``."""


class TypeName(exp.DataType):
    """A type as it was written.

    ``this`` is sqlglot's type where there is one and USERDEFINED otherwise, ``kind`` the words as written,
    ``name_parts`` the identifiers of a user's type (``schema.mood``), ``expressions`` the parameters,
    ``dimensions`` one entry (a literal, or Null for "any length") a pair of brackets, and ``collate`` a
    collation.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        **exp.DataType.arg_types,
        "name_parts": False,
        "dimensions": False,
        "array": False,
    }


class PostfixNot(exp.Not):
    """A negation written inside its predicate: ``a NOT IN (…)``, ``a IS NOT NULL``, ``a NOT LIKE b``."""


class KeywordCall(exp.Anonymous):
    """A call whose arguments stand between words: ``EXTRACT(year FROM d)``, ``TRIM(BOTH 'x' FROM s)``.

    ``words`` holds, for each argument, the words before it.
    """

    arg_types: ClassVar[dict[str, bool]] = {**exp.Anonymous.arg_types, "words": True}


class ArrayConstructor(exp.Expression, exp.Condition):
    """``ARRAY[1, 2]`` (the bare ``[1, 2]`` is an exp.Array)."""

    arg_types: ClassVar[dict[str, bool]] = {"expressions": False}


class ArrayQuery(exp.Expression, exp.Condition):
    """``ARRAY(SELECT …)``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class Unpack(exp.Expression, exp.Condition):
    """``*COLUMNS(…)``: the columns as arguments of the call around them."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class NamedArgument(exp.Expression, exp.Condition):
    """An argument given by name: ``f(a := 1)`` or ``f(a => 1)``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True, "operator": True}


class ListComprehension(exp.Expression, exp.Condition):
    """``[this FOR variables IN iterator IF condition]``; the variables are ``expressions``."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "expressions": True,
        "iterator": True,
        "condition": False,
    }


class PythonLambda(exp.Lambda):
    """``lambda x, y: x + y`` (an exp.Lambda is ``(x, y) -> x + y``)."""


class Variadic(exp.Expression, exp.Condition):
    """``f(VARIADIC list)``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}

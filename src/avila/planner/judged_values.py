"""What can be said of the result of an operation, from the types of its operands or their values.

None is said of whatever could raise; see leakproof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from avila.planner import constant_values
from avila.planner.constant_values import TEXT, Constant
from avila.planner.leakproof_functions import GROUPS, SIGNATURES
from avila.planner.safe_types import (
    NULL,
    cast_is_safe,
    decimal,
    decimal_of,
    is_number,
    is_text,
    text_fits,
    unify,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Judged = str | Constant
"""The kernel's type of an expression, or its value."""

_T = exp.DataType.Type
_TYPES: Final = {
    _T.TINYINT: "TINYINT", _T.SMALLINT: "SMALLINT", _T.INT: "INTEGER", _T.BIGINT: "BIGINT", _T.INT128: "HUGEINT",
    _T.UTINYINT: "UTINYINT", _T.USMALLINT: "USMALLINT", _T.UINT: "UINTEGER", _T.UBIGINT: "UBIGINT", _T.FLOAT: "FLOAT",
    _T.DOUBLE: "DOUBLE", _T.BOOLEAN: "BOOLEAN", _T.VARCHAR: "VARCHAR", _T.DATE: "DATE", _T.TIME: "TIME",
    _T.TIMESTAMP: "TIMESTAMP", _T.UUID: "UUID", _T.DECIMAL: "DECIMAL",
}  # fmt: skip
_NUMBERS_TRIED = frozenset(
    {"BOOLEAN", "VARCHAR", "FLOAT", "DOUBLE", "TINYINT", "SMALLINT", "INTEGER", "BIGINT"}
)
_TEXTS_TRIED = _NUMBERS_TRIED | {"DATE", "TIMESTAMP"}
"""The types to which TRY_CAST casts without fail: from DATE to TIMESTAMP WITH TIME ZONE, for one, it does not."""


def type_of(judged: Judged) -> str:
    """Return the type, TEXT CONSTANT among them."""
    return judged.type if isinstance(judged, Constant) else judged


def plain_type(judged: Judged) -> str:
    """Return the type that the kernel would give a value that meets no other."""
    return "VARCHAR" if type_of(judged) == TEXT else type_of(judged)


def text_constant(judged: Judged | None) -> str | None:
    """Return the text of a constant."""
    return str(judged.value) if isinstance(judged, Constant) and judged.type == TEXT else None


def is_textual(judged: Judged) -> bool:
    """Whether a value is a text without a cast that could fail."""
    return type_of(judged) in {TEXT, NULL} or is_text(type_of(judged))


def unite(judged: Sequence[Judged]) -> str | None:
    """Return the type that values take on when they are compared, or are the branches of one expression."""
    common = unify(type_of(item) for item in judged if type_of(item) != TEXT)
    texts = [text for text in map(text_constant, judged) if text is not None]
    if common is None or not all(text_fits(text, common) for text in texts):
        return None
    return "VARCHAR" if texts and (common == NULL or is_text(common)) else common


def opposite(judged: Judged) -> Judged | None:
    """Judge ``-x``: the least integer has no opposite."""
    if isinstance(judged, Constant):
        return constant_values.negated(judged)
    return judged if judged in GROUPS["FLOAT"] or judged.startswith("DECIMAL(") else None


def arithmetic(node: exp.Binary, left: Judged, right: Judged) -> Judged | None:
    """Judge ``+``, ``-``, ``*`` and ``/``: integers overflow, floats become infinite, for decimals it depends."""
    if isinstance(left, Constant) and isinstance(right, Constant):
        return constant_values.arithmetic(node, left, right)
    types = [type_of(left), type_of(right)]
    if types == ["DATE", "DATE"]:
        return "BIGINT" if isinstance(node, exp.Sub) else None
    if not all(map(is_number, types)):
        return None
    if GROUPS["FLOAT"] & set(types):
        return unify(types)
    widths = decimal_of(types[0]), decimal_of(types[1])
    if widths[0] is None or widths[1] is None or not any(name.startswith("DECIMAL(") for name in types):
        return None
    return constant_values.decimal_result(node, widths[0], widths[1])


def joined(left: Judged, right: Judged) -> str | None:
    """Judge ``||`` of a text and anything that becomes text without fail."""
    if not (is_textual(left) or is_textual(right)):
        return None
    return "VARCHAR" if all(cast_is_safe(plain_type(side), "VARCHAR") for side in (left, right)) else None


def cast(judged: Judged, wanted: exp.DataType, *, tried: bool) -> Judged | None:
    """Judge CAST and TRY_CAST."""
    name, given = type_name(wanted), type_of(judged)
    if name is None:
        return None
    if tried:
        numbers = is_number(given) and name in _NUMBERS_TRIED
        return name if numbers or (given in {TEXT, "VARCHAR"} and name in _TEXTS_TRIED) else None
    text = text_constant(judged)
    if text is not None:
        return constant_values.typed(text, name) or (name if text_fits(text, name) else None)
    return name if cast_is_safe(given, name) else None


def called(name: str, arguments: Sequence[Judged]) -> str | None:
    """Judge a call of one of the functions in functions/leakproof.txt."""
    types = [plain_type(argument) for argument in arguments]
    texts = [text_constant(argument) for argument in arguments]
    results = (signature.accept(types, texts) for signature in SIGNATURES.get(name, ()))
    return next((result for result in results if result is not None), None)


def type_name(node: exp.DataType) -> str | None:
    """Return the kernel's name of a type; None for all but plain ones."""
    known = _TYPES.get(node.this)
    if known is None or node.args.get("dimensions") or node.args.get("array") or node.args.get("collate"):
        return None
    sizes = [str(size.name) for size in node.expressions]
    if known == "DECIMAL":
        width, scale = [*sizes, "0"][:2] if sizes else ("18", "3")
        return decimal(int(width), int(scale)) if width.isdecimal() and scale.isdecimal() else None
    return known if not sizes or known == "VARCHAR" else None

"""The expressions that encrypt and decrypt a column, for the planner to put in a column's place.

A value is encrypted as the text that the kernel writes it as, so that one form serves every type, and equal values of
one type are equal texts. Keys are in no expression: it names one, and the kernel's function finds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from avila import errors
from avila.catalog.encryption import EncryptedColumn
from avila.security.columns.functions import CONCEAL, REVEAL, SEAL
from avila.security.columns.keys import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.names import Object
    from avila.catalog.objects import Catalog

__all__ = ["EncryptedColumn", "check_type", "conceal", "encrypted", "matches", "reveal"]

_BITS: Final = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64, "HUGEINT": 128}
_WHOLE: Final = {
    **{name: (-(1 << bits - 1), (1 << bits - 1) - 1) for name, bits in _BITS.items()},
    **{f"U{name}": (0, (1 << bits) - 1) for name, bits in _BITS.items()},
}
"""Types of whole numbers, with the least and the greatest."""
_ZONED: Final = "TIMESTAMP WITH TIME ZONE"
_EXACT: Final = frozenset({
    "BOOLEAN", *_WHOLE, "DECIMAL", "VARCHAR", "BLOB", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS",
    "TIMESTAMP_NS", _ZONED, "UUID",
})  # fmt: skip
"""Types whose values are equal when, and only when, their texts are."""
_TYPES: Final = _EXACT | {"FLOAT", "DOUBLE", "INTERVAL", "TIME WITH TIME ZONE", "JSON"}
_SUBJECTS: Final = frozenset({"VARCHAR", "UUID", *_WHOLE})


def encrypted(catalog: Catalog, target: Object) -> Mapping[str, EncryptedColumn]:
    """Return the encrypted columns of a table by folded name."""
    return catalog.encryption.of(target)


def check_type(type_: str, *, deterministic: bool = False, subject: bool = False) -> None:
    """Raise FeatureNotSupported when values of a type cannot be encrypted so, or cannot name a person."""
    name = type_.partition("(")[0]
    if subject and name not in _SUBJECTS:
        raise errors.FeatureNotSupported(
            f"a column of type {type_} cannot name the subject",
            hint="A subject is a text, a whole number or a UUID.",
        )
    if deterministic and name in _TYPES - _EXACT:
        raise errors.FeatureNotSupported(
            f"equal values of type {type_} may be written differently, so they cannot be encrypted deterministically",
            hint="Use SET ENCRYPTION RANDOMIZED.",
        )
    if not subject and (name not in _TYPES or type_.endswith("]")):
        raise errors.FeatureNotSupported(
            f"a column of type {type_} cannot be encrypted",
            hint="Nested values and enumerations cannot: split them into columns, or keep them as JSON.",
        )


def reveal(column: exp.Expr, info: EncryptedColumn, subject: exp.Expr | None = None) -> exp.Expr:
    """Return what decrypts a column, in its declared type; NULL where it is NULL or its key is gone.

    A value says itself whose key it is under, so ``subject`` is not needed.
    """
    del subject
    plain = _call(REVEAL, column, _reference(info))
    if info.type == "BLOB":
        return plain
    text = _call("decode", plain)
    if info.type == _ZONED:
        return _call("timezone", exp.Literal.string("UTC"), _cast(text, "TIMESTAMP"))
    return text if info.type == "VARCHAR" else _cast(text, info.type)


def conceal(value: exp.Expr, info: EncryptedColumn, subject: exp.Expr | None = None) -> exp.Expr:
    """Return what encrypts a value, cast to the column's declared type; NULL stays NULL.

    ``subject`` is what the row's subject column holds or will hold, for a column that has one.
    """
    typed = _cast(value, info.type)
    if info.type == "BLOB":
        plain: exp.Expr = typed
    else:
        if info.type == _ZONED:
            typed = _call("timezone", exp.Literal.string("UTC"), typed)
        plain = _call("encode", typed if info.type == "VARCHAR" else _cast(typed, "VARCHAR"))
    if info.deterministic:
        return _call(SEAL, plain, _reference(info))
    person = exp.null() if info.subject is None or subject is None else _cast(subject, info.subject_type)
    return _call(CONCEAL, plain, _cast(person, "VARCHAR"), _reference(info))


def matches(info: EncryptedColumn, constant: exp.Expr) -> exp.Expr | None:
    """Return what equals the encrypted column exactly where the column equals a constant.

    None when only decrypting tells: the mode is randomized, or the kernel would compare in another type than the
    column's, such as a whole number with 3.5.
    """
    if not info.deterministic or not _compares_as(info.type, constant):
        return None
    return conceal(constant, info)


def _compares_as(type_: str, constant: exp.Expr) -> bool:
    """Whether the kernel compares a constant with a column of a type in that type."""
    if isinstance(constant, exp.Cast):
        same: bool = constant.to.this == _data_type(type_).this
        return same and not type_.startswith("DECIMAL")
    if isinstance(constant, exp.Boolean):
        return type_ == "BOOLEAN"
    if isinstance(constant, exp.Literal) and constant.is_string:
        return True  # a text without a type takes the column's
    number = _whole(constant)
    # A whole number takes the column's type if it fits: otherwise the kernel widens both.
    return number is not None and type_ in _WHOLE and _WHOLE[type_][0] <= number <= _WHOLE[type_][1]


def _whole(constant: exp.Expr) -> int | None:
    if isinstance(constant, exp.Neg):
        number = _whole(constant.this)
        return None if number is None else -number
    if isinstance(constant, exp.Literal) and constant.name.isdecimal():
        return int(constant.name)
    return None


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of the kernel's own function, whatever macros of that name there are."""
    return exp.Anonymous(this=f"system.main.{name}", expressions=list(arguments))


def _reference(info: EncryptedColumn) -> exp.Expr:
    return exp.Literal.string(str(Reference(info.key_id, info.label)))


def _cast(value: exp.Expr, type_: str) -> exp.Expr:
    return exp.Cast(this=value, to=_data_type(type_))


def _data_type(type_: str) -> exp.DataType:
    made: exp.DataType = exp.DataType.build(type_, dialect="duckdb")
    return made

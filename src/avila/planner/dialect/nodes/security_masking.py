"""Statements about tags, masks and encrypted columns: what is attached to objects and columns.

What is altered is said alike everywhere: ``kind`` is TABLE, VIEW, SCHEMA, TAG, ROLE, USER or GROUP, ``this`` a Table
(for SCHEMA one without ``this``, whose ``db`` is the schema; for tags and roles an Identifier), ``column`` an
AlteredColumn when it is a column of that table or view.
"""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp

_ALTERED: dict[str, bool] = {"this": True, "kind": True, "exists": False, "column": False}


class AlteredColumn(exp.Expression):
    """``ALTER | MODIFY [COLUMN] column``; ``this`` is an Identifier, ``kind`` ALTER or MODIFY."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "word": False}


# --- tags ---


class CreateTag(exp.Expression):
    """``CREATE TAG [IF NOT EXISTS] tag [ALLOWED_VALUES 'a', …]``; ``expressions`` are the values, strings."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False, "expressions": False}


class DropTag(exp.Expression):
    """``DROP TAG [IF EXISTS] tag``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False}


class TagValue(exp.Expression):
    """``tag = 'value'``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True}


class SetTags(exp.Expression):
    """``ALTER … SET TAG tag = 'value', …``; ``expressions`` are TagValues."""

    arg_types: ClassVar[dict[str, bool]] = {**_ALTERED, "expressions": True}


class UnsetTags(exp.Expression):
    """``ALTER … UNSET TAG tag, …``; ``expressions`` are Identifiers."""

    arg_types: ClassVar[dict[str, bool]] = {**_ALTERED, "expressions": True}


# --- masks ---


class CreateMaskingPolicy(exp.Expression):
    """``CREATE [OR REPLACE] MASKING POLICY [IF NOT EXISTS] name AS (val type, …) RETURNS type -> body [USING VALUE]``.

    ``expressions`` are MacroParameters with a type each, ``returns`` is a TypeName, ``body`` an expression in which the
    parameters are Columns. ``using_value``: filters, joins and groups see the value itself.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "replace": False,
        "exists": False,
        "expressions": True,
        "returns": True,
        "body": True,
        "using_value": False,
    }


class AlterMaskingPolicy(exp.Expression):
    """``ALTER MASKING POLICY [IF EXISTS] name SET BODY -> body``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False, "body": True}


class DropMaskingPolicy(exp.Expression):
    """``DROP MASKING POLICY [IF EXISTS] name``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False}


class SetMaskingPolicy(exp.Expression):
    """``ALTER … SET MASKING POLICY policy [USING (column, …)]``, of a column or a tag.

    ``expressions`` are the columns that the policy's parameters take, Identifiers; the first one is the column itself.
    """

    arg_types: ClassVar[dict[str, bool]] = {**_ALTERED, "policy": True, "expressions": False}


class UnsetMaskingPolicy(exp.Expression):
    """``ALTER … UNSET MASKING POLICY [policy]``, of a column or a tag."""

    arg_types: ClassVar[dict[str, bool]] = {**_ALTERED, "policy": False}


# --- encryption ---


class CreateEncryptionKey(exp.Expression):
    """``CREATE ENCRYPTION KEY [IF NOT EXISTS] key``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False}


class DropEncryptionKey(exp.Expression):
    """``DROP ENCRYPTION KEY [IF EXISTS] key [CASCADE | RESTRICT]``; ``behaviour`` is one of the two words or None."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False, "behaviour": False}


class SetEncryption(exp.Expression):
    """``ALTER … SET ENCRYPTION [DETERMINISTIC | RANDOMIZED] [KEY key] [SUBJECT column]``, of a column or a tag.

    ``mode`` is one of the two words or None; ``key`` and ``subject`` are Identifiers.
    """

    arg_types: ClassVar[dict[str, bool]] = {**_ALTERED, "mode": False, "key": False, "subject": False}


class DropEncryption(exp.Expression):
    """``ALTER … DROP ENCRYPTION``, of a column or a tag."""

    arg_types: ClassVar[dict[str, bool]] = {**_ALTERED}

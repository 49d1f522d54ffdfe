"""Statements that define objects, and their parts."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class CreateType(exp.Expression):
    """``CREATE TYPE name AS …``; ``expression`` is a TypeName, or the query of an ENUM."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "expression": True,
        "replace": False,
        "temporary": False,
        "exists": False,
    }


class CreateSequence(exp.Expression):
    """``CREATE SEQUENCE name …``; ``expressions`` are Options such as ``START WITH 1``."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "expressions": False,
        "replace": False,
        "temporary": False,
        "exists": False,
    }


class CreateMacro(exp.Expression):
    """``CREATE MACRO name(…) AS …``; ``expressions`` are its MacroBodies, ``kind`` is MACRO or FUNCTION."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "expressions": True,
        "kind": True,
        "replace": False,
        "temporary": False,
        "exists": False,
    }


class MacroBody(exp.Expression):
    """One overload of a macro; ``expressions`` are MacroParameters; ``is_table``: ``this`` is a query."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": False, "is_table": False}


class MacroParameter(exp.Expression):
    """A parameter of a macro, with an optional type and default."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": False, "default": False, "operator": False}


class CreateExtension(exp.Expression):
    """Avila's ``CREATE EXTENSION [IF NOT EXISTS] name``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False}


class DropExtension(exp.Expression):
    """Avila's ``DROP EXTENSION [IF EXISTS] name``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False}


class CreateSecret(exp.Expression):
    """``CREATE [PERSISTENT] SECRET [name] [IN storage] (options)``."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": False,
        "expressions": False,
        "storage": False,
        "persistence": False,
        "replace": False,
        "exists": False,
    }


class DropSecret(exp.Expression):
    """``DROP [PERSISTENT] SECRET [IF EXISTS] name [FROM storage]``."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "storage": False,
        "persistence": False,
        "exists": False,
    }


class CommentOn(exp.Expression):
    """``COMMENT ON kind name IS text``; ``this`` is a Table or, for COLUMN, a Column."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "expression": True}


class CompressionConstraint(exp.Expression, exp.ColumnConstraintKind):
    """``USING COMPRESSION method`` of a column."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class GeneratedColumn(exp.Expression, exp.ColumnConstraintKind):
    """``[GENERATED ALWAYS] AS (expression) [VIRTUAL | STORED]``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "always": False, "storage": False}


class ForeignReference(exp.Reference):
    """``REFERENCES table (columns) ON DELETE … ON UPDATE …``; ``this`` is the Table."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "expressions": False,
        "delete": False,
        "update": False,
    }


class AddColumn(exp.Expression):
    """``ADD [COLUMN] [IF NOT EXISTS] definition`` of ALTER TABLE."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False, "word": False}


class DropColumn(exp.Expression):
    """``DROP [COLUMN] [IF EXISTS] column`` of ALTER TABLE."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False, "word": False, "behaviour": False}


class ChangeColumn(exp.Expression):
    """``ALTER [COLUMN] column …`` of ALTER TABLE; ``kind`` holds the words, such as ``SET DEFAULT``."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "kind": True,
        "expression": False,
        "type_name": False,
        "using": False,
        "word": False,
    }


class RenameTo(exp.Expression):
    """``RENAME [COLUMN] column TO name`` of ALTER TABLE."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True, "word": False}


class SetSchema(exp.Expression):
    """``SET SCHEMA name`` of ALTER."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class OwnedBy(exp.Expression):
    """``OWNED BY table`` of ALTER SEQUENCE."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class TableOptions(exp.Expression):
    """``SET (…)`` and ``RESET (…)`` of ALTER TABLE."""

    arg_types: ClassVar[dict[str, bool]] = {"kind": True, "expressions": True}

"""The statements and expressions of Avila's SQL that sqlglot has no node for, or none that says everything.

Every nested query, table, function and type is a child node, so a walk over the tree sees all of them.
"""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp

# --- expressions ----------------------------------------------------------------------------------


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


# --- queries --------------------------------------------------------------------------------------


class Sample(exp.TableSample):
    """``TABLESAMPLE`` and ``USING SAMPLE``: ``size`` is the number, ``unit`` what follows it (``%``…).

    ``called`` tells ``reservoir(10 ROWS) REPEATABLE (1)`` from ``10 ROWS (reservoir, 1)``.
    """

    arg_types: ClassVar[dict[str, bool]] = {**exp.TableSample.arg_types, "unit": False, "called": False}


class PivotStatement(exp.Expression, exp.Query):
    """``PIVOT t ON … USING … GROUP BY …`` and ``UNPIVOT t ON … INTO NAME … VALUE …``, which are queries."""

    arg_types: ClassVar[dict[str, bool]] = {
        "with_": False,
        "this": True,
        "kind": True,
        "expressions": False,
        "using": False,
        "name": False,
        "values": False,
        "include_nulls": False,
        **exp.QUERY_MODIFIERS,
    }


# --- statements -----------------------------------------------------------------------------------


class Explain(exp.Expression):
    """``EXPLAIN [ANALYZE] [(options)] statement``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "analyze": False, "options": False}


class Call(exp.Expression):
    """``CALL function(…)``; ``this`` is the function."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


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


class Option(exp.Expression):
    """``name value`` in a list of options; ``operator`` is what stands between, if anything."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": False, "operator": False}


class Vacuum(exp.Expression):
    """``VACUUM [ANALYZE] [table [(columns)]]``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": False, "expressions": False, "analyze": False}


class AnalyzeTable(exp.Expression):
    """``ANALYZE [table [(columns)]]``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": False, "expressions": False}


class Checkpoint(exp.Expression):
    """``[FORCE] CHECKPOINT [database]``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": False, "force": False}


class SetOption(exp.Expression):
    """``SET [scope] name = value``; ``expressions`` are the values, ``operator`` is ``=`` or ``TO``."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "expressions": True,
        "scope": False,
        "operator": False,
    }


class ResetOption(exp.Expression):
    """``RESET [scope] name``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "scope": False}


class SetVariable(exp.Expression):
    """``SET VARIABLE name = expression``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True, "operator": False}


class ResetVariable(exp.Expression):
    """``RESET VARIABLE name``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class Prepare(exp.Expression):
    """``PREPARE name AS statement``; ``expression`` is the statement."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True, "expressions": False}


class ExecutePrepared(exp.Expression):
    """``EXECUTE name(arguments)``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": False}


class Deallocate(exp.Expression):
    """``DEALLOCATE [PREPARE] name``; without ``this``, ALL of them."""

    arg_types: ClassVar[dict[str, bool]] = {"this": False, "prepare": False}


class UseSchema(exp.Expression):
    """``USE [catalog.]schema``; ``this`` is a Table whose parts are the names."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class ShowStatement(exp.Expression, exp.Query):
    """``SHOW``, ``DESCRIBE``, ``SUMMARIZE``; ``this`` is a Table or a query, ``words`` stand before it."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": False,
        "kind": True,
        "words": False,
        **exp.QUERY_MODIFIERS,
    }


class PragmaStatement(exp.Expression):
    """``PRAGMA name``, ``PRAGMA name(arguments)`` or ``PRAGMA name = value``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": False}


class AttachDatabase(exp.Expression):
    """``ATTACH 'path' AS name (options)``."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "alias": False,
        "expressions": False,
        "exists": False,
        "replace": False,
        "database": False,
    }


class DetachDatabase(exp.Expression):
    """``DETACH [DATABASE] [IF EXISTS] name``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False, "database": False}


class LoadExtension(exp.Expression):
    """``LOAD`` or ``[FORCE] INSTALL`` of a kernel extension."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "install": False,
        "force": False,
        "repository": False,
        "version": False,
    }


class ExportDatabase(exp.Expression):
    """``EXPORT DATABASE [name TO] 'directory' (options)``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "database": False, "expressions": False}


class ImportDatabase(exp.Expression):
    """``IMPORT DATABASE 'directory'``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class CopyFromDatabase(exp.Expression):
    """``COPY FROM DATABASE a TO b [(SCHEMA | DATA)]``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True, "kind": False}


class CopyStatement(exp.Expression):
    """``COPY table [(columns)] FROM path`` and ``COPY table | (query) TO path``.

    ``this`` is a Table or Subquery, ``columns`` identifiers, ``path`` any expression (a Literal for a file,
    a Var
    for STDIN and STDOUT), ``is_from`` the direction, ``expressions`` the Options, ``wrapped`` whether they
    stand
    in parentheses.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "columns": False,
        "path": True,
        "is_from": False,
        "expressions": False,
        "wrapped": False,
        "with_word": False,
    }


class CommentOn(exp.Expression):
    """``COMMENT ON kind name IS text``; ``this`` is a Table or, for COLUMN, a Column."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "expression": True}


class TransactionStatement(exp.Expression):
    """``BEGIN``, ``START TRANSACTION``, ``COMMIT``, ``END``, ``ROLLBACK``, ``ABORT``; ``kind`` is the verb.

    ``words`` are the rest of the statement, such as ``TRANSACTION READ ONLY``.
    """

    arg_types: ClassVar[dict[str, bool]] = {"kind": True, "words": False}


class MergeError(exp.Expression):
    """``WHEN … THEN ERROR [message]`` of MERGE."""

    arg_types: ClassVar[dict[str, bool]] = {"this": False}


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

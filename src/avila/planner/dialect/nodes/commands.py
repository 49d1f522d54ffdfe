"""Statements that manage a session and a database."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class Explain(exp.Expression):
    """``EXPLAIN [ANALYZE] [(options)] statement``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "analyze": False, "options": False}


class Call(exp.Expression):
    """``CALL function(…)``; ``this`` is the function."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


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


class TransactionStatement(exp.Expression):
    """``BEGIN``, ``START TRANSACTION``, ``COMMIT``, ``END``, ``ROLLBACK``, ``ABORT``; ``kind`` is the verb.

    ``words`` are the rest of the statement, such as ``TRANSACTION READ ONLY``.
    """

    arg_types: ClassVar[dict[str, bool]] = {"kind": True, "words": False}

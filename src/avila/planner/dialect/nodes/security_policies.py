"""Statements about row policies, and the options of views that decide whose rights count."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class CreatePolicy(exp.Expression):
    """``CREATE POLICY name ON table | TAG tag …``; either ``table`` (a Table) or ``tag`` (an Identifier) is there.

    ``permissive`` is PERMISSIVE or RESTRICTIVE, ``command`` ALL, SELECT, INSERT, UPDATE or DELETE, each None when not
    written; ``principals`` are the roles of TO; ``using`` and ``check`` are conditions.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "table": False,
        "tag": False,
        "permissive": False,
        "command": False,
        "principals": False,
        "using": False,
        "check": False,
    }


class AlterPolicy(exp.Expression):
    """``ALTER POLICY name ON table | TAG tag [TO role, …] [USING (…)] [WITH CHECK (…)]``; what is missing stays."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "table": False,
        "tag": False,
        "principals": False,
        "using": False,
        "check": False,
    }


class RenamePolicy(exp.Expression):
    """``ALTER POLICY name ON table | TAG tag RENAME TO name``; ``expression`` is the new name."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "table": False, "tag": False, "expression": True}


class DropPolicy(exp.Expression):
    """``DROP POLICY [IF EXISTS] name ON table | TAG tag [CASCADE | RESTRICT]``."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "table": False,
        "tag": False,
        "exists": False,
        "behaviour": False,
    }


class AlterRowSecurity(exp.Expression):
    """``ALTER TABLE [IF EXISTS] table kind ROW LEVEL SECURITY``; kind: ENABLE, DISABLE, FORCE or NO FORCE."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "exists": False}


class ViewOptions(exp.Property):
    """``WITH (security_invoker = true, security_barrier)`` of CREATE VIEW: one of the ``properties`` of exp.Create.

    ``expressions`` are Options. The kernel knows no options of views: they must be gone before it runs the statement.
    """

    arg_types: ClassVar[dict[str, bool]] = {"expressions": True}


class AlterViewOptions(exp.Expression):
    """``ALTER VIEW [IF EXISTS] view SET | RESET (option, …)``; ``expressions`` are Options, ``kind`` SET or RESET."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "exists": False, "expressions": True}

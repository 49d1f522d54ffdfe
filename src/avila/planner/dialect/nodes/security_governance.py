"""Statements about decisions, limits, tenants and how long rows are kept."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class ExplainPermission(exp.Expression):
    """``EXPLAIN PERMISSION [FOR ROLE role] statement``; ``this`` is the statement."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "role": False}


class KillStatement(exp.Expression):
    """``KILL [QUERY | CONNECTION] number``; ``this`` is a Literal or a Placeholder."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": False}


class CreateResourceGroup(exp.Expression):
    """``CREATE RESOURCE GROUP [IF NOT EXISTS] name [WITH (name = value, …)]``; ``expressions`` are Options."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False, "expressions": False}


class AlterResourceGroup(exp.Expression):
    """``ALTER RESOURCE GROUP [IF EXISTS] name SET (name = value, …)``; ``expressions`` are Options."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False, "expressions": True}


class DropResourceGroup(exp.Expression):
    """``DROP RESOURCE GROUP [IF EXISTS] name``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False}


class CreateTenant(exp.Expression):
    """``CREATE TENANT [IF NOT EXISTS] name [WITH (name = value, …)]``; ``expressions`` are Options."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False, "expressions": False}


class AlterTenant(exp.Expression):
    """``ALTER TENANT [IF EXISTS] name SET (name = value, …)``; ``expressions`` are Options."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False, "expressions": True}


class DropTenant(exp.Expression):
    """``DROP TENANT [IF EXISTS] name [CASCADE | RESTRICT]``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False, "behaviour": False}


class CreateRetentionPolicy(exp.Expression):
    """``CREATE RETENTION POLICY [IF NOT EXISTS] name ON table COLUMN column KEEP INTERVAL … [WHERE (condition)]``.

    ``table`` is a Table, ``column`` an Identifier, ``keep`` an Interval, ``where`` an expression.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "exists": False,
        "table": True,
        "column": True,
        "keep": True,
        "where": False,
    }


class DropRetentionPolicy(exp.Expression):
    """``DROP RETENTION POLICY [IF EXISTS] name ON table``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False, "table": True}


class ApplyRetentionPolicies(exp.Expression):
    """``APPLY RETENTION POLICIES``."""

    arg_types: ClassVar[dict[str, bool]] = {}

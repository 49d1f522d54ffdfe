"""Statements about roles: who there is, and in whose name a session acts.

A role is an Identifier everywhere. The words that stand for a role (PUBLIC, CURRENT_USER, CURRENT_ROLE, SESSION_USER)
are unquoted Identifiers of that word; a quoted one is a role of that name.
"""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class RoleOption(exp.Expression):
    """An option of CREATE ROLE and ALTER ROLE; ``this`` holds its words in upper case.

    ``expression`` is the value of CONNECTION LIMIT and SYSID (a number), VALID UNTIL (a string) and PASSWORD (a string
    or Null). ``expressions`` are the roles of IN ROLE (or IN GROUP, which says the same), ROLE (or USER) and ADMIN.
    ``encrypted``: the word ENCRYPTED stands before PASSWORD, where it says nothing.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "expression": False,
        "expressions": False,
        "encrypted": False,
    }


class CreateRole(exp.Expression):
    """``CREATE ROLE | USER | GROUP [IF NOT EXISTS] name [WITH] option …``; ``kind`` is the first of these words."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "kind": True,
        "exists": False,
        "expressions": False,
        "with_word": False,
    }


class AlterRole(exp.Expression):
    """``ALTER ROLE | USER | GROUP name [WITH] option …``."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "kind": True,
        "expressions": False,
        "with_word": False,
    }


class RenameRole(exp.Expression):
    """``ALTER ROLE | USER | GROUP name RENAME TO name``; ``expression`` is the new name."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "expression": True}


class SetRoleSetting(exp.Expression):
    """``ALTER ROLE name | ALL [IN DATABASE database] SET setting TO | = value``; without ``this``, for ALL roles.

    ``setting`` is an Identifier, a Dot or the Var ``TIME ZONE``, and ``expressions`` are the values, as SetOption has
    them: DEFAULT is the Var of that word. ``operator`` is ``=`` or ``TO``, and missing behind TIME ZONE.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        "this": False,
        "kind": True,
        "database": False,
        "setting": True,
        "operator": False,
        "expressions": True,
    }


class ResetRoleSetting(exp.Expression):
    """``ALTER ROLE name | ALL [IN DATABASE database] RESET setting | ALL``; without ``setting``, all of them."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": False,
        "kind": True,
        "database": False,
        "setting": False,
    }


class SetRoleResourceGroup(exp.Expression):
    """``ALTER ROLE name SET RESOURCE GROUP group | NONE``; without ``expression``, none."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "expression": False}


class AlterGroup(exp.Expression):
    """``ALTER GROUP name ADD | DROP USER role, …``; ``kind`` is ADD or DROP."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "expressions": True}


class DropRole(exp.Expression):
    """``DROP ROLE | USER | GROUP [IF EXISTS] name, …``."""

    arg_types: ClassVar[dict[str, bool]] = {"kind": True, "expressions": True, "exists": False}


class SetRole(exp.Expression):
    """``SET [SESSION | LOCAL] ROLE name | 'name' | NONE``; without ``this``, NONE.

    ``operator`` is ``=`` or ``TO`` when the role is set as settings are: ``SET role TO name``.
    """

    arg_types: ClassVar[dict[str, bool]] = {"this": False, "scope": False, "operator": False}


class ResetRole(exp.Expression):
    """``RESET ROLE``."""

    arg_types: ClassVar[dict[str, bool]] = {}


class SetSessionAuthorization(exp.Expression):
    """``SET [SESSION | LOCAL] SESSION AUTHORIZATION name | 'name' | DEFAULT``; without ``this``, DEFAULT."""

    arg_types: ClassVar[dict[str, bool]] = {"this": False, "scope": False}


class ResetSessionAuthorization(exp.Expression):
    """``RESET SESSION AUTHORIZATION``."""

    arg_types: ClassVar[dict[str, bool]] = {}


class ReassignOwned(exp.Expression):
    """``REASSIGN OWNED BY role, … TO role``; ``expression`` is the new owner."""

    arg_types: ClassVar[dict[str, bool]] = {"expressions": True, "expression": True}


class DropOwned(exp.Expression):
    """``DROP OWNED BY role, … [CASCADE | RESTRICT]``."""

    arg_types: ClassVar[dict[str, bool]] = {"expressions": True, "behaviour": False}

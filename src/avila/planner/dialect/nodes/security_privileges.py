"""Statements about rights: who may do what with which object, and who owns it."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class Privilege(exp.Expression):
    """A right that is granted: ``this`` is its word in upper case, ALL for every one; ``expressions`` are columns.

    Whether an object knows a right of that name is not the grammar's business. TEMP is read as TEMPORARY. ``word``:
    PRIVILEGES stands behind ALL.
    """

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": False, "word": False}


class RoutineReference(exp.Expression):
    """A function, with the types of its arguments when they are given: ``s.f(INTEGER, VARCHAR)``.

    ``this`` is a Table of its names, ``expressions`` the types; ``called``: there are parentheses, if empty ones.
    """

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": False, "called": False}


class GrantPrivileges(exp.Expression):
    """``GRANT right, … ON objects TO role, … [WITH GRANT OPTION] [GRANTED BY role]``.

    ``expressions`` are the Privileges, ``principals`` the roles. ``kind`` says what ``objects`` are:

    - TABLE and SEQUENCE, TYPE: Tables; ``table_word``: TABLE was written;
    - SCHEMA, and ALL TABLES, ALL SEQUENCES, ALL FUNCTIONS, ALL PROCEDURES, ALL ROUTINES, which are IN SCHEMA: Tables
      without ``this``, whose ``db`` is the schema;
    - DATABASE and EXTENSION: Identifiers;
    - FUNCTION, PROCEDURE and ROUTINE: RoutineReferences;
    - TABLES, SEQUENCES, FUNCTIONS, ROUTINES, TYPES and SCHEMAS, of ALTER DEFAULT PRIVILEGES: there are none.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        "expressions": True,
        "kind": True,
        "table_word": False,
        "objects": False,
        "principals": True,
        "grant_option": False,
        "granted_by": False,
    }


class RevokePrivileges(exp.Expression):
    """``REVOKE [GRANT OPTION FOR] right, … ON objects FROM role, … [GRANTED BY role] [CASCADE | RESTRICT]``.

    As GrantPrivileges; ``grant_option``: only the right to grant goes.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        "expressions": True,
        "kind": True,
        "table_word": False,
        "objects": False,
        "principals": True,
        "grant_option": False,
        "granted_by": False,
        "behaviour": False,
    }


class MembershipOption(exp.Expression):
    """``ADMIN | INHERIT | SET  OPTION | TRUE | FALSE``; ``expression`` is a Boolean, missing for OPTION: true."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": False}


class GrantRoles(exp.Expression):
    """``GRANT role, … TO role, … [WITH option, …] [GRANTED BY role]``.

    ``expressions`` are the roles given, ``principals`` those they are given to, ``options`` the MembershipOptions.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        "expressions": True,
        "principals": True,
        "options": False,
        "granted_by": False,
    }


class RevokeRoles(exp.Expression):
    """``REVOKE [ADMIN | INHERIT | SET  OPTION FOR] role, … FROM role, … [GRANTED BY role] [CASCADE | RESTRICT]``.

    ``option`` is the word of the option that goes; without it the membership goes.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        "expressions": True,
        "principals": True,
        "option": False,
        "granted_by": False,
        "behaviour": False,
    }


class AlterDefaultPrivileges(exp.Expression):
    """``ALTER DEFAULT PRIVILEGES [FOR ROLE | USER role, …] [IN SCHEMA schema, …] GRANT … | REVOKE …``.

    ``this`` is a GrantPrivileges or RevokePrivileges without objects, ``roles`` whose objects it is for, ``schemas``
    are Tables without ``this``, ``role_word`` is ROLE or USER.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "roles": False,
        "role_word": False,
        "schemas": False,
    }


class SchemaOwner(exp.Property):
    """``AUTHORIZATION role`` of CREATE SCHEMA: one of the ``properties`` of exp.Create.

    ``alone``: no schema is named, and it gets the name of the role. The kernel knows no owners, so this must be gone
    before it runs the statement.
    """

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "alone": False}


class ChangeOwner(exp.Expression):
    """``ALTER kind [IF EXISTS] object OWNER TO role``; ``expression`` is the role.

    ``this`` is a Table for TABLE, VIEW, SEQUENCE and TYPE, a Table without ``this`` for SCHEMA, an Identifier
    for DATABASE, a RoutineReference for FUNCTION, PROCEDURE, ROUTINE and MACRO.
    """

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "exists": False, "expression": True}

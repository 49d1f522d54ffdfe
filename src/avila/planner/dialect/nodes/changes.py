"""Statements that move rows: COPY, MERGE's actions, exports."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class Option(exp.Expression):
    """``name value`` in a list of options; ``operator`` is what stands between, if anything."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": False, "operator": False}


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


class MergeError(exp.Expression):
    """``WHEN … THEN ERROR [message]`` of MERGE."""

    arg_types: ClassVar[dict[str, bool]] = {"this": False}

"""Statements about the persons that data are about."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class SubjectColumns(exp.Expression):
    """``table (column, …)``: columns that name persons; ``expressions`` are Identifiers."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": True}


class SubjectStatement(exp.Expression):
    """``REPORT | EXPORT | ERASE SUBJECT person [ON table (column, …), …] [DELETE ROWS]``.

    ``this`` is a string or a parameter, ``kind`` the first word, ``expressions`` are SubjectColumns. ``delete`` is only
    for ERASE: rows go where no key can be dropped.
    """

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "expressions": False, "delete": False}

"""Statements about the keys of the database itself."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class RotateWrappingKey(exp.Expression):
    """``ALTER DATABASE ROTATE WRAPPING KEY [TO provider] [DESTROY OLD]``."""

    arg_types: ClassVar[dict[str, bool]] = {"this": False, "destroy": False}


class RotateDataKeys(exp.Expression):
    """``ALTER DATABASE ROTATE DATA KEYS``."""

    arg_types: ClassVar[dict[str, bool]] = {}

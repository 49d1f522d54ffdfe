"""What the tests of limits share: a database in memory, and sessions of roles in it."""

from __future__ import annotations

from commands.conftest import db_with_lake, world

__all__ = ["db_with_lake", "world"]

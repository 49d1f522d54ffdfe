"""What the tests of Avila's own views share: a database in memory, and sessions of roles in it."""

from __future__ import annotations

from commands.conftest import world

__all__ = ["world"]

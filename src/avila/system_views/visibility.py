"""Who sees what others do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from avila.security.authority import Authority

MONITOR = "pg_monitor"


def sees_all(authority: Authority) -> bool:
    """Whether a role sees every row of Avila's own views."""
    return authority.acts_as(MONITOR)

"""What roles use: statements, their time, the rows they answered and the bytes of the tables they read.

Each session counts for itself, in an account of its own, because adding to a shared one would need a lock in every
statement. The accounts are added up when somebody looks, and when they are kept.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Use:
    """What was used."""

    statements: int = 0
    statement_ms: float = 0.0
    rows_returned: int = 0
    bytes_scanned: int = 0

    def __add__(self, other: Use) -> Use:
        return Use(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __sub__(self, other: Use) -> Use:
        return Use(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(self)))


NOTHING = Use()


class Account:
    """What one session has used while it acted as one role."""

    __slots__ = ("bytes_scanned", "rows_returned", "statement_s", "statements")

    def __init__(self) -> None:
        self.statements = 0
        self.statement_s = 0.0
        self.rows_returned = 0
        self.bytes_scanned = 0

    @property
    def use(self) -> Use:
        """The account as a value."""
        return Use(self.statements, self.statement_s * 1000, self.rows_returned, self.bytes_scanned)


class Accounts:
    """The accounts of a database, by role."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[int, tuple[str, Account, Use]] = {}
        self._totals: dict[str, Use] = {}

    def begin_with(self, kept: Mapping[str, Use]) -> None:
        """Add what was used before the database was opened."""
        with self._lock:
            for role, use in kept.items():
                self._totals[role] = self._totals.get(role, NOTHING) + use

    def use(self, account: Account, role: str) -> None:
        """Have an account count for a role from now on."""
        with self._lock:
            before = self._open.get(id(account))
            if before is not None and before[0] == role:
                return
            self._settle(account)
            self._open[id(account)] = (role, account, account.use)

    def close(self, account: Account) -> None:
        """Keep what an account counted, which counts no more."""
        with self._lock:
            self._settle(account)

    def totals(self) -> dict[str, Use]:
        """Return what each role has used."""
        with self._lock:
            found = dict(self._totals)
            for role, account, before in self._open.values():
                found[role] = found.get(role, NOTHING) + (account.use - before)
            return found

    def forget(self, role: str) -> None:
        """Drop what a role has used."""
        with self._lock:
            self._totals.pop(role, None)
            for key, (whose, account, _) in list(self._open.items()):
                if whose == role:
                    self._open[key] = (role, account, account.use)

    def _settle(self, account: Account) -> None:
        role, _, before = self._open.pop(id(account), ("", account, account.use))
        if role:
            self._totals[role] = self._totals.get(role, NOTHING) + (account.use - before)

"""What limits one session, and what it has used."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from avila.limits.bounds import NONE, bounds
from avila.limits.running import Running
from avila.observe.usage import Account

if TYPE_CHECKING:
    from collections.abc import Callable

    from avila import errors
    from avila.catalog.objects import Catalog
    from avila.limits.bounds import Setting
    from avila.limits.governor import Governor
    from avila.planner.plan import Plan
    from avila.security.authority import Principal


class SessionLimits:
    """One session's. Its bounds are found again only when the catalog, the role or a setting has changed."""

    def __init__(self, governor: Governor, number: int, interrupt: Callable[[], None]) -> None:
        self.governor = governor
        self.number = number
        self.interrupt = interrupt
        self.stopping = threading.Lock()
        self.running: list[Running] = []
        self.ended: errors.Error | None = None
        self.told = False
        self.account = Account()
        self.bounds = NONE
        self.storage_bounded = False
        self._known: tuple[object, ...] = ()

    def statement(self, plan: Plan) -> Running:
        """Return a statement that begins; enter it while the kernel works on it."""
        return Running(self, plan, self.bounds)

    def unlimited(self, plan: Plan) -> Running:
        """Return a statement that begins and is not limited, but may be stopped."""
        return Running(self, plan, NONE)

    def refresh(
        self,
        version: int,
        identity: object,
        catalog: Callable[[], Catalog],
        principal: Principal,
        setting: Setting,
    ) -> None:
        """Find the bounds anew when what they depend on has changed."""
        known = self._known
        if known and known[0] == version and known[1] is identity:
            return
        described = catalog()
        found = bounds(described, principal.session_user, principal.current_user, setting)
        self.bounds = NONE if found.none else found
        self.storage_bounded = any(tenant.storage_bytes for tenant in described.tenants.tenants.values())
        self._known = (version, identity)
        self.governor.accounts.use(self.account, principal.current_user)

    def end(self, error: errors.Error) -> None:
        """Have what runs, and whatever would run later, end with an error; from any thread."""
        self.ended = error
        self.stop(error)

    def raise_if_ended(self) -> None:
        """Raise the error with which the session was ended; from then on it is known to be."""
        if self.ended is not None:
            self.told = True
            raise self.ended

    def stop(self, error: errors.Error) -> bool:
        """Have what runs end with an error; from any thread. Whether anything ran."""
        stopped = [running.stop(error) for running in list(self.running)]
        return any(stopped)

"""How much is stored by table and tenant, and whether a tenant may store more.

Measuring looks at every segment of every table, so it is done at intervals and after writes, not with every statement:
a tenant can write more than it may until the next measurement, and nothing once that has seen it.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from avila import errors
from avila.limits.quantities import size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from avila.catalog.tenants import Tenant

    Sizes = Mapping[tuple[str, str, str], int]

FRESH_S = 1.0
"""How long a measurement is good for, where a tenant's bound is looked at."""


class Storage:
    """What was measured last."""

    def __init__(self, measure: Callable[[], Sizes]) -> None:
        self._measure = measure
        self._lock = threading.Lock()
        self._measured_s = float("-inf")
        self._writes = 0
        self._seen = -1
        self.sizes: Sizes = {}

    def wrote(self) -> None:
        """Note that something may be stored that was not measured."""
        self._writes += 1

    def refresh(self, age_s: float = 0.0) -> Sizes:
        """Measure again when something was written since, and the last time is so long ago."""
        with self._lock:
            writes = self._writes
            if writes != self._seen and time.monotonic() - self._measured_s >= age_s:
                self.sizes = self._measure()
                self._measured_s, self._seen = time.monotonic(), writes
            return self.sizes

    def of(self, tenant: Tenant) -> int:
        """Return the bytes that a tenant stores."""
        return self._of(tenant, self.refresh(FRESH_S))

    def scanned(self, tables: Iterable[tuple[str, str, str]]) -> int:
        """Return the bytes of tables, as they were last measured."""
        sizes = self.sizes
        return sum(sizes.get(key, 0) for key in tables)

    def require_room(self, tenants: Iterable[Tenant]) -> None:
        """Raise DiskFull when one of the tenants stores as much as it may."""
        for tenant in tenants:
            if tenant.storage_bytes and (stored := self.of(tenant)) >= tenant.storage_bytes:
                raise errors.DiskFull(
                    f"tenant {tenant.name} stores {size_text(stored)}, and may store {size_text(tenant.storage_bytes)}",
                    hint="Delete rows or drop tables, or have an administrator raise it with ALTER TENANT.",
                )

    @staticmethod
    def _of(tenant: Tenant, sizes: Sizes) -> int:
        places = {(schema.catalog, schema.schema) for schema in tenant.schemas}
        return sum(size for key, size in sizes.items() if key[:2] in places)

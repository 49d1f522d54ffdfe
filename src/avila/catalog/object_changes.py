"""Changes that follow what happens to objects in the kernel: they are dropped, renamed, and lose columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from avila.catalog.names import Object

if TYPE_CHECKING:
    from avila.catalog.objects import Catalog

Target = tuple[str, str, str, str]


@dataclass(frozen=True)
class ForgetObject:
    """Drop whatever hangs on an object that is gone, and on what lay in it."""

    target: Target

    def apply(self, catalog: Catalog) -> Catalog:
        """Hold for any object."""
        return catalog.without(Object(*self.target))


@dataclass(frozen=True)
class RenameObject:
    """Move what hangs on an object to its new name."""

    target: Target
    to: Target

    def apply(self, catalog: Catalog) -> Catalog:
        """Hold for any object."""
        return catalog.with_renamed(Object(*self.target), Object(*self.to))


@dataclass(frozen=True)
class ForgetColumn:
    """Drop whatever hangs on a column that is gone."""

    target: Target
    column: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Hold for any column."""
        return catalog.without_column(Object(*self.target), self.column)


@dataclass(frozen=True)
class RenameColumn:
    """Move what hangs on a column to its new name."""

    target: Target
    column: str
    to: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Hold for any column."""
        return catalog.with_column_renamed(Object(*self.target), self.column, self.to)

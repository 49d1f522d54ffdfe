"""Changes of which installed extensions a database offers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    from avila.catalog.objects import Catalog


@dataclass(frozen=True)
class CreateExtension:
    """Offer an extension's functions in this database again."""

    name: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need an extension that was dropped."""
        if self.name not in catalog.dropped_extensions:
            raise errors.DuplicateObject(f"extension {self.name} is there already")
        return replace(catalog, dropped_extensions=catalog.dropped_extensions - {self.name})


@dataclass(frozen=True)
class DropExtension:
    """Offer an extension's functions in this database no more."""

    name: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need an extension that is there."""
        if self.name in catalog.dropped_extensions:
            raise errors.UndefinedObject(
                f"extension {self.name} is not there", hint="CREATE EXTENSION brings it back."
            )
        return replace(catalog, dropped_extensions=catalog.dropped_extensions | {self.name})

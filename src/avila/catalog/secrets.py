"""Secrets for reading elsewhere, such as the keys of an object store; encrypted with the database's own key."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.objects import Catalog


@dataclass(frozen=True)
class Secret:
    """One secret: what it is for in the clear, and all else sealed."""

    name: str
    type: str
    sealed: str


@dataclass(frozen=True)
class Secrets:
    """The secrets there are, by name."""

    secrets: Mapping[str, Secret] = field(default_factory=dict)


@dataclass(frozen=True)
class CreateSecret:
    """Keep a secret, or with ``replace`` another one under its name."""

    name: str
    type: str
    sealed: str
    replace: bool = False

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a name that is free, unless it is to be replaced."""
        known = catalog.secrets.secrets
        if self.name in known and not self.replace:
            raise errors.DuplicateObject(
                f"secret {self.name} exists already", hint="CREATE OR REPLACE replaces it."
            )
        kept = Secret(self.name, self.type, self.sealed)
        return replace(catalog, secrets=Secrets({**known, self.name: kept}))


@dataclass(frozen=True)
class DropSecret:
    """Keep a secret no more."""

    name: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a secret of that name."""
        known = catalog.secrets.secrets
        if self.name not in known:
            raise errors.UndefinedObject(f"there is no secret {self.name}")
        return replace(
            catalog, secrets=Secrets({name: secret for name, secret in known.items() if name != self.name})
        )

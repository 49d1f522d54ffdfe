"""Changes of default privileges: what objects that a role will make give others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.grants import DefaultGrant, for_everybody
from avila.catalog.names import Object
from avila.catalog.role_changes import known
from avila.catalog.roles import PUBLIC

if TYPE_CHECKING:
    from avila.catalog.objects import Catalog


@dataclass(frozen=True)
class GrantDefault:
    """Say that objects which a role will make give others a right; in one schema, or everywhere when it is empty."""

    creator: str
    catalog_name: str
    schema: str
    kind: str
    privilege: str
    grantee: str
    option: bool = False

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the roles; PUBLIC cannot be given a grant option."""
        known(catalog, self.creator)
        if self.grantee != PUBLIC:
            known(catalog, self.grantee)
        elif self.option:
            raise errors.InvalidGrantOperation("grant options can only be granted to roles")
        key = _key(self)
        grants = catalog.grants
        defaults = dict(grants.defaults)
        if not _usual(key):
            defaults[key] = self.option or defaults.get(key, False)
        withdrawn = grants.default_withdrawn - {key}
        return replace(catalog, grants=replace(grants, defaults=defaults, default_withdrawn=withdrawn))


@dataclass(frozen=True)
class RevokeDefault:
    """Say that objects which a role will make do not give others a right, or not the option to pass it on."""

    creator: str
    catalog_name: str
    schema: str
    kind: str
    privilege: str
    grantee: str
    option_only: bool = False

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the roles."""
        known(catalog, self.creator)
        if self.grantee != PUBLIC:
            known(catalog, self.grantee)
        key = _key(self)
        grants = catalog.grants
        defaults = dict(grants.defaults)
        if defaults.pop(key, None) is not None and self.option_only:
            defaults[key] = False
        withdrawn = grants.default_withdrawn
        if _usual(key) and not self.option_only:
            withdrawn |= {key}
        return replace(catalog, grants=replace(grants, defaults=defaults, default_withdrawn=withdrawn))


def _key(change: GrantDefault | RevokeDefault) -> DefaultGrant:
    return DefaultGrant(
        change.creator, change.catalog_name, change.schema, change.kind, change.privilege, change.grantee
    )


def _usual(default: DefaultGrant) -> bool:
    """Whether objects give a right without being told; what is said of one schema only adds to that."""
    example = Object(default.kind, "native", "x", "x")
    opened = default.grantee == PUBLIC and default.privilege in for_everybody(example)
    return not default.schema and (opened or default.grantee == default.creator)

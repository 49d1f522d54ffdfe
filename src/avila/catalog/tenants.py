"""Tenants: a schema, a role that owns it, a resource group, and how much may be stored there, under one name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.names import Object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.objects import Catalog


@dataclass(frozen=True)
class Tenant:
    """One tenant. Its schemas and its resource group are called like it; 0 bytes of storage is no limit."""

    name: str
    role: str
    catalogs: tuple[str, ...]
    storage_bytes: int = 0

    @property
    def schemas(self) -> tuple[Object, ...]:
        """Its schemas, one a store."""
        return tuple(Object("schema", catalog, self.name) for catalog in self.catalogs)


@dataclass(frozen=True)
class Tenants:
    """Every tenant by name."""

    tenants: Mapping[str, Tenant] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.tenants

    def of(self, schema: str) -> Tenant | None:
        """Return the tenant whose schema has a name."""
        return self.tenants.get(schema.lower())

    def role_renamed(self, old: str, new: str) -> Tenants:
        """Return the tenants with a role under its new name."""
        return Tenants(
            {
                name: replace(tenant, role=new) if tenant.role == old else tenant
                for name, tenant in self.tenants.items()
            }
        )

    def depends_on_role(self, role: str) -> list[str]:
        """Return what keeps a role from being dropped, in words."""
        return [f"tenant {tenant.name}" for tenant in self.tenants.values() if tenant.role == role]


@dataclass(frozen=True)
class CreateTenant:
    """Note a tenant, whose parts are made with it."""

    name: str
    catalogs: tuple[str, ...]
    storage_bytes: int = 0

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a free name."""
        if self.name in catalog.tenants:
            raise errors.DuplicateObject(f"tenant {self.name} already exists")
        return _with(catalog, Tenant(self.name, self.name, tuple(self.catalogs), self.storage_bytes))


@dataclass(frozen=True)
class AlterTenant:
    """Set how much a tenant may store; 0 for any amount."""

    name: str
    storage_bytes: int

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the tenant."""
        return _with(catalog, replace(known_tenant(catalog, self.name), storage_bytes=self.storage_bytes))


@dataclass(frozen=True)
class DropTenant:
    """Forget a tenant, whose parts go with it."""

    name: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the tenant."""
        known_tenant(catalog, self.name)
        left = {name: tenant for name, tenant in catalog.tenants.tenants.items() if name != self.name}
        return replace(catalog, tenants=Tenants(left))


def known_tenant(catalog: Catalog, name: str) -> Tenant:
    """Return a tenant; UndefinedObject when there is none of that name."""
    if name not in catalog.tenants:
        raise errors.UndefinedObject(f"tenant {name} does not exist", hint=f"CREATE TENANT {name} makes it.")
    return catalog.tenants.tenants[name]


def _with(catalog: Catalog, tenant: Tenant) -> Catalog:
    return replace(catalog, tenants=Tenants({**catalog.tenants.tenants, tenant.name: tenant}))

"""What a database knows about itself, as an immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from avila.catalog.encryption import Encryption
from avila.catalog.grants import Grants
from avila.catalog.masking import Masking
from avila.catalog.policies import RowSecurity
from avila.catalog.resource_groups import ResourceGroups
from avila.catalog.retention import Retention
from avila.catalog.roles import Roles
from avila.catalog.secrets import Secrets
from avila.catalog.tags import Tags
from avila.catalog.tenants import Tenants
from avila.catalog.views import Views

if TYPE_CHECKING:
    from avila.catalog.names import Object


@dataclass(frozen=True)
class Catalog:
    """The state that a sequence of changes leads to; ``version`` is their number.

    Every section is a value of its own. What happens to an object (it is dropped, renamed, a column of it goes) happens
    in each section that has a method for it. Installed extensions are offered unless the database has dropped them.
    """

    version: int = 0
    dropped_extensions: frozenset[str] = frozenset()
    roles: Roles = field(default_factory=Roles)
    grants: Grants = field(default_factory=Grants)
    row_security: RowSecurity = field(default_factory=RowSecurity)
    tags: Tags = field(default_factory=Tags)
    masking: Masking = field(default_factory=Masking)
    views: Views = field(default_factory=Views)
    secrets: Secrets = field(default_factory=Secrets)
    resource_groups: ResourceGroups = field(default_factory=ResourceGroups)
    tenants: Tenants = field(default_factory=Tenants)
    encryption: Encryption = field(default_factory=Encryption)
    retention: Retention = field(default_factory=Retention)

    def without(self, target: Object) -> Catalog:
        """Return the catalog once an object, and what lies in it, is gone."""
        return self._each("forgotten", target)

    def with_renamed(self, old: Object, new: Object) -> Catalog:
        """Return the catalog once an object has another name."""
        return self._each("renamed", old, new)

    def without_column(self, target: Object, column: str) -> Catalog:
        """Return the catalog once a column is gone."""
        return self._each("column_forgotten", target, column)

    def with_column_renamed(self, target: Object, old: str, new: str) -> Catalog:
        """Return the catalog once a column has another name."""
        return self._each("column_renamed", target, old, new)

    def with_role_renamed(self, old: str, new: str) -> Catalog:
        """Return the catalog once a role has another name."""
        return self._each("role_renamed", old, new)

    def with_role_released(self, role: str) -> Catalog:
        """Return the catalog once nothing but its members and what it is a member of names a role."""
        return self._each("role_released", role)

    def depends_on_role(self, role: str) -> list[str]:
        """Return what keeps a role from being dropped, in words."""
        sections = (getattr(self, section.name) for section in fields(self))
        return [
            reason
            for section in sections
            if hasattr(section, "depends_on_role")
            for reason in section.depends_on_role(role)
        ]

    def knows(self, target: Object) -> bool:
        """Whether anything hangs on an object."""
        return self.without(target) != self

    def _each(self, method: str, *arguments: Any) -> Catalog:
        changed = {
            section.name: getattr(value, method)(*arguments)
            for section in fields(self)
            if hasattr(value := getattr(self, section.name), method)
        }
        return replace(self, **changed)

"""Resource groups: what the statements of the roles in them may use; and what the sessions of all roles start with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from avila import errors
from avila.catalog.role_changes import known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.objects import Catalog


@dataclass(frozen=True)
class ResourceGroup:
    """What one group allows; 0 is no limit, but for the queue, where nobody waits then.

    Memory, time, rows and temporary disk are for each statement; concurrency is for all of the group's together.
    """

    name: str
    memory_bytes: int = 0
    statement_ms: int = 0
    concurrency: int = 0
    queue: int = 16
    queue_ms: int = 30_000
    rows: int = 0
    temporary_bytes: int = 0


@dataclass(frozen=True)
class ResourceGroups:
    """Every group by name, and the settings with which the sessions of all roles start."""

    groups: Mapping[str, ResourceGroup] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.groups


@dataclass(frozen=True)
class CreateResourceGroup:
    """Make a group with the given limits, which are fields of ResourceGroup."""

    name: str
    limits: Mapping[str, int]

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a free name."""
        if self.name in catalog.resource_groups:
            raise errors.DuplicateObject(f"resource group {self.name} already exists")
        return _with(catalog, ResourceGroup(self.name, **self.limits))


@dataclass(frozen=True)
class AlterResourceGroup:
    """Set limits of a group; statements that run go on with those they began with."""

    name: str
    limits: Mapping[str, int]

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the group."""
        return _with(catalog, replace(known_group(catalog, self.name), **dict[str, Any](self.limits)))


@dataclass(frozen=True)
class DropResourceGroup:
    """Remove a group."""

    name: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a group that no role is in."""
        known_group(catalog, self.name)
        users = sorted(role.name for role in catalog.roles.roles.values() if role.resource_group == self.name)
        if users:
            raise errors.DependentObjectsStillExist(
                f"resource group {self.name} cannot be dropped because it is that of {', '.join(users)}",
                hint=f"ALTER ROLE {users[0]} SET RESOURCE GROUP NONE.",
            )
        section = catalog.resource_groups
        left = {name: group for name, group in section.groups.items() if name != self.name}
        return replace(catalog, resource_groups=replace(section, groups=left))


@dataclass(frozen=True)
class SetRoleSetting:
    """Set what the sessions of a role, or with None of every role, start with; without a value, no more."""

    role: str | None
    setting: str
    value: str | None

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the role."""
        before = settings_of(catalog, self.role)
        after = {name: value for name, value in before.items() if name != self.setting}
        if self.value is not None:
            after[self.setting] = self.value
        return _with_settings(catalog, self.role, after)


@dataclass(frozen=True)
class ResetRoleSettings:
    """Have the sessions of a role, or with None of every role, start with nothing of their own."""

    role: str | None

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the role."""
        return _with_settings(catalog, self.role, {})


def known_group(catalog: Catalog, name: str) -> ResourceGroup:
    """Return a group; UndefinedObject when there is none of that name."""
    if name not in catalog.resource_groups:
        raise errors.UndefinedObject(
            f"resource group {name} does not exist", hint=f"CREATE RESOURCE GROUP {name} makes it."
        )
    return catalog.resource_groups.groups[name]


def group_of(catalog: Catalog, role: str) -> ResourceGroup | None:
    """Return the group of a role: its own, or that of the nearest role whose rights it has."""
    roles = catalog.roles
    if role not in roles:
        return None
    for near in roles.nearest(role):
        name = roles[near].resource_group
        if name is not None:
            return catalog.resource_groups.groups[name]
    return None


def settings_of(catalog: Catalog, role: str | None) -> Mapping[str, str]:
    """Return what is set for a role, or with None for all of them."""
    return catalog.resource_groups.settings if role is None else known(catalog, role).settings


def starting_settings(catalog: Catalog, role: str) -> dict[str, str]:
    """Return what the sessions of a role start with: what is set for every role, then for this one."""
    own = catalog.roles[role].settings if role in catalog.roles else {}
    return {**catalog.resource_groups.settings, **own}


def _with(catalog: Catalog, group: ResourceGroup) -> Catalog:
    section = catalog.resource_groups
    return replace(catalog, resource_groups=replace(section, groups={**section.groups, group.name: group}))


def _with_settings(catalog: Catalog, role: str | None, settings: Mapping[str, str]) -> Catalog:
    if role is None:
        return replace(catalog, resource_groups=replace(catalog.resource_groups, settings=settings))
    changed = replace(known(catalog, role), settings=settings)
    return replace(catalog, roles=replace(catalog.roles, roles={**catalog.roles.roles, role: changed}))

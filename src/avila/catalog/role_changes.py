"""Changes of roles and memberships."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from avila import errors
from avila.catalog.roles import OWNER, PREDEFINED, PUBLIC, Membership, Role, Roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.objects import Catalog

_RESERVED = frozenset({PUBLIC, "none", "current_user", "session_user", "current_role"})


@dataclass(frozen=True)
class CreateRole:
    """Make a role with the given options, which are fields of Role."""

    name: str
    options: Mapping[str, Any]

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a name that is free and not one that PostgreSQL keeps for itself."""
        if self.name in _RESERVED or self.name.startswith("pg_"):
            raise errors.ReservedName(f'role name "{self.name}" is reserved')
        if self.name in catalog.roles:
            raise errors.DuplicateObject(f'role "{self.name}" already exists')
        return _with(catalog, Role(self.name, **self.options))


@dataclass(frozen=True)
class AlterRole:
    """Set options of a role, which are fields of Role."""

    name: str
    options: Mapping[str, Any]

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a role; the first superuser stays one."""
        role = known(catalog, self.name)
        if self.name == OWNER and self.options.get("superuser") is False:
            raise errors.FeatureNotSupported(f"{OWNER} owns the directory, and stays a superuser")
        return _with(catalog, replace(role, **self.options))


@dataclass(frozen=True)
class RenameRole:
    """Give a role another name; everything that names it follows."""

    name: str
    to: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a role that is neither the first nor predefined, and a free name."""
        role = known(catalog, self.name)
        _changeable(self.name, "renamed")
        if self.to in catalog.roles:
            raise errors.DuplicateObject(f'role "{self.to}" already exists')
        if self.to in _RESERVED or self.to.startswith("pg_"):
            raise errors.ReservedName(f'role name "{self.to}" is reserved')

        def named(name: str) -> str:
            return self.to if name == self.name else name

        roles = {named(name): other for name, other in catalog.roles.roles.items()}
        roles[self.to] = replace(role, name=self.to)
        members = [
            replace(m, role=named(m.role), member=named(m.member), grantor=named(m.grantor))
            for m in catalog.roles.memberships.values()
        ]
        after = replace(catalog, roles=Roles(roles, {(m.role, m.member): m for m in members}))
        return after.with_role_renamed(self.name, self.to)


@dataclass(frozen=True)
class DropRole:
    """Remove a role."""

    name: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a role that owns nothing and holds no rights."""
        known(catalog, self.name)
        _changeable(self.name, "dropped")
        if depends := catalog.depends_on_role(self.name):
            raise errors.DependentObjectsStillExist(
                f'role "{self.name}" cannot be dropped because some objects depend on it: {", ".join(depends[:5])}',
                hint=f"REASSIGN OWNED BY {self.name} TO somebody, then DROP OWNED BY {self.name}.",
            )
        roles = {name: role for name, role in catalog.roles.roles.items() if name != self.name}
        kept = {
            pair: membership
            for pair, membership in catalog.roles.memberships.items()
            if self.name not in pair
        }
        return replace(catalog, roles=Roles(roles, kept))


@dataclass(frozen=True)
class GrantRole:
    """Make ``member`` a member of ``role``; options that are None keep what they were."""

    role: str
    member: str
    grantor: str
    admin: bool | None = None
    inherit: bool | None = None
    set: bool | None = None

    def apply(self, catalog: Catalog) -> Catalog:
        """Need both roles, and no circle."""
        known(catalog, self.role)
        member = known(catalog, self.member)
        if self.member in (self.role,) or self.member in catalog.roles.member_of(self.role):
            raise errors.InvalidGrantOperation(
                f'role "{self.member}" is a member of role "{self.role}"'
                if self.member != self.role
                else f'role "{self.role}" cannot be a member of itself'
            )
        before = catalog.roles.memberships.get((self.role, self.member))
        made = before or Membership(self.role, self.member, self.grantor, inherit=member.inherit)
        given = {"admin": self.admin, "inherit": self.inherit, "set": self.set}
        made = replace(made, **{name: value for name, value in given.items() if value is not None})
        memberships = dict(catalog.roles.memberships) | {(self.role, self.member): made}
        return replace(catalog, roles=replace(catalog.roles, memberships=memberships))


@dataclass(frozen=True)
class RevokeRole:
    """End a membership, or with ``option`` ('admin', 'inherit', 'set') only what it adds."""

    role: str
    member: str
    option: str | None = None

    def apply(self, catalog: Catalog) -> Catalog:
        """Need both roles; a membership that is not there is nothing to end."""
        known(catalog, self.role)
        known(catalog, self.member)
        memberships = dict(catalog.roles.memberships)
        found = memberships.pop((self.role, self.member), None)
        if found is not None and self.option is not None:
            memberships[self.role, self.member] = replace(found, **{self.option: False})
        return replace(catalog, roles=replace(catalog.roles, memberships=memberships))


def known(catalog: Catalog, name: str) -> Role:
    """Return a role; UndefinedObject when there is none of that name."""
    if name not in catalog.roles:
        raise errors.UndefinedObject(f'role "{name}" does not exist')
    return catalog.roles[name]


def _changeable(name: str, what: str) -> None:
    if name == OWNER or name in PREDEFINED:
        raise errors.DependentObjectsStillExist(
            f'role "{name}" cannot be {what}, because the database needs it'
        )


def _with(catalog: Catalog, role: Role) -> Catalog:
    return replace(catalog, roles=replace(catalog.roles, roles={**catalog.roles.roles, role.name: role}))

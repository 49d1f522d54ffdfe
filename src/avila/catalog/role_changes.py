"""Changes of roles: they are made, altered, renamed and dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from avila import errors
from avila.catalog.roles import OWNER, PREDEFINED, PUBLIC, Role, Roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.objects import Catalog

RESERVED = frozenset({PUBLIC, "none"})
_NAMED_MAX = 5


@dataclass(frozen=True)
class CreateRole:
    """Make a role with the given options, which are fields of Role."""

    name: str
    options: Mapping[str, Any]

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a name that is free and not one that PostgreSQL keeps for itself."""
        _free(catalog, self.name)
        return _with(catalog, Role(self.name, catalog.version + 1, **self.options))


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
        _free(catalog, self.to)

        def named(name: str) -> str:
            return self.to if name == self.name else name

        roles = {named(name): other for name, other in catalog.roles.roles.items()}
        roles[self.to] = replace(role, name=self.to)
        members = [
            replace(m, role=named(m.role), member=named(m.member), grantor=named(m.grantor))
            for m in catalog.roles.memberships.values()
        ]
        after = replace(catalog, roles=Roles(roles, {m.key: m for m in members}))
        return after.with_role_renamed(self.name, self.to)


@dataclass(frozen=True)
class DropRoles:
    """Remove roles together: what one of them gave another goes with them."""

    names: tuple[str, ...]

    def apply(self, catalog: Catalog) -> Catalog:
        """Need roles that own nothing and hold no rights."""
        gone = frozenset(self.names)
        for name in self.names:
            known(catalog, name)
            _changeable(name, "dropped")
        left = Roles(
            {name: role for name, role in catalog.roles.roles.items() if name not in gone},
            {
                key: membership
                for key, membership in catalog.roles.memberships.items()
                if gone.isdisjoint({membership.role, membership.member})
            },
        )
        after = replace(catalog, roles=left)
        for name in self.names:
            if depends := after.depends_on_role(name):
                more = f" and {len(depends) - _NAMED_MAX} more" if len(depends) > _NAMED_MAX else ""
                raise errors.DependentObjectsStillExist(
                    f'role "{name}" cannot be dropped because some objects depend on it: '
                    f"{', '.join(depends[:_NAMED_MAX])}{more}",
                    hint=f"REASSIGN OWNED BY {name} TO somebody, then DROP OWNED BY {name}.",
                )
        return after


def known(catalog: Catalog, name: str) -> Role:
    """Return a role; UndefinedObject when there is none of that name."""
    if name not in catalog.roles:
        raise errors.UndefinedObject(f'role "{name}" does not exist')
    return catalog.roles[name]


def _free(catalog: Catalog, name: str) -> None:
    """Raise ReservedName or DuplicateObject when no role may be called that."""
    if name in RESERVED or name.startswith("pg_"):
        raise errors.ReservedName(f'role name "{name}" is reserved')
    if name in catalog.roles:
        raise errors.DuplicateObject(f'role "{name}" already exists')


def _changeable(name: str, what: str) -> None:
    if name == OWNER or name in PREDEFINED:
        raise errors.DependentObjectsStillExist(
            f'role "{name}" cannot be {what} because it is required by the database'
        )


def _with(catalog: Catalog, role: Role) -> Catalog:
    return replace(catalog, roles=replace(catalog.roles, roles={**catalog.roles.roles, role.name: role}))

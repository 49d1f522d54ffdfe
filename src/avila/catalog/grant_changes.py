"""Changes of owners and privileges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.grants import Grant
from avila.catalog.names import Object
from avila.catalog.role_changes import known
from avila.catalog.roles import PUBLIC

if TYPE_CHECKING:
    from avila.catalog.grants import DefaultGrant, Grants
    from avila.catalog.objects import Catalog
    from avila.catalog.roles import Roles

Target = tuple[str, str, str, str]


@dataclass(frozen=True)
class SetOwner:
    """Make a role the owner of an object; ``created`` when the object is new and takes the default privileges."""

    target: Target
    role: str
    created: bool = False

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the role."""
        known(catalog, self.role)
        target, grants = Object(*self.target), catalog.grants
        if not self.created:
            return replace(catalog, grants=grants.handed_over(target, self.role))
        entries = dict(grants.entries)
        for default, option in grants.defaults.items():
            if _covers(default, target, self.role):
                entries[Grant(target, default.privilege, None, default.grantee, self.role)] = option
        withdrawn = grants.withdrawn | {
            (target, default.privilege, default.grantee)
            for default in grants.default_withdrawn
            if _covers(default, target, self.role)
        }
        owners = {**grants.owners, target: self.role}
        return replace(catalog, grants=replace(grants, owners=owners, entries=entries, withdrawn=withdrawn))


@dataclass(frozen=True)
class GrantPrivilege:
    """Give a role a privilege on an object, or on a column of it; ``option``: it may pass it on."""

    target: Target
    privilege: str
    column: str | None
    grantee: str
    grantor: str
    option: bool = False

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the roles; PUBLIC cannot be given a grant option, nor whoever the grantor has its own from."""
        target, grants = Object(*self.target), catalog.grants
        if self.grantee != PUBLIC:
            known(catalog, self.grantee)
        elif self.option:
            raise errors.InvalidGrantOperation("grant options can only be granted to roles")
        entry = Grant(target, self.privilege, self.column, self.grantee, self.grantor)
        if self.option and self.grantor != grants.owner(target):
            _refuse_giving_back(catalog.roles, grants, entry)
        if self.column is None and self.grantor == grants.owner(target):
            built_in = (target, self.privilege, self.grantee)
            given = replace(grants, withdrawn=grants.withdrawn - {built_in})
            if given.built_in(*built_in):
                return replace(catalog, grants=given)
        entries = {**grants.entries, entry: self.option or grants.entries.get(entry, False)}
        return replace(catalog, grants=replace(grants, entries=entries))


@dataclass(frozen=True)
class RevokePrivilege:
    """Take a privilege away that ``grantor`` gave, or only the option to pass it on.

    What the role passed on goes too with ``cascade``. The columns of a table keep their own grants.
    """

    target: Target
    privilege: str
    column: str | None
    grantee: str
    grantor: str
    option_only: bool = False
    cascade: bool = False

    def apply(self, catalog: Catalog) -> Catalog:
        """Need that nobody else's privilege hangs on it, unless they go with it."""
        target = Object(*self.target)
        grants = catalog.grants
        built_in = (target, self.privilege, self.grantee)
        by_owner = self.grantor == grants.owner(target)
        if by_owner and self.column is None and not self.option_only and grants.built_in(*built_in):
            grants = replace(grants, withdrawn=grants.withdrawn | {built_in})
        entry = Grant(target, self.privilege, self.column, self.grantee, self.grantor)
        grants = _revoked(catalog.roles, grants, entry, option_only=self.option_only, cascade=self.cascade)
        return replace(catalog, grants=grants)


@dataclass(frozen=True)
class ReleaseRole:
    """Take every right on objects from a role, with what it passed on, and whatever else names it."""

    role: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the role."""
        known(catalog, self.role)
        grants = catalog.grants
        for entry in catalog.grants.entries:
            if self.role in {entry.grantee, entry.grantor}:
                grants = _revoked(catalog.roles, grants, entry, option_only=False, cascade=True)
        return replace(catalog, grants=grants).with_role_released(self.role)


def _covers(default: DefaultGrant, target: Object, creator: str) -> bool:
    return (
        default.creator == creator
        and default.kind == target.kind
        and (not default.schema or (default.catalog, default.schema) == (target.catalog, target.schema))
    )


def _revoked(roles: Roles, grants: Grants, entry: Grant, *, option_only: bool, cascade: bool) -> Grants:
    """Return the grants without an entry, and without what was passed on because of it."""
    if entry not in grants.entries:
        return grants
    entries = dict(grants.entries)
    option = entries.pop(entry)
    if option_only:
        entries[entry] = False
    after = replace(grants, entries=entries)
    if not option or _may_pass_on(roles, after, entry, entry.grantee):
        return after
    passed_on = [key for key in entries if key[:3] == entry[:3] and key.grantor == entry.grantee]
    if passed_on and not cascade:
        raise errors.DependentPrivilegesStillExist(
            f"dependent privileges exist: {entry.grantee} granted {entry.privilege} on {entry.object.title} "
            f"to {passed_on[0].grantee}",
            hint="Use CASCADE to revoke them too.",
        )
    for key in passed_on:
        after = _revoked(roles, after, key, option_only=False, cascade=cascade)
    return after


def _refuse_giving_back(roles: Roles, grants: Grants, entry: Grant) -> None:
    """Refuse what could hold itself up: the grantor must have the option without the grantee's help."""
    without = grants
    for key, option in grants.entries.items():
        if option and key[:3] == entry[:3] and key.grantee == entry.grantee:
            without = _revoked(roles, without, key, option_only=False, cascade=True)
    if not _may_pass_on(roles, without, entry, entry.grantor):
        raise errors.InvalidGrantOperation("grant options cannot be granted back to your own grantor")


def _may_pass_on(roles: Roles, grants: Grants, entry: Grant, role: str) -> bool:
    """Whether a role may pass on what an entry gives, by itself or by a role that it inherits from."""
    return roles[role].superuser or any(
        grants.may_pass_on(entry.object, entry.privilege, entry.column, other)
        for other in roles.inherited(role)
    )

"""Changes of who is a member of which role: PostgreSQL 16's, where each membership knows who made it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.role_changes import known
from avila.catalog.roles import OWNER, Membership

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.objects import Catalog
    from avila.catalog.roles import Key

    Memberships = Mapping[Key, Membership]


@dataclass(frozen=True)
class GrantRole:
    """Make ``member`` a member of ``role``; options that are None keep what they were, or what is usual."""

    role: str
    member: str
    grantor: str
    admin: bool | None = None
    inherit: bool | None = None
    set: bool | None = None

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the roles, no circle of members, and none of who lets whom pass the role on."""
        known(catalog, self.role)
        known(catalog, self.grantor)
        member = known(catalog, self.member)
        if self.member in catalog.roles.member_of(self.role):
            raise errors.InvalidGrantOperation(f'role "{self.role}" is a member of role "{self.member}"')
        before = catalog.roles.memberships
        if self.admin and self.grantor != OWNER:
            self._refuse_giving_back(before)
        key = (self.role, self.member, self.grantor)
        made = before.get(key) or Membership(*key, inherit=member.inherit)
        made = replace(
            made,
            admin=made.admin if self.admin is None else self.admin,
            inherit=made.inherit if self.inherit is None else self.inherit,
            set=made.set if self.set is None else self.set,
        )
        return replace(catalog, roles=replace(catalog.roles, memberships={**before, key: made}))

    def _refuse_giving_back(self, before: Memberships) -> None:
        """Refuse what could hold itself up: the grantor must have ADMIN without the member's help."""
        without = before
        for key, membership in before.items():
            if membership.role == self.role and membership.member == self.member:
                without = revoked(without, key, cascade=True)
        if self.member == OWNER or not _administers(without, self.role, self.grantor):
            raise errors.InvalidGrantOperation("ADMIN option cannot be granted back to your own grantor")


@dataclass(frozen=True)
class RevokeRole:
    """End a membership that ``grantor`` made, or with ``option`` ('admin', 'inherit', 'set') only what it adds."""

    role: str
    member: str
    grantor: str
    option: str | None = None
    cascade: bool = False

    def apply(self, catalog: Catalog) -> Catalog:
        """Need both roles; a membership that is not there is nothing to end."""
        known(catalog, self.role)
        known(catalog, self.member)
        before, key = catalog.roles.memberships, (self.role, self.member, self.grantor)
        if key not in before:
            return catalog
        if self.option in {None, "admin"}:
            after = revoked(before, key, admin_only=self.option == "admin", cascade=self.cascade)
        elif self.option == "inherit":
            after = {**before, key: replace(before[key], inherit=False)}
        else:
            after = {**before, key: replace(before[key], set=False)}
        return replace(catalog, roles=replace(catalog.roles, memberships=after))


def revoked(memberships: Memberships, key: Key, *, admin_only: bool = False, cascade: bool) -> Memberships:
    """Return the memberships without one, or without its ADMIN option, and without what its member made by it.

    Raises DependentPrivilegesStillExist when its member made others and ``cascade`` is not asked for.
    """
    if key not in memberships:
        return memberships
    after = dict(memberships)
    ended = after.pop(key)
    if admin_only:
        after[key] = replace(ended, admin=False)
    if not ended.admin or _administers(after, ended.role, ended.member):
        return after
    made = [other for other in after if other[0] == ended.role and other[2] == ended.member]
    if made and not cascade:
        raise errors.DependentPrivilegesStillExist(
            f'dependent privileges exist: role "{ended.member}" made "{made[0][1]}" a member of "{ended.role}"',
            hint="Use CASCADE to revoke them too.",
        )
    left: Memberships = after
    for other in made:
        left = revoked(left, other, cascade=cascade)
    return left


def _administers(memberships: Memberships, role: str, member: str) -> bool:
    return any(m.admin and m.role == role and m.member == member for m in memberships.values())

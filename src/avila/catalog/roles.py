"""Roles and who is a member of which: PostgreSQL's model, where users and groups are both roles."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OWNER = "owner"
"""The superuser that every database begins with: whoever opens the directory."""
PUBLIC = "public"
"""Everybody; not a role, but stands where one may stand in grants and policies."""

PREDEFINED: Mapping[str, str] = {
    "pg_read_all_data": "May read every table, view and sequence.",
    "pg_write_all_data": "May write every table, view and sequence.",
    "pg_read_server_files": "May read files, and addresses on the network, as the process can.",
    "pg_write_server_files": "May write files as the process can.",
    "pg_monitor": "May see what the database and other sessions do.",
    "pg_signal_backend": "May cancel statements and end sessions of roles that are no superusers.",
    "pg_checkpoint": "May run CHECKPOINT.",
    "pg_maintain": "May run VACUUM and ANALYZE on every table.",
}
"""Roles that are always there, and what membership gives."""


@dataclass(frozen=True)
class Role:
    """One role. ``attributes`` are its tags, ``settings`` what its sessions start with."""

    name: str
    number: int = 0
    """Tells a role from another one that had its name before: the catalog's version when it was made."""
    superuser: bool = False
    createdb: bool = False
    createrole: bool = False
    inherit: bool = True
    login: bool = False
    replication: bool = False
    bypassrls: bool = False
    connection_limit: int = -1
    valid_until: str | None = None
    scram: str | None = field(default=None, repr=False)
    argon2: str | None = field(default=None, repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    resource_group: str | None = None


@dataclass(frozen=True)
class Membership:
    """``member`` is a member of ``role``: it may inherit its rights, become it, and pass the membership on."""

    role: str
    member: str
    grantor: str
    admin: bool = False
    inherit: bool = True
    set: bool = True

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return (self.role, self.member, self.grantor)


Key = tuple[str, str, str]
"""The role, its member, and who made it one: the same membership may be given by several."""


def _first() -> dict[str, Role]:
    owner = Role(OWNER, superuser=True, createdb=True, createrole=True, login=True, bypassrls=True)
    return {OWNER: owner} | {name: Role(name) for name in PREDEFINED}


@dataclass(frozen=True)
class Roles:
    """Every role by name, and every membership by role, member and grantor."""

    roles: Mapping[str, Role] = field(default_factory=_first)
    memberships: Mapping[Key, Membership] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.roles

    def __getitem__(self, name: str) -> Role:
        return self.roles[name]

    @property
    def governed(self) -> bool:
        """Whether there is anybody besides the first superuser."""
        return len(self.roles) > 1 + len(PREDEFINED)

    def inherited(self, name: str) -> frozenset[str]:
        """Return the roles whose rights a role has without becoming them, itself among them."""
        return frozenset(self.nearest(name))

    def nearest(self, name: str) -> tuple[str, ...]:
        """Return the roles whose rights a role has: itself, then the nearest ones first."""
        return self._reach(name, lambda membership: membership.inherit)

    def settable(self, name: str) -> frozenset[str]:
        """Return the roles that a role may become by SET ROLE, itself among them."""
        return frozenset(self._reach(name, lambda membership: membership.set))

    def member_of(self, name: str) -> frozenset[str]:
        """Return every role that a role is a member of, directly or not, itself among them."""
        return frozenset(self._reach(name, lambda _membership: True))

    def administers(self, name: str, role: str) -> bool:
        """Whether a role may grant and revoke membership in another."""
        mine = self.member_of(name)
        return any(
            membership.admin and membership.role == role and membership.member in mine
            for membership in self.memberships.values()
        )

    def administrator(self, name: str, role: str) -> str | None:
        """Return the nearest of the roles whose rights a role has that may grant membership in another."""
        able = {m.member for m in self.memberships.values() if m.admin and m.role == role}
        return next((near for near in self.nearest(name) if near in able), None)

    def role_released(self, role: str) -> Roles:
        """Return the same without the memberships that a role made, and those that hang on them."""
        left = dict(self.memberships)
        gone = [key for key in left if key[2] == role]
        for key in gone:  # grows as it goes
            ended = left.pop(key, None)
            if ended is None or not ended.admin:
                continue
            if not any(m.admin and (m.role, m.member) == key[:2] for m in left.values()):
                gone += [other for other in left if (other[0], other[2]) == key[:2]]
        return replace(self, memberships=left)

    def depends_on_role(self, role: str) -> list[str]:
        """Return what keeps a role from being dropped, in words: who is a member of another by its grant."""
        return [
            f"privileges for membership of role {membership.member} in role {membership.role}"
            for membership in self.memberships.values()
            if membership.grantor == role
        ]

    def _reach(self, name: str, follows: Callable[[Membership], bool]) -> tuple[str, ...]:
        reached = [name]
        for member in reached:  # grows as it goes, nearest first
            for membership in self.memberships.values():
                if membership.member == member and membership.role not in reached and follows(membership):
                    reached.append(membership.role)
        return tuple(reached)

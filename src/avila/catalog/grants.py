"""Who owns what and who may do what with it: PostgreSQL's access control lists."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from avila.catalog.roles import OWNER, PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from avila.catalog.names import Object

PRIVILEGES: Mapping[str, tuple[str, ...]] = {
    "table": ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"),
    "sequence": ("SELECT", "UPDATE", "USAGE"),
    "schema": ("CREATE", "USAGE"),
    "database": ("CREATE", "CONNECT", "TEMPORARY"),
    "function": ("EXECUTE",),
    "type": ("USAGE",),
    "extension": ("USAGE",),
    "secret": ("USAGE",),
}
"""The privileges there are on each kind of object."""

COLUMN_PRIVILEGES = frozenset({"SELECT", "INSERT", "UPDATE", "REFERENCES"})

_FOR_EVERYBODY: Mapping[str, frozenset[str]] = {
    "function": frozenset({"EXECUTE"}),
    "type": frozenset({"USAGE"}),
    "database": frozenset({"CONNECT", "TEMPORARY"}),
    "extension": frozenset({"USAGE"}),
}


class Grant(NamedTuple):
    """One entry: ``grantor`` gave ``grantee`` a privilege on an object, or on one column of it."""

    object: Object
    privilege: str
    column: str | None
    grantee: str
    grantor: str


class DefaultGrant(NamedTuple):
    """What objects that ``creator`` will make give ``grantee``; in one schema, or in every one when it is empty."""

    creator: str
    catalog: str
    schema: str
    kind: str
    privilege: str
    grantee: str


@dataclass(frozen=True)
class Grants:
    """Owners, entries (with whether they may be passed on), what was withdrawn of the built-in ones, and defaults.

    An owner has every privilege on its object, and PUBLIC some on new ones, without an entry; ``withdrawn`` holds what
    of that was revoked, as (object, privilege, grantee).
    """

    owners: Mapping[Object, str] = field(default_factory=dict)
    entries: Mapping[Grant, bool] = field(default_factory=dict)
    withdrawn: frozenset[tuple[Object, str, str]] = frozenset()
    defaults: Mapping[DefaultGrant, bool] = field(default_factory=dict)
    default_withdrawn: frozenset[DefaultGrant] = frozenset()

    def owner(self, target: Object) -> str:
        """Return the role that owns an object; the first superuser where nothing else is said."""
        return self.owners.get(target, OWNER)

    def on(self, target: Object) -> Iterator[tuple[Grant, bool]]:
        """Yield the entries of an object, with whether each may be passed on."""
        return iter(self._by_object.get(target, ()))

    @cached_property
    def _by_object(self) -> Mapping[Object, list[tuple[Grant, bool]]]:
        found: dict[Object, list[tuple[Grant, bool]]] = {}
        for grant, option in self.entries.items():
            found.setdefault(grant.object, []).append((grant, option))
        return found

    def built_in(self, target: Object, privilege: str, role: str) -> bool:
        """Whether a role has a privilege without an entry: as the owner, or as PUBLIC on what is open to all."""
        if (target, privilege, role) in self.withdrawn:
            return False
        if role == PUBLIC:
            return privilege in for_everybody(target)
        return self.owner(target) == role and privilege in PRIVILEGES.get(target.kind, ())

    def grant(self, target: Object, privilege: str, column: str | None, roles: Iterable[str]) -> Grant | None:
        """Return an entry that gives one of the roles a privilege on exactly this object or column."""
        for grant, _ in self.on(target):
            if grant.privilege == privilege and grant.column == column and grant.grantee in roles:
                return grant
        return None

    def may_pass_on(self, target: Object, privilege: str, column: str | None, role: str) -> bool:
        """Whether a role may itself grant a privilege: as the owner, or because it was given the option."""
        return self.owner(target) == role or any(
            option
            and grant.privilege == privilege
            and grant.grantee == role
            and grant.column in {None, column}
            for grant, option in self.on(target)
        )

    def handed_over(self, target: Object, role: str) -> Grants:
        """Return the grants with an object in another owner's hands: what the old one gave and had is the new one's."""
        before = self.owner(target)

        def named(holder: str) -> str:
            return role if holder == before else holder

        entries: dict[Grant, bool] = {}
        for key, option in self.entries.items():
            moved = key
            if key.object == target:
                moved = key._replace(grantee=named(key.grantee), grantor=named(key.grantor))
            entries[moved] = option or entries.get(moved, False)
        withdrawn = frozenset(
            (place, privilege, named(holder) if place == target else holder)
            for place, privilege, holder in self.withdrawn
        )
        return replace(self, owners={**self.owners, target: role}, entries=entries, withdrawn=withdrawn)

    def forgotten(self, target: Object) -> Grants:
        """Return the grants without those on an object and on what lies in it."""
        return replace(
            self,
            owners={key: role for key, role in self.owners.items() if not target.matches(key)},
            entries={key: option for key, option in self.entries.items() if not target.matches(key.object)},
            withdrawn=frozenset(entry for entry in self.withdrawn if not target.matches(entry[0])),
        )

    def renamed(self, old: Object, new: Object) -> Grants:
        """Return the grants with an object under its new name."""

        def moved(key: Object) -> Object:
            return key.moved(old, new)

        return replace(
            self,
            owners={moved(key): role for key, role in self.owners.items()},
            entries={key._replace(object=moved(key.object)): option for key, option in self.entries.items()},
            withdrawn=frozenset((moved(key), privilege, role) for key, privilege, role in self.withdrawn),
        )

    def column_forgotten(self, target: Object, column: str) -> Grants:
        """Return the grants without those on a column."""
        kept = {
            key: option
            for key, option in self.entries.items()
            if key.object != target or key.column != column
        }
        return replace(self, entries=kept)

    def column_renamed(self, target: Object, old: str, new: str) -> Grants:
        """Return the grants with a column under its new name."""
        entries = {
            key._replace(column=new) if key.object == target and key.column == old else key: option
            for key, option in self.entries.items()
        }
        return replace(self, entries=entries)

    def role_renamed(self, old: str, new: str) -> Grants:
        """Return the grants with a role under its new name."""

        def named(role: str) -> str:
            return new if role == old else role

        return Grants(
            owners={key: named(role) for key, role in self.owners.items()},
            entries={
                key._replace(grantee=named(key.grantee), grantor=named(key.grantor)): option
                for key, option in self.entries.items()
            },
            withdrawn=frozenset((key, privilege, named(role)) for key, privilege, role in self.withdrawn),
            defaults={
                key._replace(creator=named(key.creator), grantee=named(key.grantee)): option
                for key, option in self.defaults.items()
            },
            default_withdrawn=frozenset(
                key._replace(creator=named(key.creator), grantee=named(key.grantee))
                for key in self.default_withdrawn
            ),
        )

    def role_released(self, role: str) -> Grants:
        """Return the grants without what new objects would give because of a role, or to it."""
        return replace(
            self,
            defaults={
                key: option for key, option in self.defaults.items() if role not in {key.creator, key.grantee}
            },
            default_withdrawn=frozenset(
                key for key in self.default_withdrawn if role not in {key.creator, key.grantee}
            ),
        )

    def depends_on_role(self, role: str) -> list[str]:
        """Return what keeps a role from being dropped, in words."""
        owned = [f"owner of {key.title}" for key, owner in self.owners.items() if owner == role]
        held = [
            f"privileges for {key.object.title}" for key in self.entries if role in {key.grantee, key.grantor}
        ]
        kept = [
            f"default privileges on new {key.kind}s"
            for key in (*self.defaults, *self.default_withdrawn)
            if role in {key.creator, key.grantee}
        ]
        return sorted({*owned, *held, *kept})


def for_everybody(target: Object) -> frozenset[str]:
    """Return what PUBLIC may do with an object of which nothing else was said."""
    if target.kind == "schema":
        # As with PostgreSQL's schema public: everybody may look into it, and only its owner creates there.
        return frozenset({"USAGE"}) if target.schema == "main" else frozenset()
    return _FOR_EVERYBODY.get(target.kind, frozenset())

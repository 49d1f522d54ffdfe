"""What a role may do, with the reason: a pure look at the catalog, in PostgreSQL's order.

A superuser may do everything. Otherwise a role has the rights of every role that it inherits from, and of PUBLIC: as an
owner, by a grant on the object, by a grant on the column, or by a predefined role.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from avila import errors
from avila.catalog.roles import OWNER, PUBLIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from avila.catalog.names import Object
    from avila.catalog.objects import Catalog

    Observer = Callable[["Decision"], None]

_PREDEFINED: Mapping[tuple[str, str], str] = {
    ("table", "SELECT"): "pg_read_all_data",
    ("sequence", "SELECT"): "pg_read_all_data",
    ("sequence", "USAGE"): "pg_read_all_data",
    ("schema", "USAGE"): "pg_read_all_data",
    ("table", "INSERT"): "pg_write_all_data",
    ("table", "UPDATE"): "pg_write_all_data",
    ("table", "DELETE"): "pg_write_all_data",
    ("sequence", "UPDATE"): "pg_write_all_data",
    ("table", "MAINTAIN"): "pg_maintain",
}

OWNERSHIP = "OWNERSHIP"
"""What definitions of an object need, which nobody can grant."""

Right = tuple[str, str | None]
"""A privilege, and the column when it is on one alone."""


@dataclass(frozen=True)
class Principal:
    """Who a session acts as: whose it is, whom it became by SET ROLE, and who opened it.

    The one who opened it decides what it may become; it differs from ``session_user`` after SET SESSION AUTHORIZATION.
    """

    session_user: str = OWNER
    current_user: str = OWNER
    login: str = ""

    def __post_init__(self) -> None:
        """A session belongs to the role that opened it, unless something else is said."""
        object.__setattr__(self, "login", self.login or self.session_user)


@dataclass(frozen=True)
class Verdict:
    """Whether something is allowed, and because of what."""

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


class Decision(NamedTuple):
    """What was asked of a role, and the answer.

    ``privilege`` is one of the catalog's; or ``OWNERSHIP`` of the target; or else, without a target, what was to be
    done that needs a superuser or a predefined role.
    """

    role: str
    target: Object | None
    privilege: str
    column: str | None
    allowed: bool
    reason: str


class Authority:
    """The rights of one role; whoever wants to explain decisions observes them."""

    def __init__(self, catalog: Catalog, role: str, observer: Observer | None = None) -> None:
        self.catalog = catalog
        self.role = role
        self._observer = observer

    @property
    def superuser(self) -> bool:
        """Whether the role may do everything."""
        role = self.catalog.roles.roles.get(self.role)
        return role is not None and role.superuser

    def has(self, attribute: str) -> bool:
        """Whether the role has an attribute, such as ``createrole``; a superuser has each of them."""
        role = self.catalog.roles.roles.get(self.role)
        return role is not None and (role.superuser or bool(getattr(role, attribute)))

    @property
    def bypasses_row_security(self) -> bool:
        """Whether row policies do not hold for the role, on whatever table."""
        role = self.catalog.roles.roles.get(self.role)
        return role is not None and (role.superuser or role.bypassrls)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles whose rights this one has, PUBLIC among them."""
        return self.catalog.roles.inherited(self.role) | {PUBLIC}

    @cached_property
    def quietly(self) -> Authority:
        """The same, observed by nobody: for questions on which nothing hangs."""
        return self if self._observer is None else Authority(self.catalog, self.role)

    def acts_as(self, role: str) -> bool:
        """Whether the role has the rights of another."""
        return self.superuser or role in self.roles

    def administers(self, role: str) -> bool:
        """Whether the role may grant and revoke membership in another."""
        return self.superuser or self.catalog.roles.administers(self.role, role)

    def may_become(self, role: str) -> bool:
        """Whether the role may act as another by SET ROLE."""
        return self.superuser or role in self.catalog.roles.settable(self.role)

    def owns(self, target: Object) -> bool:
        """Whether the role may do what only an owner may."""
        return self.superuser or self.catalog.grants.owner(target) in self.roles

    def may(self, target: Object, privilege: str, column: str | None = None) -> Verdict:
        """Say whether the role has a privilege on an object, or on a column of it."""
        verdict = self._verdict(target, privilege, column)
        self._decided(verdict, target, privilege, column)
        return verdict

    def _verdict(self, target: Object, privilege: str, column: str | None) -> Verdict:
        if self.superuser:
            return Verdict(True, f"{self.role} is a superuser")
        grants = self.catalog.grants
        owner = grants.owner(target)
        for role in self.roles:
            if grants.built_in(target, privilege, role):
                who = "PUBLIC" if role == PUBLIC else role
                why = (
                    f"{who} owns {target.title}"
                    if role == owner
                    else f"{who} has it on every new {target.kind}"
                )
                return Verdict(True, self._through(role, why))
        if grant := grants.grant(target, privilege, None, self.roles):
            why = f"{grant.grantor} granted {privilege} on {target.title} to {_name(grant.grantee)}"
            return Verdict(True, self._through(grant.grantee, why))
        if column is not None and (grant := grants.grant(target, privilege, column, self.roles)):
            why = (
                f"{grant.grantor} granted {privilege} ({column}) on {target.title} to {_name(grant.grantee)}"
            )
            return Verdict(True, self._through(grant.grantee, why))
        predefined = _PREDEFINED.get((target.kind, privilege))
        if predefined in self.roles:
            return Verdict(True, f"{self.role} is a member of {predefined}")
        what = (
            f"{privilege} on {target.title}"
            if column is None
            else f"{privilege} ({column}) on {target.title}"
        )
        return Verdict(
            False, f"nobody granted {what} to {self.role}, to a role it inherits from, or to PUBLIC"
        )

    def columns(self, target: Object, privilege: str) -> frozenset[str]:
        """Return the columns on which the role has a privilege by a grant on the column itself."""
        found = frozenset(
            grant.column
            for grant, _ in self.catalog.grants.on(target)
            if grant.privilege == privilege and grant.column is not None and grant.grantee in self.roles
        )
        if self._observer is not None:
            for column in sorted(found):
                self.may(target, privilege, column)
        return found

    def may_some(self, target: Object, privilege: str) -> bool:
        """Whether the role has a privilege on an object or on some column of it."""
        return bool(self.may(target, privilege)) or bool(self.columns(target, privilege))

    def sees(self, target: Object) -> bool:
        """Whether the role has any right on an object, so that catalogs list it."""
        if self.owns(target):
            return True
        grants = self.catalog.grants
        return any(grant.grantee in self.roles for grant, _ in grants.on(target)) or any(
            bool(self.may(target, privilege)) for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE")
        )

    def may_grant(self, target: Object, privilege: str, column: str | None = None) -> bool:
        """Whether the role may pass a privilege on an object, or on a column of it, on."""
        return self.superuser or any(
            self.catalog.grants.may_pass_on(target, privilege, column, role) for role in self.roles
        )

    def grantor(self, target: Object, rights: Iterable[Right]) -> tuple[str, frozenset[Right]]:
        """Return the role that gives when this one grants rights on an object, and which of them it may give.

        As in PostgreSQL it is one role for all of them: the owner for superusers, or else the nearest of the roles that
        may give every one, or else the one that may give most.
        """
        wanted, grants = frozenset(rights), self.catalog.grants
        owner = grants.owner(target)
        if self.superuser or owner == self.role:
            return owner, wanted
        best: tuple[str, frozenset[Right]] = (self.role, frozenset())
        for role in self.catalog.roles.nearest(self.role):
            able = frozenset(right for right in wanted if grants.may_pass_on(target, *right, role))
            if len(able) > len(best[1]):
                best = (role, able)
        return best

    def require(self, target: Object, privilege: str, column: str | None = None) -> None:
        """Raise InsufficientPrivilege when the role does not have a privilege."""
        verdict = self.may(target, privilege, column)
        if not verdict:
            raise denied(target, verdict.reason)

    def require_owner(self, target: Object) -> None:
        """Raise InsufficientPrivilege when the role does not own an object."""
        verdict = self._ownership(target)
        self._decided(verdict, target, OWNERSHIP)
        if not verdict:
            raise errors.InsufficientPrivilege(
                f"must be owner of {target.title}", hint=f"It belongs to {self.catalog.grants.owner(target)}."
            )

    def require_superuser(self, what: str) -> None:
        """Raise InsufficientPrivilege when the role is no superuser; ``what`` says what only superusers may."""
        reason = f"{self.role} is {'a' if self.superuser else 'no'} superuser"
        self._decided(Verdict(self.superuser, reason), None, what)
        if not self.superuser:
            raise errors.InsufficientPrivilege(f"only superusers may {what}")

    def require_member(self, role: str, what: str) -> None:
        """Raise InsufficientPrivilege when the role does not have the rights of another."""
        may = self.acts_as(role)
        reason = (
            f"{self.role} is a superuser"
            if self.superuser
            else f"{self.role} is {'a' if may else 'no'} member of {role}"
        )
        self._decided(Verdict(may, reason), None, what)
        if not may:
            raise errors.InsufficientPrivilege(
                f"permission denied to {what}", hint=f"Only {role}, its members and superusers may."
            )

    def _ownership(self, target: Object) -> Verdict:
        if self.superuser:
            return Verdict(True, f"{self.role} is a superuser")
        owner = self.catalog.grants.owner(target)
        if owner not in self.roles:
            return Verdict(False, f"{target.title} belongs to {owner}")
        return Verdict(True, self._through(owner, f"{owner} owns {target.title}"))

    def _decided(
        self, verdict: Verdict, target: Object | None, privilege: str, column: str | None = None
    ) -> None:
        if self._observer is not None:
            self._observer(Decision(self.role, target, privilege, column, verdict.allowed, verdict.reason))

    def _through(self, role: str, why: str) -> str:
        if role in {self.role, PUBLIC}:
            return why
        return f"{why}, and {self.role} inherits from {role}"


def denied(target: Object, reason: str) -> errors.InsufficientPrivilege:
    """Return the error of a missing privilege, in PostgreSQL's words, with the reason as its hint."""
    title = target.title if target.kind != "table" else f"table {target.name}"
    return errors.InsufficientPrivilege(
        f"permission denied for {title}", hint=f"{reason[0].upper()}{reason[1:]}."
    )


def _name(role: str) -> str:
    return "PUBLIC" if role == PUBLIC else role

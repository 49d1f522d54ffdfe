"""Row-level security: which tables have it, and the policies that say which rows are whose."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.names import Object
from avila.catalog.role_changes import known
from avila.catalog.roles import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avila.catalog.objects import Catalog

Target = tuple[str, str, str, str]


@dataclass(frozen=True)
class Policy:
    """One policy. It holds on a table, or on every table that carries a tag (``target`` is then of kind 'tag').

    ``command`` is ALL, SELECT, INSERT, UPDATE or DELETE; ``using`` and ``check`` are SQL, as they were given.
    """

    name: str
    target: Object
    permissive: bool = True
    command: str = "ALL"
    roles: tuple[str, ...] = (PUBLIC,)
    using: str | None = None
    check: str | None = None


@dataclass(frozen=True)
class RowSecurity:
    """The tables with row security (whether it is forced on their owners), and the policies by (target, name)."""

    enabled: Mapping[Object, bool] = field(default_factory=dict)
    forced: frozenset[Object] = frozenset()
    policies: Mapping[tuple[Object, str], Policy] = field(default_factory=dict)

    def on(self, target: Object) -> Iterator[Policy]:
        """Yield the policies of one table or tag."""
        return (policy for (key, _), policy in self.policies.items() if key == target)

    def forgotten(self, target: Object) -> RowSecurity:
        """Return what is left without a table, or without the tables of a schema."""
        return RowSecurity(
            {key: on for key, on in self.enabled.items() if not target.matches(key)},
            frozenset(key for key in self.forced if not target.matches(key)),
            {pair: policy for pair, policy in self.policies.items() if not target.matches(pair[0])},
        )

    def renamed(self, old: Object, new: Object) -> RowSecurity:
        """Return the same with an object under its new name."""

        def moved(key: Object) -> Object:
            return key.moved(old, new)

        return RowSecurity(
            {moved(key): on for key, on in self.enabled.items()},
            frozenset(moved(key) for key in self.forced),
            {
                (moved(key), name): replace(policy, target=moved(key))
                for (key, name), policy in self.policies.items()
            },
        )

    def role_renamed(self, old: str, new: str) -> RowSecurity:
        """Return the same with a role under its new name."""
        return replace(
            self,
            policies={
                pair: replace(policy, roles=tuple(new if role == old else role for role in policy.roles))
                for pair, policy in self.policies.items()
            },
        )

    def role_released(self, role: str) -> RowSecurity:
        """Return the same without a role; a policy for nobody else is gone."""
        left = {
            pair: replace(policy, roles=tuple(other for other in policy.roles if other != role))
            for pair, policy in self.policies.items()
        }
        return replace(self, policies={pair: policy for pair, policy in left.items() if policy.roles})

    def depends_on_role(self, role: str) -> list[str]:
        """Return what keeps a role from being dropped, in words."""
        return [
            f"policy {policy.name} on {policy.target.title}"
            for policy in self.policies.values()
            if role in policy.roles
        ]


@dataclass(frozen=True)
class SetRowSecurity:
    """Switch row security of a table on or off, or whether it holds for the table's owner too; None leaves it."""

    target: Target
    enabled: bool | None = None
    forced: bool | None = None

    def apply(self, catalog: Catalog) -> Catalog:
        """Hold for any table."""
        target, section = Object(*self.target), catalog.row_security
        enabled, forced = dict(section.enabled), section.forced
        if self.enabled is not None:
            enabled.pop(target, None)
            if self.enabled:
                enabled[target] = True
        if self.forced is not None:
            forced = forced | {target} if self.forced else forced - {target}
        return replace(catalog, row_security=replace(section, enabled=enabled, forced=forced))


@dataclass(frozen=True)
class CreatePolicy:
    """Add a policy to a table or tag."""

    name: str
    target: Target
    permissive: bool
    command: str
    roles: tuple[str, ...]
    using: str | None
    check: str | None

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a free name on the table, known roles, and no expression that the command has no use for."""
        target = Object(*self.target)
        if (target, self.name) in catalog.row_security.policies:
            raise errors.DuplicateObject(f'policy "{self.name}" for {target.title} already exists')
        made = Policy(
            self.name, target, self.permissive, self.command, tuple(self.roles), self.using, self.check
        )
        return _with(catalog, made)


@dataclass(frozen=True)
class AlterPolicy:
    """Change a policy's roles or expressions; None leaves what there is."""

    name: str
    target: Target
    roles: tuple[str, ...] | None = None
    using: str | None = None
    check: str | None = None
    to: str | None = None

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the policy."""
        target = Object(*self.target)
        before = known_policy(catalog, target, self.name)
        after = replace(
            before,
            name=self.to or before.name,
            roles=tuple(self.roles) if self.roles is not None else before.roles,
            using=self.using if self.using is not None else before.using,
            check=self.check if self.check is not None else before.check,
        )
        if self.to is not None and (target, self.to) in catalog.row_security.policies:
            raise errors.DuplicateObject(f'policy "{self.to}" for {target.title} already exists')
        return _with(DropPolicy(self.name, self.target).apply(catalog), after)


@dataclass(frozen=True)
class DropPolicy:
    """Remove a policy."""

    name: str
    target: Target

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the policy."""
        target = Object(*self.target)
        known_policy(catalog, target, self.name)
        section = catalog.row_security
        left = {pair: policy for pair, policy in section.policies.items() if pair != (target, self.name)}
        return replace(catalog, row_security=replace(section, policies=left))


def known_policy(catalog: Catalog, target: Object, name: str) -> Policy:
    """Return a policy; UndefinedObject when there is none of that name on the table."""
    policy = catalog.row_security.policies.get((target, name))
    if policy is None:
        raise errors.UndefinedObject(f'policy "{name}" for {target.title} does not exist')
    return policy


def _with(catalog: Catalog, policy: Policy) -> Catalog:
    for role in policy.roles:
        if role != PUBLIC:
            known(catalog, role)
    if policy.command in {"SELECT", "DELETE"} and policy.check is not None:
        raise errors.SyntaxError("WITH CHECK cannot be applied to SELECT or DELETE")
    if policy.command == "INSERT" and policy.using is not None:
        raise errors.SyntaxError("only WITH CHECK expression allowed for INSERT")
    section = catalog.row_security
    policies = {**section.policies, (policy.target, policy.name): policy}
    return replace(catalog, row_security=replace(section, policies=policies))

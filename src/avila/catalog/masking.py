"""Masking policies, and the columns and tags they are attached to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.names import Object
from avila.catalog.tags import known_tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.objects import Catalog

Target = tuple[str, str, str, str]


@dataclass(frozen=True)
class MaskingPolicy:
    """What is shown instead of a value: ``body`` is SQL over the parameters, the first of which is the value.

    With ``using_value`` filters, joins and groups still go by the value itself.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    returns: str
    body: str
    using_value: bool = False


@dataclass(frozen=True)
class Masking:
    """The policies by name; by column, the policy and the columns it takes; by tag, the policy."""

    policies: Mapping[str, MaskingPolicy] = field(default_factory=dict)
    columns: Mapping[tuple[Object, str], tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    def forgotten(self, target: Object) -> Masking:
        """Return the masks without those of a table or schema."""
        kept = {place: mask for place, mask in self.columns.items() if not target.matches(place[0])}
        return replace(self, columns=kept)

    def renamed(self, old: Object, new: Object) -> Masking:
        """Return the masks with an object under its new name."""

        def moved(key: Object) -> Object:
            return key.moved(old, new)

        return replace(
            self, columns={(moved(key), column): mask for (key, column), mask in self.columns.items()}
        )

    def column_forgotten(self, target: Object, column: str) -> Masking:
        """Return the masks without a column's."""
        kept = {place: mask for place, mask in self.columns.items() if place != (target, column)}
        return replace(self, columns=kept)

    def column_renamed(self, target: Object, old: str, new: str) -> Masking:
        """Return the masks with a column under its new name."""

        def named(key: Object, column: str) -> str:
            return new if (key, column) == (target, old) else column

        return replace(
            self,
            columns={
                (key, named(key, column)): (policy, tuple(named(key, other) for other in taken))
                for (key, column), (policy, taken) in self.columns.items()
            },
        )


@dataclass(frozen=True)
class CreateMaskingPolicy:
    """Make a masking policy, or with ``replace`` another of the same name."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    returns: str
    body: str
    using_value: bool = False
    replace: bool = False

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a free name; or as many parameters as the one it replaces, where that masks something."""
        before = catalog.masking.policies.get(self.name)
        if before is not None and not self.replace:
            raise errors.DuplicateObject(f"masking policy {self.name} already exists")
        if before is not None and len(before.parameters) != len(self.parameters):
            _refuse_used(catalog, self.name)
        parameters = tuple((name, kind) for name, kind in self.parameters)
        made = MaskingPolicy(self.name, parameters, self.returns, self.body, self.using_value)
        policies = {**catalog.masking.policies, self.name: made}
        return replace(catalog, masking=replace(catalog.masking, policies=policies))


@dataclass(frozen=True)
class DropMaskingPolicy:
    """Remove a masking policy."""

    name: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a policy that masks nothing."""
        known_masking(catalog, self.name)
        _refuse_used(catalog, self.name)
        section = catalog.masking
        policies = {name: policy for name, policy in section.policies.items() if name != self.name}
        return replace(catalog, masking=replace(section, policies=policies))


@dataclass(frozen=True)
class SetColumnMask:
    """Mask a column by a policy, which takes the named columns; without a policy, mask it no more."""

    target: Target
    column: str
    policy: str | None
    takes: tuple[str, ...] = ()

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a policy with as many parameters as columns are given."""
        section = catalog.masking
        columns = dict(section.columns)
        columns.pop((Object(*self.target), self.column), None)
        if self.policy is not None:
            policy = known_masking(catalog, self.policy)
            takes = tuple(self.takes) or (self.column,)
            if len(takes) != len(policy.parameters):
                raise errors.InvalidParameterValue(
                    f"masking policy {policy.name} takes {len(policy.parameters)} columns, and got {len(takes)}",
                    hint="SET MASKING POLICY name USING (column, …) names them.",
                )
            columns[Object(*self.target), self.column] = (self.policy, takes)
        return replace(catalog, masking=replace(section, columns=columns))


@dataclass(frozen=True)
class SetTagMask:
    """Mask every column that carries a tag; without a policy, no more."""

    tag: str
    policy: str | None

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the tag, and a policy that takes the value alone."""
        known_tag(catalog, self.tag)
        tags = {tag: policy for tag, policy in catalog.masking.tags.items() if tag != self.tag}
        if self.policy is not None:
            if len(known_masking(catalog, self.policy).parameters) != 1:
                raise errors.InvalidParameterValue(
                    f"masking policy {self.policy} takes other columns too, and a tag names none"
                )
            tags[self.tag] = self.policy
        return replace(catalog, masking=replace(catalog.masking, tags=tags))


def known_masking(catalog: Catalog, name: str) -> MaskingPolicy:
    """Return a masking policy; UndefinedObject when there is none of that name."""
    if name not in catalog.masking.policies:
        raise errors.UndefinedObject(f"masking policy {name} does not exist")
    return catalog.masking.policies[name]


def _refuse_used(catalog: Catalog, name: str) -> None:
    """Raise DependentObjectsStillExist when a policy masks something."""
    section = catalog.masking
    used = [
        f"column {column} of {target.title}"
        for (target, column), (by, _) in section.columns.items()
        if by == name
    ]
    used += [f"tag {tag}" for tag, by in section.tags.items() if by == name]
    if used:
        raise errors.DependentObjectsStillExist(
            f"masking policy {name} masks {', '.join(used)}", hint="UNSET MASKING POLICY takes a mask off."
        )

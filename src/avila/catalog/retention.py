"""Retention policies: how long the rows of a table are kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.names import Object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.objects import Catalog

Target = tuple[str, str, str, str]


@dataclass(frozen=True)
class RetentionPolicy:
    """Rows are kept while ``column`` is no older than ``keep``, an interval; with ``where``, SQL, only some ever go."""

    name: str
    column: str
    keep: str
    where: str | None = None


@dataclass(frozen=True)
class Retention:
    """The policies by table and name."""

    policies: Mapping[tuple[Object, str], RetentionPolicy] = field(default_factory=dict)

    def forgotten(self, target: Object) -> Retention:
        """Return the section without the policies of a table or schema."""
        return Retention(
            {place: policy for place, policy in self.policies.items() if not target.matches(place[0])}
        )

    def renamed(self, old: Object, new: Object) -> Retention:
        """Return the section with an object under its new name."""
        return Retention(
            {(key.moved(old, new), name): policy for (key, name), policy in self.policies.items()}
        )

    def column_forgotten(self, target: Object, column: str) -> Retention:
        """Return the section without the policies that go by a column."""
        return Retention(
            {
                place: policy
                for place, policy in self.policies.items()
                if (place[0], policy.column) != (target, column)
            }
        )

    def column_renamed(self, target: Object, old: str, new: str) -> Retention:
        """Return the section with the policies that go by a column under its new name."""
        return Retention(
            {
                place: replace(policy, column=new) if (place[0], policy.column) == (target, old) else policy
                for place, policy in self.policies.items()
            }
        )


@dataclass(frozen=True)
class CreateRetentionPolicy:
    """Say how long the rows of a table are kept."""

    target: Target
    name: str
    column: str
    keep: str
    where: str | None = None

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a name that no other policy of the table has."""
        place = (Object(*self.target), self.name)
        if place in catalog.retention.policies:
            raise errors.DuplicateObject(f"retention policy {self.name} for {place[0].title} already exists")
        made = RetentionPolicy(self.name, self.column, self.keep, self.where)
        return replace(catalog, retention=Retention({**catalog.retention.policies, place: made}))


@dataclass(frozen=True)
class DropRetentionPolicy:
    """Keep the rows of a table however old they are."""

    target: Target
    name: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the policy."""
        place = (Object(*self.target), self.name)
        if place not in catalog.retention.policies:
            raise errors.UndefinedObject(f"retention policy {self.name} for {place[0].title} does not exist")
        kept = {other: policy for other, policy in catalog.retention.policies.items() if other != place}
        return replace(catalog, retention=Retention(kept))

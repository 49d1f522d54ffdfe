"""Tags: names with values on schemas, tables, columns and roles, which policies and masks may go by."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.names import Object
from avila.catalog.role_changes import known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.objects import Catalog

Target = tuple[str, str, str, str]
Place = tuple[Object, str | None]
"""An object, or one of its columns."""


@dataclass(frozen=True)
class Tags:
    """The tags there are (with the values each may have; none for any), and what carries which."""

    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: Mapping[Place, Mapping[str, str]] = field(default_factory=dict)

    def of(self, target: Object, column: str | None = None) -> dict[str, str]:
        """Return the tags of an object or column by name: its own, and those of what it lies in."""
        found: dict[str, str] = dict(self.places.get((target.within, None), {}))
        found.update(self.places.get((target, None), {}))
        if column is not None:
            found.update(self.places.get((target, column), {}))
        return found

    def forgotten(self, target: Object) -> Tags:
        """Return the tags without those of an object and of what lies in it."""
        return replace(
            self, places={place: tags for place, tags in self.places.items() if not target.matches(place[0])}
        )

    def renamed(self, old: Object, new: Object) -> Tags:
        """Return the tags with an object under its new name."""

        def moved(key: Object) -> Object:
            return key.moved(old, new)

        return replace(
            self, places={(moved(key), column): tags for (key, column), tags in self.places.items()}
        )

    def column_forgotten(self, target: Object, column: str) -> Tags:
        """Return the tags without those of a column."""
        return replace(
            self, places={place: tags for place, tags in self.places.items() if place != (target, column)}
        )

    def column_renamed(self, target: Object, old: str, new: str) -> Tags:
        """Return the tags with a column under its new name."""
        return replace(
            self,
            places={
                (key, new if (key, column) == (target, old) else column): tags
                for (key, column), tags in self.places.items()
            },
        )


@dataclass(frozen=True)
class CreateTag:
    """Make a tag; ``allowed`` are the values it may have, none for any."""

    name: str
    allowed: tuple[str, ...] = ()

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a free name."""
        if self.name in catalog.tags.allowed:
            raise errors.DuplicateObject(f"tag {self.name} already exists")
        allowed = {**catalog.tags.allowed, self.name: tuple(self.allowed)}
        return replace(catalog, tags=replace(catalog.tags, allowed=allowed))


@dataclass(frozen=True)
class DropTag:
    """Remove a tag from the database and from whatever carries it."""

    name: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a tag that no policy or mask goes by."""
        known_tag(catalog, self.name)
        target = tag_object(self.name)
        if any(catalog.row_security.on(target)) or self.name in catalog.masking.tags:
            raise errors.DependentObjectsStillExist(f"policies go by the tag {self.name}")
        if self.name in catalog.encryption.tags:
            raise errors.DependentObjectsStillExist(f"columns are encrypted by the tag {self.name}")
        allowed = {name: values for name, values in catalog.tags.allowed.items() if name != self.name}
        places = {
            place: {name: value for name, value in tags.items() if name != self.name}
            for place, tags in catalog.tags.places.items()
        }
        roles = {
            name: replace(
                role, attributes={tag: value for tag, value in role.attributes.items() if tag != self.name}
            )
            for name, role in catalog.roles.roles.items()
        }
        return replace(
            catalog,
            tags=replace(catalog.tags, allowed=allowed, places=places),
            roles=replace(catalog.roles, roles=roles),
        )


@dataclass(frozen=True)
class SetTag:
    """Put a tag on an object or column; without a value, take it off."""

    tag: str
    target: Target
    column: str | None
    value: str | None

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the tag, and one of the values it may have."""
        check_value(catalog, self.tag, self.value)
        place = (Object(*self.target), self.column)
        tags = {name: value for name, value in catalog.tags.places.get(place, {}).items() if name != self.tag}
        if self.value is not None:
            tags[self.tag] = self.value
        return replace(catalog, tags=replace(catalog.tags, places={**catalog.tags.places, place: tags}))


@dataclass(frozen=True)
class SetRoleTag:
    """Give a role an attribute; without a value, take it away."""

    tag: str
    role: str
    value: str | None

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the tag, one of the values it may have, and the role."""
        check_value(catalog, self.tag, self.value)
        role = known(catalog, self.role)
        attributes = {name: value for name, value in role.attributes.items() if name != self.tag}
        if self.value is not None:
            attributes[self.tag] = self.value
        roles = {**catalog.roles.roles, role.name: replace(role, attributes=attributes)}
        return replace(catalog, roles=replace(catalog.roles, roles=roles))


def tag_object(name: str) -> Object:
    """Return what a policy on a tag has as its target."""
    return Object("tag", "", "", name)


def known_tag(catalog: Catalog, name: str) -> tuple[str, ...]:
    """Return the values a tag may have; UndefinedObject when there is no such tag."""
    if name not in catalog.tags.allowed:
        raise errors.UndefinedObject(f"tag {name} does not exist", hint=f"CREATE TAG {name} makes it.")
    return catalog.tags.allowed[name]


def check_value(catalog: Catalog, tag: str, value: str | None) -> None:
    """Raise InvalidParameterValue when a tag may not have a value."""
    allowed = known_tag(catalog, tag)
    if value is not None and allowed and value not in allowed:
        raise errors.InvalidParameterValue(
            f"tag {tag} cannot be {value!r}", hint=f"It is one of {', '.join(allowed)}."
        )

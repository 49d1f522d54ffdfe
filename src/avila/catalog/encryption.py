"""Encrypted columns, the named keys they are encrypted under, and the tags that ask for it.

The catalog knows which keys there are, and nothing of what they are: dropping one for good must leave no copy of it in
the history of changes, so wrapped keys lie in a table of their own.
"""

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

DETERMINISTIC, RANDOMIZED = MODES = ("DETERMINISTIC", "RANDOMIZED")
DEFAULT_KEY = "columns"
DEFAULT_KEY_ID = "0" * 16
"""The key that every database has: it follows from the database's own keys, and cannot be dropped."""


@dataclass(frozen=True)
class EncryptedColumn:
    """How a column is encrypted: what it is to who reads it, and what makes its values unreadable.

    ``type`` is the SQL type it was declared with. ``label`` binds randomized values to their column. ``subject`` is the
    column that names the person a value is about, whose key it is encrypted under, with that column's type.
    """

    type: str
    mode: str
    key: str
    key_id: str
    label: str = ""
    subject: str | None = None
    subject_type: str = "VARCHAR"

    @property
    def deterministic(self) -> bool:
        """Whether equal values are equal in the store too, so that they can be searched and joined by equality."""
        return self.mode == DETERMINISTIC


@dataclass(frozen=True)
class TagEncryption:
    """How columns that carry a tag are encrypted."""

    mode: str
    key: str
    subject: str | None = None


@dataclass(frozen=True)
class Encryption:
    """The identities of named keys, the encrypted columns, and the tags whose columns are to be."""

    keys: Mapping[str, str] = field(default_factory=lambda: {DEFAULT_KEY: DEFAULT_KEY_ID})
    columns: Mapping[tuple[Object, str], EncryptedColumn] = field(default_factory=dict)
    tags: Mapping[str, TagEncryption] = field(default_factory=dict)

    def of(self, target: Object) -> dict[str, EncryptedColumn]:
        """Return the encrypted columns of a table by name."""
        return {column: how for (key, column), how in self.columns.items() if key == target}

    def uses(self, key: str) -> list[str]:
        """Return what a named key is used by, in words."""
        identity = self.keys.get(key)
        columns = [
            f"column {column} of {target.title}"
            for (target, column), how in self.columns.items()
            if how.key_id == identity
        ]
        return [*columns, *(f"tag {tag}" for tag, how in self.tags.items() if how.key == key)]

    def forgotten(self, target: Object) -> Encryption:
        """Return the section without the columns of a table or schema."""
        return replace(
            self, columns={place: how for place, how in self.columns.items() if not target.matches(place[0])}
        )

    def renamed(self, old: Object, new: Object) -> Encryption:
        """Return the section with an object under its new name."""
        return replace(
            self,
            columns={(key.moved(old, new), column): how for (key, column), how in self.columns.items()},
        )

    def column_forgotten(self, target: Object, column: str) -> Encryption:
        """Return the section without a column; what it named the subjects of stays under their keys."""

        def without(how: EncryptedColumn) -> EncryptedColumn:
            return replace(how, subject=None) if how.subject == column else how

        kept = {place: how for place, how in self.columns.items() if place != (target, column)}
        return replace(
            self, columns={place: without(how) if place[0] == target else how for place, how in kept.items()}
        )

    def column_renamed(self, target: Object, old: str, new: str) -> Encryption:
        """Return the section with a column under its new name, wherever it is named."""

        def named(
            place: tuple[Object, str], how: EncryptedColumn
        ) -> tuple[tuple[Object, str], EncryptedColumn]:
            if place[0] != target:
                return place, how
            moved = (target, new if place[1] == old else place[1])
            return moved, replace(how, subject=new) if how.subject == old else how

        return replace(self, columns=dict(named(place, how) for place, how in self.columns.items()))


@dataclass(frozen=True)
class CreateEncryptionKey:
    """Make a named key; ``identity`` is the one under which its wrapped bytes are kept."""

    name: str
    identity: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a free name."""
        if self.name in catalog.encryption.keys:
            raise errors.DuplicateObject(f"encryption key {self.name} already exists")
        keys = {**catalog.encryption.keys, self.name: self.identity}
        return replace(catalog, encryption=replace(catalog.encryption, keys=keys))


@dataclass(frozen=True)
class DropEncryptionKey:
    """Remove a named key. With ``shred`` columns may be encrypted under it: they can never be read again."""

    name: str
    shred: bool = False

    def apply(self, catalog: Catalog) -> Catalog:
        """Need a key that was made, and one that nothing uses unless it shreds."""
        known_key(catalog, self.name)
        if self.name == DEFAULT_KEY:
            raise errors.DependentObjectsStillExist(f"encryption key {DEFAULT_KEY} belongs to every database")
        section = catalog.encryption
        uses = section.uses(self.name)
        if uses and not self.shred:
            raise errors.DependentObjectsStillExist(
                f"{', '.join(uses)} depends on encryption key {self.name}",
                hint="With CASCADE it is dropped nevertheless, and what is encrypted under it is lost for ever.",
            )
        keys = {name: identity for name, identity in section.keys.items() if name != self.name}
        tags = {tag: how for tag, how in section.tags.items() if how.key != self.name}
        return replace(catalog, encryption=replace(section, keys=keys, tags=tags))


@dataclass(frozen=True)
class SetColumnEncryption:
    """Say how the values of a column are encrypted; without a mode, that they no longer are."""

    target: Target
    column: str
    mode: str | None = None
    type: str = ""
    key: str = DEFAULT_KEY
    label: str = ""
    subject: str | None = None
    subject_type: str = "VARCHAR"

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the key."""
        columns = dict(catalog.encryption.columns)
        columns.pop((Object(*self.target), self.column), None)
        if self.mode is not None:
            columns[Object(*self.target), self.column] = EncryptedColumn(
                self.type,
                self.mode,
                self.key,
                known_key(catalog, self.key),
                self.label,
                self.subject,
                self.subject_type,
            )
        return replace(catalog, encryption=replace(catalog.encryption, columns=columns))


@dataclass(frozen=True)
class SetTagEncryption:
    """Say how columns that carry a tag are encrypted; without a mode, that the tag asks for it no more."""

    tag: str
    mode: str | None = None
    key: str = DEFAULT_KEY
    subject: str | None = None

    def apply(self, catalog: Catalog) -> Catalog:
        """Need the tag and the key."""
        known_tag(catalog, self.tag)
        tags = {tag: how for tag, how in catalog.encryption.tags.items() if tag != self.tag}
        if self.mode is not None:
            known_key(catalog, self.key)
            tags[self.tag] = TagEncryption(self.mode, self.key, self.subject)
        return replace(catalog, encryption=replace(catalog.encryption, tags=tags))


def known_key(catalog: Catalog, name: str) -> str:
    """Return the identity of a named key; UndefinedObject when there is none of that name."""
    if name not in catalog.encryption.keys:
        raise errors.UndefinedObject(
            f"encryption key {name} does not exist", hint=f"CREATE ENCRYPTION KEY {name} makes it."
        )
    return catalog.encryption.keys[name]

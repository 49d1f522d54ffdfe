"""What rights, owners, tags and policies hang on: an object of the database, by kind and name."""

from __future__ import annotations

from typing import NamedTuple

KINDS = ("table", "sequence", "schema", "database", "function", "type", "extension", "secret")
"""Views are tables here, as in PostgreSQL: they share their names and their rights."""


class Object(NamedTuple):
    """An object, its names folded as look-ups compare them; a schema or database leaves the narrower names empty."""

    kind: str
    catalog: str
    schema: str = ""
    name: str = ""

    @classmethod
    def table(cls, catalog: str, schema: str, name: str) -> Object:
        """Return a table or view."""
        return cls("table", catalog.lower(), schema.lower(), name.lower())

    @property
    def within(self) -> Object:
        """The schema an object lies in."""
        return Object("schema", self.catalog, self.schema)

    @property
    def title(self) -> str:
        """The object as a message names it: ``table star``, ``schema lake.main``."""
        if self.kind == "database":
            return f"database {self.catalog}"
        if self.kind == "extension":
            return f"extension {self.name}"
        name = self.schema if self.kind == "schema" else self.name
        place = [] if self.catalog in {"", "native"} else [self.catalog]
        if (self.kind != "schema" and self.schema not in {"", "main"}) or (place and self.kind != "schema"):
            place.append(self.schema)
        return f"{self.kind} {'.'.join([*place, name])}"

    def matches(self, other: Object) -> bool:
        """Whether this is the other, or the schema or database it lies in."""
        if self.kind == "database":
            return self.catalog == other.catalog
        if self.kind == "schema":
            return (self.catalog, self.schema) == (other.catalog, other.schema)
        return self == other

    def moved(self, old: Object, new: Object) -> Object:
        """Return the object's name once ``old`` is called ``new``; a schema takes what lies in it along."""
        if self == old:
            return new
        return self._replace(schema=new.schema) if old.kind == "schema" and old.matches(self) else self

"""Where persons are named: columns that are tagged ``subject``, and those that name the subjects of encrypted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from avila.catalog.names import Object
    from avila.catalog.objects import Catalog

TAG = "subject"


def subject_columns(catalog: Catalog) -> dict[Object, list[str]]:
    """Return the columns that name persons, by their tables."""
    tagged = [place for place, tags in catalog.tags.places.items() if TAG in tags]
    named = [(target, how.subject) for (target, _), how in catalog.encryption.columns.items()]
    found: dict[Object, list[str]] = {}
    for target, column in dict.fromkeys([*tagged, *named]):
        if column is not None and target.kind == "table":
            found.setdefault(target, []).append(column)
    return found


def personal_columns(catalog: Catalog, target: Object, subjects: list[str]) -> list[str]:
    """Return the columns of a table that are under the keys of the persons whom some columns name."""
    return [column for column, how in catalog.encryption.of(target).items() if how.subject in subjects]

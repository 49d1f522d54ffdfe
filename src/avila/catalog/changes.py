"""Changes of the catalog as values: each says what it needs, and what the catalog is afterwards.

The catalog of a database is the fold of its changes, in order, over the empty catalog; they are kept in the native
store, in the transactions that made them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Protocol

from avila import errors
from avila.catalog.objects import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterable


class Change(Protocol):
    """One change: pure, and complete without knowledge of anything else."""

    def apply(self, catalog: Catalog) -> Catalog:
        """Return the catalog after the change; an error when its precondition does not hold."""
        ...


@dataclass(frozen=True)
class CreateExtension:
    """Offer an extension's functions in this database again."""

    name: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need an extension that was dropped."""
        if self.name not in catalog.dropped_extensions:
            raise errors.DuplicateObject(f"extension {self.name} is there already")
        return replace(catalog, dropped_extensions=catalog.dropped_extensions - {self.name})


@dataclass(frozen=True)
class DropExtension:
    """Offer an extension's functions in this database no more."""

    name: str

    def apply(self, catalog: Catalog) -> Catalog:
        """Need an extension that is there."""
        if self.name in catalog.dropped_extensions:
            raise errors.UndefinedObject(
                f"extension {self.name} is not there", hint="CREATE EXTENSION brings it back."
            )
        return replace(catalog, dropped_extensions=catalog.dropped_extensions | {self.name})


KINDS: dict[str, type[CreateExtension | DropExtension]] = {
    kind.__name__: kind for kind in (CreateExtension, DropExtension)
}


def apply(catalog: Catalog, change: Change) -> Catalog:
    """Return the catalog after one change."""
    return replace(change.apply(catalog), version=catalog.version + 1)


def fold(changes: Iterable[Change]) -> Catalog:
    """Return the catalog that changes lead to."""
    return reduce(apply, changes, Catalog())


def to_json(change: CreateExtension | DropExtension) -> tuple[str, str]:
    """Return a change as its kind and its fields, for keeping."""
    return type(change).__name__, json.dumps(asdict(change), sort_keys=True)


def from_json(kind: str, body: str) -> Change:
    """Return the change that was kept; CorruptedDatabase when it is none."""
    try:
        return KINDS[kind](**json.loads(body))
    except (KeyError, TypeError, ValueError) as error:
        raise errors.CorruptedDatabase(
            f"the catalog holds a change {kind!r} that this version does not know",
            hint="Open it with a newer Avila.",
        ) from error

"""The unwrapped data keys of an open database."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from avila import errors
from avila.storage.keys.names import KEY_BYTES, NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Keys:
    """The data keys of one database, by name; never printed."""

    database: str
    data: Mapping[str, bytes]

    @classmethod
    def random(cls, database: str) -> Keys:
        """Return new keys; those of a database in memory are gone with it."""
        return cls(database, {name: secrets.token_bytes(KEY_BYTES) for name in NAMES})

    def __repr__(self) -> str:
        return f"Keys(database={self.database!r}, names={sorted(self.data)})"

    def secret(self, name: str) -> bytes:
        """Return a key by its name, 32 bytes; CorruptedDatabase when the database has none of that name."""
        try:
            return self.data[name]
        except KeyError:
            raise errors.CorruptedDatabase(
                f"the database has no key {name!r}", hint="Open it with a newer Avila."
            ) from None

    def text(self, store: str) -> str:
        """Return a store's key as the kernel takes it."""
        return base64.b64encode(self.secret(store)).decode()

    def renewed(self, name: str, key: bytes) -> Keys:
        """Return the keys with another one under a name."""
        return replace(self, data={**self.data, name: key})

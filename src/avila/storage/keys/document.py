"""The file ``avila.keys`` as a value: which data keys a database has, wrapped, and what wraps them."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 2


@dataclass(frozen=True)
class Wrapping:
    """Where the wrapping key is: the ``number``-th that the database has had, under a provider's reference."""

    provider: str
    reference: str
    number: int
    made: str


@dataclass(frozen=True)
class WrappedKey:
    """A data key as it lies in the directory."""

    version: int
    made: str
    wrapped: str

    @property
    def blob(self) -> bytes:
        """What the provider unwraps."""
        return base64.b64decode(self.wrapped, validate=True)


@dataclass(frozen=True)
class Document:
    """All that the file says."""

    database: str
    wrapping: Wrapping
    keys: Mapping[str, WrappedKey]

    def label(self, name: str) -> bytes:
        """Return what a wrapped key is bound to, so that none passes as another's, nor an old one as a new one."""
        return f"{self.database}/{name}/{self.keys[name].version}".encode()

    def with_key(self, name: str, key: WrappedKey) -> Document:
        """Return the document with another key under a name."""
        return replace(self, keys={**self.keys, name: key})

    def to_json(self) -> str:
        """Return the text of the file."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2) + "\n"

    @classmethod
    def read(cls, path: Path) -> Document:
        """Read the file; CorruptedDatabase when it is damaged or of a format this version does not know."""
        try:
            parsed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            known = parsed.pop("format") == FORMAT
            if known:
                return cls(
                    str(parsed["database"]),
                    Wrapping(**parsed["wrapping"]),
                    {name: WrappedKey(**key) for name, key in parsed["keys"].items()},
                )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise errors.CorruptedDatabase(
                f"{path} is damaged: {error}", hint="Restore it from a backup."
            ) from error
        raise errors.CorruptedDatabase(
            f"{path} has a format that this version does not know", hint="Open it with a newer Avila."
        )

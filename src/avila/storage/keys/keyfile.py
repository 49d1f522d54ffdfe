"""The file ``avila.keys`` of a directory: made, opened, and changed whole or not at all."""

from __future__ import annotations

import base64
import secrets
import threading
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from avila import errors
from avila.storage.keys import environment
from avila.storage.keys.document import Document, WrappedKey, Wrapping
from avila.storage.keys.names import KEY_BYTES, NAMES
from avila.storage.keys.private import write_private
from avila.storage.keys.provider import LocalProvider, unseal
from avila.storage.keys.providers import provider
from avila.storage.keys.unwrapped import Keys

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class NewKey:
    """A data key that is to take the place of another one, and how it was wrapped; never printed."""

    name: str
    key: bytes
    wrapping: Wrapping
    wrapped: WrappedKey

    def __repr__(self) -> str:
        return f"NewKey(name={self.name!r}, version={self.wrapped.version})"


class KeyFile:
    """The keys of one directory. The file is replaced atomically, which is what makes a rotation happen or not."""

    def __init__(self, path: Path, document: Document, keys: Keys) -> None:
        self._path = path
        self._changing = threading.Lock()
        self.document = document
        self.keys = keys

    @classmethod
    def create(cls, path: Path, provider_name: str) -> KeyFile:
        """Make the keys of a new database, and write them wrapped."""
        keys = Keys.random(str(uuid.uuid4()))
        reference = provider(provider_name).make(keys.database, 1)
        made = _now()
        document = Document(
            keys.database,
            Wrapping(provider_name, reference, 1, made),
            {name: WrappedKey(1, made, "") for name in NAMES},
        )
        made_file = cls(path, document, keys)
        made_file._write(_wrapped(document, keys))
        return made_file

    @classmethod
    def open(cls, path: Path) -> KeyFile:
        """Read and unwrap the keys of a database.

        Raises InvalidKey when the wrapping key is missing or another one, CorruptedDatabase when the file is damaged.
        """
        document = Document.read(path)
        try:
            return cls(path, document, _unwrapped(document))
        except errors.InvalidKey as error:
            error.message = f"{error.message} (at {path.parent})"
            raise
        except ValueError as error:
            raise errors.CorruptedDatabase(
                f"{path} is damaged: {error}", hint="Restore it from a backup."
            ) from error

    def secret(self, name: str) -> bytes:
        """Return a data key by its name; CorruptedDatabase when there is none of that name."""
        return self.keys.secret(name)

    def text(self, store: str) -> str:
        """Return a store's key as the kernel takes it."""
        return self.keys.text(store)

    def next(self, name: str) -> NewKey:
        """Return another key for the place of a data key, wrapped."""
        return self._wrapped_with(name, secrets.token_bytes(KEY_BYTES))

    def held(self, name: str) -> NewKey:
        """Return a data key such that :meth:`renew` brings it back."""
        return NewKey(name, self.keys.secret(name), self.document.wrapping, self.document.keys[name])

    def renew(self, new: NewKey) -> None:
        """Put a key in the place of a data key, durably; what it protects must be encrypted with it already."""
        with self._changing:
            if new.wrapping != self.document.wrapping:  # the wrapping key was rotated meanwhile
                new = self._wrapped_with(new.name, new.key)
            self._write(self.document.with_key(new.name, new.wrapped))
            self.keys = self.keys.renewed(new.name, new.key)

    def _wrapped_with(self, name: str, key: bytes) -> NewKey:
        version = self.document.keys[name].version + 1
        document = self.document.with_key(name, WrappedKey(version, _now(), ""))
        return NewKey(name, key, document.wrapping, _wrap(document, name, key))

    def rewrap(self, provider_name: str | None = None, *, destroy: bool = False) -> Wrapping:
        """Wrap the data keys with a new wrapping key, at the same provider or another, and return where that is.

        The old one stays with its provider, for copies of the directory that were made before; with ``destroy`` it is
        gone for ever. Raises InvalidKey when AVILA_KEY stands in for the provider's own key.
        """
        with self._changing:
            before = self.document.wrapping
            name = provider_name or before.provider
            if _stand_in(name) is not None:
                raise errors.InvalidKey(
                    f"{environment.VARIABLE} is set and comes before the provider '{name}'",
                    hint="Unset it where the database is open, or rotate with provider 'environment'.",
                )
            number = before.number + 1
            reference = provider(name).make(self.document.database, number)
            if (name, reference) == (before.provider, before.reference):
                raise errors.InvalidKey(
                    f"the provider '{name}' holds no new key",
                    hint=f"Put it in {environment.NEXT_VARIABLE} of the process that has the database open.",
                )
            wrapping = Wrapping(name, reference, number, _now())
            self._write(_wrapped(replace(self.document, wrapping=wrapping), self.keys))
            if destroy and before.reference != reference:
                provider(before.provider).destroy(before.reference)
            return wrapping

    def _write(self, document: Document) -> None:
        write_private(self._path, document.to_json())
        self.document = document


def _wrapped(document: Document, keys: Keys) -> Document:
    for name, key in keys.data.items():
        document = document.with_key(name, _wrap(document, name, key))
    return document


def _wrap(document: Document, name: str, key: bytes) -> WrappedKey:
    keeper = provider(document.wrapping.provider)
    blob = keeper.wrap(document.wrapping.reference, key, document.label(name))
    return replace(document.keys[name], wrapped=base64.b64encode(blob).decode())


def _unwrapped(document: Document) -> Keys:
    keeper, reference = provider(document.wrapping.provider), document.wrapping.reference
    stand_in = _stand_in(document.wrapping.provider)
    data = {}
    for name, wrapped in document.keys.items():
        label = document.label(name)
        data[name] = (
            keeper.unwrap(reference, wrapped.blob, label)
            if stand_in is None
            else unseal(stand_in, wrapped.blob, label)
        )
    return Keys(document.database, data)


def _stand_in(provider_name: str) -> bytes | None:
    """Return the key that AVILA_KEY gives for a provider that hands its key out.

    It comes first, so that a database can be opened where its own provider is out of reach.
    """
    keeper = provider(provider_name)
    if not isinstance(keeper, LocalProvider) or keeper.name == environment.EnvironmentProvider.name:
        return None
    return environment.held()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

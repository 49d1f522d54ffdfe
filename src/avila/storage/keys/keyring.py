"""Wrapping keys in the operating system's keyring."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from avila import errors
from avila.storage.keys.names import KEY_BYTES
from avila.storage.keys.provider import LocalProvider, decode_key, numbered

SERVICE = "avila"


class KeyringProvider(LocalProvider):
    """The extra ``avila[keyring]``; which keyring it is, is the operating system's and the user's affair."""

    name = "keyring"

    def make(self, database: str, number: int) -> str:
        """Put a new key in the keyring."""
        reference = numbered(database, number)
        key = secrets.token_bytes(KEY_BYTES)
        self._keyring().set_password(SERVICE, reference, base64.b64encode(key).decode())
        return reference

    def key(self, reference: str) -> bytes:
        """Return the key that the keyring keeps."""
        text = self._keyring().get_password(SERVICE, reference)
        if text is None:
            raise self.missing(reference)
        return decode_key(text, "the keyring's entry")

    def destroy(self, reference: str) -> None:
        """Take the key out of the keyring."""
        keyring = self._keyring()
        if keyring.get_password(SERVICE, reference) is not None:
            keyring.delete_password(SERVICE, reference)

    @staticmethod
    def _keyring() -> Any:
        try:
            import keyring
        except ImportError as error:
            raise errors.MissingDependency(
                "the key provider 'keyring' needs a package", hint="pip install 'avila[keyring]'"
            ) from error
        return keyring

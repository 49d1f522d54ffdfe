"""What a keeper of wrapping keys must offer, and the wrapping of those that hand their key out.

A provider wraps and unwraps by itself, so that a hardware module or a key service never gives its key away. The files
in this folder that end in a provider's name are each one of them, and say what they need from their surroundings.
"""

from __future__ import annotations

import base64
import secrets
from abc import ABC, abstractmethod
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from avila import errors
from avila.storage.keys.names import KEY_BYTES

NONCE_BYTES = 12


class KeyProvider(Protocol):
    """A place that keeps wrapping keys. Every method raises InvalidKey when the place has not the key it should."""

    name: str

    def make(self, database: str, number: int) -> str:
        """Make the ``number``-th wrapping key of a database, and return the reference under which it is found."""
        ...

    def wrap(self, reference: str, key: bytes, label: bytes) -> bytes:
        """Return a data key encrypted, bound to a label."""
        ...

    def unwrap(self, reference: str, blob: bytes, label: bytes) -> bytes:
        """Return the data key that :meth:`wrap` was given with this label."""
        ...

    def destroy(self, reference: str) -> None:
        """Forget a wrapping key for ever; harmless when it is not there."""
        ...


class LocalProvider(ABC):
    """A provider whose key this process sees: AES-256-GCM, with the label as associated data."""

    name: str

    @abstractmethod
    def key(self, reference: str) -> bytes:
        """Return a wrapping key; InvalidKey when it is missing or malformed."""

    def wrap(self, reference: str, key: bytes, label: bytes) -> bytes:
        """Encrypt a data key."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.key(reference)).encrypt(nonce, key, label)

    def unwrap(self, reference: str, blob: bytes, label: bytes) -> bytes:
        """Decrypt a data key."""
        return unseal(self.key(reference), blob, label)

    def missing(self, reference: str) -> errors.InvalidKey:
        """Return the error of a key that is not where it should be."""
        return errors.InvalidKey(
            f"the key of database {reference} is missing from its provider '{self.name}'",
            hint="Put the key back, or give it in the environment variable AVILA_KEY.",
        )


def unseal(wrapping: bytes, blob: bytes, label: bytes) -> bytes:
    """Return a data key that was encrypted with ``wrapping``; InvalidKey when it was encrypted with another key."""
    try:
        return AESGCM(wrapping).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], label)
    except (InvalidTag, ValueError) as error:
        raise errors.InvalidKey(
            "the key given does not open the database",
            hint="It was encrypted with another key; nothing was changed.",
        ) from error


def decode_key(text: str, where: str) -> bytes:
    """Return the bytes of a key written in base64 or hexadecimal; InvalidKey naming ``where`` when it is neither."""
    cleaned = text.strip()
    try:
        key = (
            bytes.fromhex(cleaned)
            if len(cleaned) == 2 * KEY_BYTES
            else base64.b64decode(cleaned, validate=True)
        )
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise errors.InvalidKey(f"{where} does not hold a key of {KEY_BYTES} bytes in base64 or hexadecimal")
    return key


def numbered(database: str, number: int) -> str:
    """Return the name of a database's wrapping key: its identity, and a number from the second on."""
    return database if number == 1 else f"{database}.{number}"

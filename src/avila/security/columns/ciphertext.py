"""What an encrypted value is made of.

The first byte says how it is encrypted, the next eight name the key, and all that stands before the encrypted bytes is
authenticated with them::

    1 key                    AES-SIV   synthetic value, 16 bytes, then the text: equal values are equal
    2 key nonce (12)         AES-GCM   the text, then a tag of 16 bytes
    3 key person (16) nonce  AES-GCM   the same under the key of a person

A value says itself which key it is under, so that a column's key can be changed row by row, and a value stays its
person's when the row names another one.
"""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DETERMINISTIC, RANDOMIZED, PERSONAL = b"\1", b"\2", b"\3"
KEY_ID_BYTES = 8
HEADER_BYTES = 1 + KEY_ID_BYTES
NONCE_BYTES = 12
PERSON_BYTES = 16


def derive(key: bytes, purpose: str, length: int = 32) -> bytes:
    """Return the key for one purpose that follows from another key."""
    return HKDF(SHA256(), length, None, f"avila column {purpose}".encode()).derive(key)


class DeterministicCipher:
    """AES-256-SIV: the same value gives the same bytes in every column under the key, so that they can be joined."""

    def __init__(self, key: bytes, key_id: bytes) -> None:
        self._header = DETERMINISTIC + key_id
        self._cipher = AESSIV(derive(key, "siv", 64))

    def conceal(self, value: bytes) -> bytes:
        """Return one value encrypted."""
        return self._header + self._cipher.encrypt(value, [self._header])

    def reveal(self, blob: bytes) -> bytes:
        """Return the value; InvalidTag when it is another's or was changed."""
        return self._cipher.decrypt(blob[HEADER_BYTES:], [self._header])


class RandomizedCipher:
    """AES-256-GCM, bound to the column by its label: equal values differ, and none passes as another column's."""

    def __init__(self, key: bytes, header: bytes, label: str) -> None:
        self._header = header
        self._size = len(header)
        self._bound = header + label.encode()
        self._cipher = AESGCM(key)

    def conceal(self, value: bytes, nonce: bytes) -> bytes:
        """Return one value encrypted; a nonce is for one value only."""
        return self._header + nonce + self._cipher.encrypt(nonce, value, self._bound)

    def reveal(self, blob: bytes) -> bytes:
        """Return the value; InvalidTag when it is another's or was changed."""
        body = self._size + NONCE_BYTES
        return self._cipher.decrypt(blob[self._size : body], blob[body:], self._bound)


Cipher = DeterministicCipher | RandomizedCipher


def nonces(number: int) -> list[bytes]:
    """Return random nonces; one call of the system for all of them, as that is what costs."""
    drawn = os.urandom(NONCE_BYTES * number)
    return [drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES)]


def header_of(blob: bytes) -> bytes:
    """Return what a value begins with: how it is encrypted, and under which key and person."""
    return blob[: HEADER_BYTES + PERSON_BYTES] if blob[:1] == PERSONAL else blob[:HEADER_BYTES]

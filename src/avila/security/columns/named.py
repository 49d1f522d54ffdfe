"""Named keys: random, and wrapped under the database's own key for columns in ``native.avila.column_keys``.

Without the wrapped bytes nothing reads what was encrypted under a key: to drop them is to erase all of it at once,
wherever copies of it are.
"""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING, Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from avila import errors
from avila.catalog.encryption import DEFAULT_KEY_ID
from avila.security.columns.ciphertext import KEY_ID_BYTES, NONCE_BYTES, derive

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = "native.avila"
TABLE = f"{SCHEMA}.column_keys"
DEFINITIONS = (
    f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
    f"CREATE TABLE IF NOT EXISTS {TABLE} (id VARCHAR NOT NULL, wrapped BLOB NOT NULL)",
)


class Store(Protocol):
    """What runs a statement of Avila's own in a transaction of its own."""

    def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run it and return its rows."""
        ...


class NamedKeys:
    """The named keys of one open database, unwrapped as they are needed."""

    def __init__(self, root: bytes, store: Store) -> None:
        self._store = store
        self._wrapping = derive(root, "wrapping")
        self._known: dict[str, bytes] = {DEFAULT_KEY_ID: derive(root, "default")}
        self._lock = threading.Lock()

    def make(self) -> tuple[str, bytes]:
        """Return the identity of a new key and its wrapped bytes, which the caller keeps in the table."""
        identity, key = secrets.token_hex(KEY_ID_BYTES), secrets.token_bytes(32)
        # Known at once: the transaction that makes it may encrypt with it, and nobody else can see its row yet.
        self._known[identity] = key
        return identity, wrap(self._wrapping, key, identity.encode())

    def get(self, identity: str) -> bytes | None:
        """Return a key; None when it was dropped."""
        with self._lock:
            if identity not in self._known:
                for wrapped in self._wrapped(identity):
                    self._known[identity] = unwrap(self._wrapping, wrapped, identity.encode())
            return self._known.get(identity)

    def require(self, identity: str) -> bytes:
        """Return a key to encrypt with; InvalidKey when it was dropped."""
        key = self.get(identity)
        if key is None:
            raise errors.InvalidKey(
                "the encryption key of the column was dropped",
                hint="ALTER TABLE … ALTER COLUMN … SET ENCRYPTION KEY … gives it another one.",
            )
        return key

    def forget(self, identity: str) -> None:
        """Unlearn a key whose row is gone."""
        with self._lock:
            self._known.pop(identity, None)

    def _wrapped(self, identity: str) -> list[bytes]:
        try:
            rows = self._store.execute(f"SELECT wrapped FROM {TABLE} WHERE id = ?", [identity])
        except errors.UndefinedTable:
            return []  # it is made with the first key
        return [wrapped for (wrapped,) in rows]


def wrap(wrapping: bytes, key: bytes, label: bytes) -> bytes:
    """Return a key encrypted, bound to a label."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(wrapping).encrypt(nonce, key, label)


def unwrap(wrapping: bytes, blob: bytes, label: bytes) -> bytes:
    """Return a key that was wrapped with this label; CorruptedDatabase when it was changed."""
    try:
        return AESGCM(wrapping).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], label)
    except (InvalidTag, ValueError) as error:
        raise errors.CorruptedDatabase("a wrapped key of encrypted columns was changed") from error

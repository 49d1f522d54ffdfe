"""Secrets sealed for the catalog, and handed to the kernel while the database is open.

What is sealed is the list of options as SQL, written from the tree that was checked. It is bound to the secret's name
and type, so that one secret cannot be put in another's place. The kernel holds it in memory only.
"""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from avila import errors

if TYPE_CHECKING:
    from avila.catalog.secrets import Secret
    from avila.kernel.duckdb.engine import DuckDBEngine

NONCE_BYTES = 12


def seal(key: bytes, name: str, kind: str, options: str) -> str:
    """Return the options of a secret encrypted, as a text for the catalog."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, options.encode(), _label(name, kind))
    return base64.b64encode(nonce + sealed).decode()


def unseal(key: bytes, secret: Secret) -> str:
    """Return the options of a kept secret; CorruptedDatabase when they are not what was sealed."""
    try:
        blob = base64.b64decode(secret.sealed, validate=True)
        options = AESGCM(key).decrypt(
            blob[:NONCE_BYTES], blob[NONCE_BYTES:], _label(secret.name, secret.type)
        )
    except (InvalidTag, ValueError) as error:
        raise errors.CorruptedDatabase(
            f"secret {secret.name} cannot be decrypted", hint="Drop it and create it again."
        ) from error
    return options.decode()


def hand_over(engine: DuckDBEngine, key: bytes, secret: Secret) -> None:
    """Give the kernel a secret that the catalog keeps."""
    give(engine, secret.name, unseal(key, secret))


def give(engine: DuckDBEngine, name: str, options: str) -> None:
    """Give the kernel one secret, in the place of one with its name."""
    engine.execute(f"CREATE OR REPLACE TEMPORARY SECRET {_quoted(name)} {options}")


def take_back(engine: DuckDBEngine, name: str) -> None:
    """Have the kernel forget a secret."""
    engine.execute(f"DROP TEMPORARY SECRET IF EXISTS {_quoted(name)}")


def _label(name: str, kind: str) -> bytes:
    return f"secret/{kind}/{name}".encode()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

"""Passwords as they are kept: a SCRAM-SHA-256 verifier for the wire, and an Argon2id hash for everything else.

PostgreSQL's wire needs the verifier of RFC 5803, which PBKDF2 makes cheap to guess; where the password itself is given,
it is checked against Argon2id, which is slow to guess. Neither lets anybody log in who has read it, and the password
is kept nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from avila import errors
from avila.security.saslprep import prepare

if TYPE_CHECKING:
    import argon2

ITERATIONS = 4096
"""What PostgreSQL makes; more would slow every login over the wire, and the drivers do the work."""
SALT_BYTES = 16
PASSWORD_CHARACTERS_MAX = 1_024
MECHANISM = "SCRAM-SHA-256"

_VERIFIER = re.compile(
    rf"{MECHANISM}\$([1-9]\d{{0,8}}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)"
)
_MD5 = re.compile(r"md5[0-9a-f]{32}")


@dataclass(frozen=True)
class Verifier:
    """What a server keeps to take part in SCRAM-SHA-256: it can check a client, and cannot act as one."""

    iterations: int
    salt: bytes
    stored_key: bytes
    server_key: bytes

    @classmethod
    def of(cls, password: str, salt: bytes, iterations: int = ITERATIONS) -> Verifier:
        """Return the verifier of a password."""
        salted = hashlib.pbkdf2_hmac("sha256", prepare(password), salt, iterations)
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        server_key = hmac.digest(salted, b"Server Key", "sha256")
        return cls(iterations, salt, hashlib.sha256(client_key).digest(), server_key)

    @classmethod
    def parse(cls, text: str) -> Verifier | None:
        """Return the verifier that a text is, or None when it is none."""
        parts = _VERIFIER.fullmatch(text)
        if parts is None:
            return None
        try:
            salt, stored_key, server_key = (
                base64.b64decode(part, validate=True) for part in parts.groups()[1:]
            )
        except ValueError:
            return None
        digest_bytes = hashlib.sha256().digest_size
        if len(stored_key) != digest_bytes or len(server_key) != digest_bytes:
            return None
        return cls(int(parts[1]), salt, stored_key, server_key)

    def __str__(self) -> str:
        salt, stored_key, server_key = (
            base64.b64encode(part).decode() for part in (self.salt, self.stored_key, self.server_key)
        )
        return f"{MECHANISM}${self.iterations}:{salt}${stored_key}:{server_key}"

    def __repr__(self) -> str:
        return f"Verifier(iterations={self.iterations})"

    def accepts(self, password: str) -> bool:
        """Whether this is the verifier of a password."""
        offered = Verifier.of(password, self.salt, self.iterations)
        return hmac.compare_digest(offered.stored_key, self.stored_key)


@dataclass(frozen=True)
class Password:
    """What is kept of a password. ``argon2id`` is None for one that came as a verifier: only its owner knows it."""

    scram: str
    argon2id: str | None = None

    def __repr__(self) -> str:
        return "Password(…)"


def make(password: str) -> Password:
    """Return what is kept of a password; a SCRAM verifier, as PostgreSQL writes them, is kept as it is.

    Raises InvalidParameterValue for an empty or endless password, and for the hashes that PostgreSQL has given up.
    """
    if (verifier := Verifier.parse(password)) is not None:
        if verifier.accepts(""):
            raise errors.InvalidParameterValue("the verifier is that of an empty password")
        return Password(str(verifier))
    if _MD5.fullmatch(password):
        raise errors.InvalidParameterValue(
            "an MD5 hash is no safe way to keep a password",
            hint="Give the password itself, or its SCRAM-SHA-256 verifier.",
        )
    if not password or len(password) > PASSWORD_CHARACTERS_MAX:
        raise errors.InvalidParameterValue(f"a password has 1 to {PASSWORD_CHARACTERS_MAX:,} characters")
    scram = str(Verifier.of(password, secrets.token_bytes(SALT_BYTES)))
    return Password(scram, _hasher().hash(prepare(password)))


def verify(password: str, stored: Password) -> bool:
    """Whether a password is the one that was kept; CorruptedDatabase when what was kept is damaged."""
    if len(password) > PASSWORD_CHARACTERS_MAX:
        return False
    if stored.argon2id is not None:
        return _matches(stored.argon2id, prepare(password))
    verifier = Verifier.parse(stored.scram)
    if verifier is None:
        raise errors.CorruptedDatabase("a password that the catalog keeps is damaged")
    return verifier.accepts(password)


def _matches(argon2id: str, password: bytes) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

    try:
        return _hasher().verify(argon2id, password)
    except VerifyMismatchError:
        return False
    except (VerificationError, InvalidHashError) as error:
        raise errors.CorruptedDatabase("a password that the catalog keeps is damaged") from error


def _hasher() -> argon2.PasswordHasher:
    """Return the hasher of RFC 9106's second recommended option: 64 MiB, 3 passes, 4 lanes."""
    from argon2 import PasswordHasher, Type

    return PasswordHasher(
        time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, salt_len=16, type=Type.ID
    )

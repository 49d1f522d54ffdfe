"""The key that signs tree heads: Ed25519, and ML-DSA-65 beside it where the installed cryptography has that.

Both keys are derived from one secret of the database's key hierarchy, so nothing is kept twice. A hybrid signature
holds while either of the two algorithms does: a verifier that knows both demands both.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

ED25519, ML_DSA = "ed25519", "ml-dsa-65"
SECRET_BYTES = 32
_SEED_BYTES = 32
_CONTEXT = b"avila audit head\n"  # what was signed as a head is nothing else
_WORD = "avila-audit"


@dataclass(frozen=True)
class PublicKey:
    """The public keys of a log, by algorithm. Its text is one line; its fingerprint is what people compare."""

    keys: Mapping[str, bytes]

    @property
    def text(self) -> str:
        """One line that says it all."""
        return " ".join([_WORD, *(f"{name}:{encode64(key)}" for name, key in sorted(self.keys.items()))])

    @property
    def fingerprint(self) -> str:
        """A short text that no other key has."""
        digest = base64.b64encode(sha256(self.text.encode()).digest())
        return f"SHA256:{digest.decode().rstrip('=')}"

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Read what :attr:`text` returned; ValueError for anything else."""
        word, *parts = text.split(" ")
        keys = {name: decode64(key) for name, _, key in (part.partition(":") for part in parts)}
        key = cls(keys)
        if word != _WORD or ED25519 not in keys or not set(keys) <= {ED25519, ML_DSA} or key.text != text:
            raise ValueError("this is not the public key of an audit log")
        return key

    @property
    def classical(self) -> PublicKey:
        """The Ed25519 key alone, with which the head of every group is signed."""
        return PublicKey({ED25519: self.keys[ED25519]})

    @property
    def checkable(self) -> bool:
        """Whether every signature of this key can be checked here."""
        return ML_DSA not in self.keys or _ml_dsa() is not None

    def verify(self, message: bytes, signatures: Mapping[str, bytes]) -> None:
        """Check a signature of every algorithm that is known here; ValueError naming the first that is wrong."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        module = _ml_dsa()
        for name, key in self.keys.items():
            if name not in signatures:
                raise ValueError(f"the {name} signature is missing")
            if name == ML_DSA and module is None:
                continue
            public: Any = Ed25519PublicKey if name == ED25519 else module.MLDSA65PublicKey
            try:
                public.from_public_bytes(key).verify(signatures[name], _CONTEXT + message)
            except InvalidSignature:
                raise ValueError(f"the {name} signature is wrong") from None


class Signer:
    """What signs the heads of one log."""

    def __init__(self, secret: bytes) -> None:
        """Derive the keys; InvalidKey when the secret is not one of 32 bytes."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if len(secret) != SECRET_BYTES:
            raise errors.InvalidKey(
                f"the audit log is signed with a secret of {SECRET_BYTES} bytes, not {len(secret)}"
            )
        self._private: dict[str, Any] = {
            ED25519: Ed25519PrivateKey.from_private_bytes(_derived(secret, ED25519))
        }
        module = _ml_dsa()
        if module is not None:
            self._private[ML_DSA] = module.MLDSA65PrivateKey.from_seed_bytes(_derived(secret, ML_DSA))
        self.public = PublicKey(
            {name: key.public_key().public_bytes_raw() for name, key in self._private.items()}
        )

    def __repr__(self) -> str:
        return f"Signer({self.public.fingerprint})"

    def fit(self, public: PublicKey) -> None:
        """Sign as the log did before: with the algorithms of its public key.

        Raises InvalidKey when it was signed with another secret, MissingDependency when an algorithm is not here.
        """
        for name, key in public.keys.items():
            if name not in self._private:
                raise errors.MissingDependency(
                    f"the audit log is signed with {name}, which the installed cryptography lacks",
                    hint="Install the version of cryptography that the log was begun with, or a newer one.",
                )
            if self.public.keys[name] != key:
                raise errors.InvalidKey(
                    "the audit log was signed with another key than this database's",
                    hint="The folder audit belongs to another database, or the keys do. "
                    "Bring the right ones together; nothing was changed.",
                )
        self.public = public

    def sign(self, message: bytes, key: PublicKey) -> dict[str, bytes]:
        """Return a signature for each algorithm of ``key``, which is this signer's or a part of it."""
        return {name: self._private[name].sign(_CONTEXT + message) for name in sorted(key.keys)}


def encode64(data: bytes) -> str:
    """Return bytes as text."""
    return base64.b64encode(data).decode("ascii")


def decode64(text: str) -> bytes:
    """Return the bytes of a text; ValueError when it is not how they are written."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"this is not base64: {error}") from error


def _derived(secret: bytes, name: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), _SEED_BYTES, salt=None, info=f"avila audit {name}".encode()).derive(secret)


def _ml_dsa() -> Any:
    """Return the module of ML-DSA, or None where cryptography or the library under it has none."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        from cryptography.hazmat.primitives.asymmetric import mldsa

        mldsa.MLDSA65PrivateKey.from_seed_bytes(bytes(_SEED_BYTES))
    except (ImportError, UnsupportedAlgorithm):
        return None
    return mldsa

"""Wrapping keys in a hardware security module (or SoftHSM), through PKCS#11: the key never leaves it.

Which module, token and PIN come from the environment: ``AVILA_PKCS11_MODULE`` is the path of the vendor's library,
``AVILA_PKCS11_TOKEN`` the token's label, ``AVILA_PKCS11_PIN`` its user PIN (or ``AVILA_PKCS11_PIN_FILE`` a file of it).
"""

from __future__ import annotations

import os
import secrets
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avila import errors
from avila.storage.keys.names import KEY_BYTES
from avila.storage.keys.provider import NONCE_BYTES, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

TAG_BITS = 128

# Who is logged in to a token is a matter of the whole process, by the standard: a second login fails, and the end of
# the first one's session would end the other's work.
_LOGGED_IN = threading.Lock()


class Pkcs11Provider:
    """The extra ``avila[pkcs11]``: AES-256 keys that are sensitive and cannot be extracted, used with AES-GCM."""

    name = "pkcs11"

    def make(self, database: str, number: int) -> str:
        """Generate a key inside the token."""
        reference = numbered(database, number)
        with self._session(writes=True) as (pkcs11, session):
            if _find(pkcs11, session, reference) is None:
                session.generate_key(
                    pkcs11.KeyType.AES,
                    KEY_BYTES * 8,
                    label=_label(reference),
                    store=True,
                    template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
                )
        return reference

    def wrap(self, reference: str, key: bytes, label: bytes) -> bytes:
        """Have the token encrypt a data key."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        with self._session() as (pkcs11, session):
            sealed: bytes = self._key(pkcs11, session, reference).encrypt(
                key,
                mechanism=pkcs11.Mechanism.AES_GCM,
                mechanism_param=pkcs11.GCMParams(nonce, label, TAG_BITS),
            )
        return nonce + sealed

    def unwrap(self, reference: str, blob: bytes, label: bytes) -> bytes:
        """Have the token decrypt a data key."""
        with self._session() as (pkcs11, session):
            wrapping = self._key(pkcs11, session, reference)
            parameters = pkcs11.GCMParams(blob[:NONCE_BYTES], label, TAG_BITS)
            try:
                key: bytes = wrapping.decrypt(
                    blob[NONCE_BYTES:], mechanism=pkcs11.Mechanism.AES_GCM, mechanism_param=parameters
                )
            except pkcs11.PKCS11Error as error:
                # Tokens answer a wrong tag with EncryptedDataInvalid, GeneralError or what their vendor thought of.
                raise errors.InvalidKey(
                    f"the key {reference} of the token does not open the database"
                ) from error
        return key

    def destroy(self, reference: str) -> None:
        """Destroy the key in the token."""
        with self._session(writes=True) as (pkcs11, session):
            if (key := _find(pkcs11, session, reference)) is not None:
                key.destroy()

    def _key(self, pkcs11: Any, session: Any, reference: str) -> Any:
        key = _find(pkcs11, session, reference)
        if key is None:
            raise errors.InvalidKey(
                f"the key of database {reference} is missing from its provider '{self.name}'",
                hint=f"The token must hold a key with the label {_label(reference)}.",
            )
        return key

    @contextmanager
    def _session(self, *, writes: bool = False) -> Iterator[tuple[Any, Any]]:
        """Log in to the token for the block; InvalidKey when the token does not let us."""
        pkcs11 = _package()
        module, label = _required("AVILA_PKCS11_MODULE"), _required("AVILA_PKCS11_TOKEN")
        try:
            library = pkcs11.lib(module)
        except RuntimeError as error:
            raise errors.ConfigurationError(f"AVILA_PKCS11_MODULE cannot be loaded: {error}") from error
        try:
            token = library.get_token(token_label=label)
            with _LOGGED_IN, token.open(rw=writes, user_pin=_pin()) as session:
                yield pkcs11, session
        except pkcs11.PKCS11Error as error:
            what = str(error) or type(error).__name__
            raise errors.InvalidKey(f"the token {label} refuses: {what}") from error


def _find(pkcs11: Any, session: Any, reference: str) -> Any:
    try:
        return session.get_key(object_class=pkcs11.ObjectClass.SECRET_KEY, label=_label(reference))
    except pkcs11.NoSuchKey:
        return None


def _label(reference: str) -> str:
    return f"avila-{reference}"


def _pin() -> str:
    if (file := os.environ.get("AVILA_PKCS11_PIN_FILE")) is not None:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise errors.InvalidKey(f"the PIN file {file} cannot be read: {error}") from error
    return _required("AVILA_PKCS11_PIN")


def _required(variable: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise errors.InvalidKey(
            f"the environment variable {variable} is not set",
            hint="The key provider 'pkcs11' needs AVILA_PKCS11_MODULE, AVILA_PKCS11_TOKEN and AVILA_PKCS11_PIN.",
        )
    return value


def _package() -> Any:
    try:
        import pkcs11
    except ImportError as error:
        raise errors.MissingDependency(
            "the key provider 'pkcs11' needs a package", hint="pip install 'avila[pkcs11]'"
        ) from error
    return pkcs11

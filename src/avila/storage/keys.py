"""The key hierarchy: one random data key a store, wrapped by a key that never lies in the directory.

The wrapping key comes from a provider: the environment, the operating system's keyring, or a key file in the user's
configuration directory (the default). Wrapping is AES-256-GCM with the store's name as associated data, so that a
wrapped key cannot be passed off as another store's.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_BYTES = 32
NONCE_BYTES = 12
ENVIRONMENT_VARIABLE = "AVILA_KEY"
SERVICE = "avila"
FORMAT = 1


class KeyProvider(Protocol):
    """A place that keeps wrapping keys, by database."""

    name: str

    def get(self, database: str) -> bytes | None:
        """Return the key of a database, or None when this place has none."""
        ...

    def put(self, database: str, key: bytes) -> None:
        """Keep the key of a new database."""
        ...


class EnvironmentProvider:
    """One key for every database, in AVILA_KEY as base64 or hexadecimal."""

    name = "environment"

    def get(self, database: str) -> bytes | None:  # noqa: ARG002
        """Return the key of the environment; InvalidKey when it is malformed."""
        text = os.environ.get(ENVIRONMENT_VARIABLE)
        return None if text is None else decode_key(text, f"the environment variable {ENVIRONMENT_VARIABLE}")

    def put(self, database: str, key: bytes) -> None:  # noqa: ARG002
        """Refuse: a process cannot set its user's environment."""
        raise errors.InvalidKey(
            f"the environment variable {ENVIRONMENT_VARIABLE} is not set",
            hint=f"Set {ENVIRONMENT_VARIABLE} to {KEY_BYTES} random bytes in base64, or use another key_provider.",
        )


class FileProvider:
    """A file a database, readable by its user alone, in the user's configuration directory."""

    name = "file"

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where the key files lie; AVILA_CONFIG_DIR moves it."""
        if self._folder is not None:
            return self._folder
        if configured := os.environ.get("AVILA_CONFIG_DIR"):
            return Path(configured) / "keys"
        from platformdirs import user_config_path

        return user_config_path("avila") / "keys"

    def path(self, database: str) -> Path:
        """Return the path of a database's key file."""
        return self.folder / f"{database}.key"

    def get(self, database: str) -> bytes | None:
        """Return the key in the file; InvalidKey when others may read it or it is malformed."""
        path = self.path(database)
        if not path.exists():
            return None
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise errors.InvalidKey(f"the key file {path} can be read by others", hint=f"chmod 600 {path}")
        return decode_key(path.read_text(encoding="ascii", errors="replace"), f"the key file {path}")

    def put(self, database: str, key: bytes) -> None:
        """Write the key file, for its user alone."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self.path(database), base64.b64encode(key).decode() + "\n")


class KeyringProvider:
    """The operating system's keyring (the extra ``avila[keyring]``)."""

    name = "keyring"

    def get(self, database: str) -> bytes | None:
        """Return the key the keyring keeps."""
        text = self._keyring().get_password(SERVICE, database)
        return None if text is None else decode_key(text, "the keyring's entry")

    def put(self, database: str, key: bytes) -> None:
        """Put the key in the keyring."""
        self._keyring().set_password(SERVICE, database, base64.b64encode(key).decode())

    @staticmethod
    def _keyring() -> Any:
        try:
            import keyring
        except ImportError as error:
            raise errors.MissingDependency(
                "the key provider 'keyring' needs a package", hint="pip install 'avila[keyring]'"
            ) from error
        return keyring


PROVIDERS: Mapping[str, type[EnvironmentProvider | FileProvider | KeyringProvider]] = {
    provider.name: provider for provider in (FileProvider, KeyringProvider, EnvironmentProvider)
}


@dataclass(frozen=True)
class Keys:
    """The unwrapped data keys of a database; never printed."""

    database: str
    data: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"Keys(database={self.database!r}, stores={sorted(self.data)})"

    def text(self, store: str) -> str:
        """Return a store's key as the kernel takes it."""
        return base64.b64encode(self.data[store]).decode()


def create(path: Path, provider: KeyProvider, stores: tuple[str, ...]) -> Keys:
    """Make the keys of a new database, and write them wrapped to ``path``."""
    database = str(uuid.uuid4())
    wrapping = provider.get(database)
    if wrapping is None:
        wrapping = secrets.token_bytes(KEY_BYTES)
        provider.put(database, wrapping)
    keys = Keys(database, {store: secrets.token_bytes(KEY_BYTES) for store in stores})
    wrapped = {store: _wrap(wrapping, store, key) for store, key in keys.data.items()}
    document = {"format": FORMAT, "database": database, "provider": provider.name, "wrapped": wrapped}
    write_private(path, json.dumps(document, indent=2) + "\n")
    return keys


def open_keys(path: Path, providers: Mapping[str, KeyProvider]) -> Keys:
    """Read and unwrap the keys of a database.

    Raises InvalidKey when the wrapping key is missing or another one, CorruptedDatabase when the file is damaged.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        database, name, wrapped = document["database"], document["provider"], dict(document["wrapped"])
        provider = providers[name]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise errors.CorruptedDatabase(
            f"{path} is damaged: {error}", hint="Restore it from a backup."
        ) from error
    # A key in the environment comes first, so that a database can be opened where its own provider is out of reach.
    wrapping = providers["environment"].get(database) or provider.get(database)
    if wrapping is None:
        raise errors.InvalidKey(
            f"the key of database {database} is missing from its provider '{name}'",
            hint=f"Put the key back, or give it in the environment variable {ENVIRONMENT_VARIABLE}.",
        )
    return Keys(database, {store: _unwrap(wrapping, store, text, path) for store, text in wrapped.items()})


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


def write_private(path: Path, text: str) -> None:
    """Write a file for its user alone, whole or not at all, and durably."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _wrap(wrapping: bytes, store: str, key: bytes) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(wrapping).encrypt(nonce, key, store.encode())).decode()


def _unwrap(wrapping: bytes, store: str, text: str, path: Path) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        blob = base64.b64decode(text, validate=True)
        return AESGCM(wrapping).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], store.encode())
    except InvalidTag as error:
        raise errors.InvalidKey(
            f"the key given does not open the database at {path.parent}",
            hint="It was encrypted with another key; nothing was changed.",
        ) from error
    except ValueError as error:
        raise errors.CorruptedDatabase(
            f"{path} is damaged: {error}", hint="Restore it from a backup."
        ) from error

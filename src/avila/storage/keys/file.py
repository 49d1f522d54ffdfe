"""Wrapping keys in files of the user's configuration directory, each readable by its user alone."""

from __future__ import annotations

import base64
import os
import secrets
import stat
from pathlib import Path

from avila import errors
from avila.storage.keys.names import KEY_BYTES
from avila.storage.keys.private import write_private
from avila.storage.keys.provider import LocalProvider, decode_key, numbered


class FileProvider(LocalProvider):
    """The default; ``AVILA_CONFIG_DIR`` moves the configuration directory."""

    name = "file"

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where the key files lie."""
        if self._folder is not None:
            return self._folder
        if configured := os.environ.get("AVILA_CONFIG_DIR"):
            return Path(configured) / "keys"
        from platformdirs import user_config_path

        return user_config_path("avila") / "keys"

    def path(self, reference: str) -> Path:
        """Return the path of a key file; CorruptedDatabase for a reference that leads out of the folder."""
        if Path(reference).name != reference:
            raise errors.CorruptedDatabase(f"avila.keys names the key file {reference!r}, which is no name")
        return self.folder / f"{reference}.key"

    def make(self, database: str, number: int) -> str:
        """Write a key file; one that a rotation left behind, before anything was wrapped with it, is used."""
        reference = numbered(database, number)
        if not self.path(reference).exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            key = secrets.token_bytes(KEY_BYTES)
            write_private(self.path(reference), base64.b64encode(key).decode() + "\n")
        return reference

    def key(self, reference: str) -> bytes:
        """Return the key in the file; InvalidKey when it is missing, malformed, or others may read it."""
        path = self.path(reference)
        if not path.exists():
            raise self.missing(reference)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise errors.InvalidKey(f"the key file {path} can be read by others", hint=f"chmod 600 {path}")
        return decode_key(path.read_text(encoding="ascii", errors="replace"), f"the key file {path}")

    def destroy(self, reference: str) -> None:
        """Delete the key file."""
        self.path(reference).unlink(missing_ok=True)

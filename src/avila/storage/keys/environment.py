"""A wrapping key in the environment: what containers and job schedulers hand over.

``AVILA_KEY`` holds the key. To rotate it, the next one is put beside it in ``AVILA_KEY_NEXT`` for the process that has
the database open; afterwards the next one is ``AVILA_KEY``.
"""

from __future__ import annotations

import hashlib
import os

from avila import errors
from avila.storage.keys.names import KEY_BYTES
from avila.storage.keys.provider import LocalProvider, decode_key

VARIABLE = "AVILA_KEY"
NEXT_VARIABLE = "AVILA_KEY_NEXT"


class EnvironmentProvider(LocalProvider):
    """One key for every database that is opened in this environment. It is referred to by a part of its hash."""

    name = "environment"

    def make(self, database: str, number: int) -> str:  # noqa: ARG002 (the environment knows no databases)
        """Take the key that the environment holds; InvalidKey when it holds none."""
        variable = VARIABLE if number == 1 or NEXT_VARIABLE not in os.environ else NEXT_VARIABLE
        if (key := held(variable)) is None:
            raise _not_set()
        return _fingerprint(key)

    def key(self, reference: str) -> bytes:
        """Return the key; InvalidKey when the environment holds none, or another one."""
        keys = [key for variable in (VARIABLE, NEXT_VARIABLE) if (key := held(variable)) is not None]
        if not keys:
            raise _not_set()
        found = next((key for key in keys if _fingerprint(key) == reference), None)
        if found is None:
            raise errors.InvalidKey(
                f"the key given in {VARIABLE} does not open the database",
                hint="It was encrypted with another key; nothing was changed.",
            )
        return found

    def destroy(self, reference: str) -> None:
        """Leave the environment alone: it belongs to whoever started the process."""


def held(variable: str = VARIABLE) -> bytes | None:
    """Return the key in a variable; InvalidKey when it is malformed."""
    text = os.environ.get(variable)
    return None if text is None else decode_key(text, f"the environment variable {variable}")


def _fingerprint(key: bytes) -> str:
    return hashlib.sha256(b"avila wrapping key" + key).hexdigest()[:16]


def _not_set() -> errors.InvalidKey:
    return errors.InvalidKey(
        f"the environment variable {VARIABLE} is not set",
        hint=f"Set {VARIABLE} to {KEY_BYTES} random bytes in base64, or use another key_provider.",
    )

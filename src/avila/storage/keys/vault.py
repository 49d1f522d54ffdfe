"""Wrapping keys in HashiCorp Vault's transit engine, or in a service that speaks its HTTP: the key never leaves it.

The environment says where it is, with Vault's own variables: ``VAULT_ADDR``, ``VAULT_TOKEN`` (else the file
``~/.vault-token``), ``VAULT_CACERT``, ``VAULT_NAMESPACE``; and ``AVILA_VAULT_MOUNT``, where the engine is mounted
(``transit``). The token needs ``create``, ``read`` and ``update`` on ``transit/*``.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import json
import os
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from avila import errors
from avila.storage.keys.provider import numbered

TIMEOUT_S = 10
ANSWER_BYTES_MAX = 2**20


class VaultProvider:
    """A key of type ``aes256-gcm96`` for each wrapping key."""

    name = "vault"

    def make(self, database: str, number: int) -> str:
        """Have Vault make a key; one that is there already stays as it is."""
        reference = f"avila-{numbered(database, number)}"
        self._ask("POST", f"keys/{reference}", {"type": "aes256-gcm96"})
        return reference

    def wrap(self, reference: str, key: bytes, label: bytes) -> bytes:
        """Have Vault encrypt a data key."""
        asked = {"plaintext": _text(key), "associated_data": _text(label)}
        return _field(self._ask("POST", f"encrypt/{quote(reference, safe='')}", asked), "ciphertext").encode()

    def unwrap(self, reference: str, blob: bytes, label: bytes) -> bytes:
        """Have Vault decrypt a data key."""
        asked = {"ciphertext": blob.decode("ascii", "replace"), "associated_data": _text(label)}
        answer = self._ask("POST", f"decrypt/{quote(reference, safe='')}", asked)
        return base64.b64decode(_field(answer, "plaintext"), validate=True)

    def destroy(self, reference: str) -> None:
        """Have Vault delete the key; the token needs ``delete`` for it."""
        path = f"keys/{quote(reference, safe='')}"
        self._ask("POST", f"{path}/config", {"deletion_allowed": True})
        self._ask("DELETE", path, None)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """Ask Vault; InvalidKey when it refuses, ConnectionFailure when it cannot be asked."""
        address = os.environ.get("VAULT_ADDR", "")
        mount = os.environ.get("AVILA_VAULT_MOUNT", "transit").strip("/")
        connection, prefix = _connection(address)
        headers = {"X-Vault-Token": _token(), "X-Vault-Request": "true", "Content-Type": "application/json"}
        if namespace := os.environ.get("VAULT_NAMESPACE"):
            headers["X-Vault-Namespace"] = namespace
        try:
            # Redirects are not followed: they would carry the token to wherever an answer points.
            connection.request(
                method, f"{prefix}/v1/{mount}/{path}", None if body is None else json.dumps(body), headers
            )
            response = connection.getresponse()
            text = response.read(ANSWER_BYTES_MAX)
        except (OSError, http.client.HTTPException) as error:
            raise errors.ConnectionFailure(
                f"the key service at {address} cannot be asked: {error}",
                hint="Check VAULT_ADDR and VAULT_CACERT, and that it is up and unsealed.",
            ) from error
        finally:
            connection.close()
        answer = _parsed(text)
        if response.status >= http.client.MULTIPLE_CHOICES:
            said = "; ".join(map(str, answer.get("errors") or ())) or response.reason
            raise errors.InvalidKey(f"the key service at {address} refuses: {response.status} {said}")
        return answer


def _connection(address: str) -> tuple[http.client.HTTPConnection, str]:
    """Return a connection, and the path that the address begins with; ConfigurationError for an unsafe address."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise errors.ConfigurationError(
            f"VAULT_ADDR is {address!r}, which is no address", hint="Set it to such as https://vault:8200."
        )
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=os.environ.get("VAULT_CACERT") or None)
        return (
            http.client.HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT_S, context=context),
            parts.path.rstrip("/"),
        )
    if not _loopback(parts.hostname):
        raise errors.ConfigurationError(
            f"VAULT_ADDR is {address}, and keys do not cross a network unencrypted", hint="Use https."
        )
    return (
        http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_S),
        parts.path.rstrip("/"),
    )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _token() -> str:
    if token := os.environ.get("VAULT_TOKEN"):
        return token
    file = Path.home() / ".vault-token"
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise errors.InvalidKey(
            "there is no token for the key service", hint=f"Set VAULT_TOKEN, or put the token in {file}."
        ) from error


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(text) if text.strip() else {}
    except ValueError:
        parsed = {}
    return parsed if isinstance(parsed, dict) else {}


def _field(answer: dict[str, Any], name: str) -> str:
    data = answer.get("data")
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, str):
        raise errors.InvalidKey(f"the key service answered without {name}")
    return value


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()

"""A stand-in for HashiCorp Vault: a real HTTP server that does what its transit engine's documentation says.

It knows the five requests that Avila makes, checks the token, and encrypts for real. It is no Vault: what it cannot
show is whether Vault does as its documentation says.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

TOKEN = "s.test-token"


class Transit(ThreadingHTTPServer):
    """The engine: its keys, and which requests came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.keys: dict[str, bytes] = {}
        self.deletable: set[str] = set()
        self.requests: list[str] = []

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return status and body of the answer to a request."""
        self.requests.append(f"{method} {path}")
        match [method, *path.removeprefix("/v1/transit/").split("/")]:
            case ["POST", "keys", name]:
                self.keys.setdefault(name, os.urandom(32))
                return 200, {}
            case ["POST", "keys", name, "config"]:
                self.deletable.add(name)
                return 200, {}
            case ["DELETE", "keys", name]:
                if name not in self.deletable:
                    return 400, {"errors": ["deletion is not allowed for this key"]}
                self.keys.pop(name, None)
                return 204, {}
            case ["POST", "encrypt" | "decrypt" as verb, name]:
                if name not in self.keys:
                    return 400, {"errors": ["encryption key not found"]}
                return getattr(self, f"_{verb}")(AESGCM(self.keys[name]), body)
        return 404, {"errors": []}

    def _encrypt(self, key: AESGCM, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        nonce = os.urandom(12)
        label = base64.b64decode(body["associated_data"])
        sealed = nonce + key.encrypt(nonce, base64.b64decode(body["plaintext"]), label)
        return 200, {"data": {"ciphertext": f"vault:v1:{base64.b64encode(sealed).decode()}"}}

    def _decrypt(self, key: AESGCM, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        sealed = base64.b64decode(body["ciphertext"].removeprefix("vault:v1:"))
        try:
            plain = key.decrypt(sealed[:12], sealed[12:], base64.b64decode(body["associated_data"]))
        except InvalidTag:
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"plaintext": base64.b64encode(plain).decode()}}


class _Handler(BaseHTTPRequestHandler):
    server: Transit

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        if self.headers.get("X-Vault-Token") != TOKEN:
            status, answer = 403, {"errors": ["permission denied"]}
        else:
            status, answer = self.server.answer(self.command, self.path, body)
        content = json.dumps(answer).encode() if status != 204 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_DELETE = _handle  # noqa: N815 (the base class finds them by these names)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing."""


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Transit]:
    """Run a server on a free port of the loopback interface."""
    server = Transit()
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

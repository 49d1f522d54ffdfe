"""The listener of the owner: a thread that takes in clients, and the end of all of them."""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from typing import TYPE_CHECKING

from avila import errors
from avila.server.local import failures, wire
from avila.server.local.served import ServedLine

if TYPE_CHECKING:
    from avila.instance import Instance

log = logging.getLogger("avila")

LINES_MAX = 512
DRAIN_S = 10


class Listener:
    """Takes in clients from :meth:`start` to :meth:`stop`; who comes before or after waits in its queue."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._wake, self._waker = socket.socketpair()
        self._lines: set[ServedLine] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, instance: Instance) -> None:
        """Serve an instance from now on."""
        self._sock.setblocking(False)
        self._thread = threading.Thread(target=self._run, args=(instance,), name="avila-local", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take nobody in any more, let running statements end, and cancel those that take too long."""
        if self._thread is not None:
            self._waker.send(b"x")
            self._thread.join()
        deadline = time.monotonic() + DRAIN_S
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            line.stop()
        for line in lines:
            if not line.join(max(0.0, deadline - time.monotonic())):
                line.interrupt()
                line.join(DRAIN_S)

    def close(self) -> None:
        """Send away who waits: after the lock is free, so that they find it so."""
        for sock in (self._sock, self._wake, self._waker):
            sock.close()

    def abandon(self) -> None:
        """Close this process's copies of all sockets: it is a forked child, and they are its parent's."""
        self.close()
        for line in self._lines:
            line.sock.close()

    def _run(self, instance: Instance) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._sock, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._wake in ready:
                    return
                try:
                    sock, _ = self._sock.accept()
                except (BlockingIOError, ConnectionAbortedError):
                    continue  # who came is gone again
                self._take_in(sock, instance)

    def _take_in(self, sock: socket.socket, instance: Instance) -> None:
        sock.setblocking(True)
        with self._lock:
            full = len(self._lines) >= LINES_MAX
            if not full:
                line = ServedLine(sock, instance, self._forget)
                self._lines.add(line)
        if not full:
            line.start()
            return
        refusal = errors.TooManyConnections(f"the owner of the directory serves {LINES_MAX} lines already")
        try:
            wire.send(sock, {"error": failures.encode(refusal)})
        except OSError as error:
            log.info("a client that was refused is gone: %s", error)
        sock.close()

    def _forget(self, line: ServedLine) -> None:
        with self._lock:
            self._lines.discard(line)

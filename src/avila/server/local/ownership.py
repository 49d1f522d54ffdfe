"""Who owns a directory: the process that holds the lock of ``avila.lock``, and the socket where it is reached.

The kernel of the operating system frees the lock when its process ends, however it ends. Who opens a directory holds
the *door* (a lock of the directory itself) for the few microseconds in which it either takes the lock and listens, or
connects to the one who did: so nobody finds the lock taken and no socket there, except while an owner is dying.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.storage.layout import Layout

SOCKET_PATH_BYTES_MAX = 100  # the kernel's limit is 108 on Linux and 104 on macOS
WAITING_MAX = 128


@contextmanager
def door(layout: Layout) -> Iterator[None]:
    """Be the only process that is opening the directory."""
    handle = os.open(layout.root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class Lock:
    """The lock of a directory, held until :meth:`release` or the end of the process."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    @classmethod
    def take(cls, layout: Layout) -> Lock | None:
        """Take the lock; None when another has it."""
        handle = os.open(layout.lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return cls(handle)

    def release(self) -> None:
        """Give the lock back; in a forked child: forget it, for it stays the parent's."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def listen(layout: Layout) -> socket.socket:
    """Return a listening socket at the directory's endpoint, for this user only; the caller holds lock and door."""
    forget(layout)
    path = layout.socket
    if len(os.fsencode(path)) > SOCKET_PATH_BYTES_MAX:
        # A path too long for a socket: the socket lies in a private folder, and the endpoint is a link to it.
        runtime = os.environ.get("XDG_RUNTIME_DIR")
        folder = tempfile.mkdtemp(
            prefix="avila-", dir=runtime if runtime and Path(runtime).is_dir() else None
        )
        path = Path(folder) / "endpoint.sock"
        layout.socket.symlink_to(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(os.fspath(path))
        path.chmod(0o600)  # before listen(): until then nobody can connect
        listener.listen(WAITING_MAX)
    except BaseException:
        listener.close()
        raise
    return listener


def connect(layout: Layout, timeout_s: float) -> socket.socket | None:
    """Return a socket to the owner; None when nobody listens."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(timeout_s)
    try:
        sock.connect(os.fspath(layout.socket.readlink() if layout.socket.is_symlink() else layout.socket))
    except (FileNotFoundError, ConnectionRefusedError, ConnectionResetError, BlockingIOError):
        sock.close()
        return None
    except BaseException:
        sock.close()
        raise
    return sock


def forget(layout: Layout) -> None:
    """Remove the endpoint that an owner left, with its private folder; the caller holds the lock."""
    if layout.socket.is_symlink():
        target = layout.socket.readlink()
        if target.parent.name.startswith("avila-"):
            shutil.rmtree(target.parent, ignore_errors=True)
    layout.socket.unlink(missing_ok=True)

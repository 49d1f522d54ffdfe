"""Opening a directory: own it, or become a client of the process that does."""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING

from avila import errors
from avila.server.local import ownership
from avila.server.local.client import CONNECT_TIMEOUT_S, RemoteLink, greet
from avila.server.local.listener import Listener

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

    from avila.instance import Instance
    from avila.link import Line, Link
    from avila.storage.layout import Layout

DYING_PAUSE_S = 0.005


def open_link(layout: Layout, settings: Mapping[str, object], open_instance: Callable[[], Instance]) -> Link:
    """Return the way to a directory's database: of our own when nobody owns the directory, else of its owner.

    ``settings`` are those that a line of ours starts with when the owner is another process.
    """
    deadline = time.monotonic() + CONNECT_TIMEOUT_S
    pause = threading.Event()
    while True:
        with ownership.door(layout):
            lock = ownership.Lock.take(layout)
            sock = (
                ownership.listen(layout) if lock is not None else ownership.connect(layout, CONNECT_TIMEOUT_S)
            )
        if lock is not None and sock is not None:
            return _own(layout, lock, sock, open_instance)
        # An owner that opens or closes keeps who comes waiting in its socket's queue, and ends that when it is gone.
        line = None if sock is None else greet(sock, settings)
        if line is not None:
            return RemoteLink(layout, settings, line)
        if time.monotonic() > deadline:
            raise errors.ConnectionFailure(
                f"{layout.root} is owned by a process that does not answer",
                hint="It may be stopped; see which process has avila.lock open.",
            )
        # Its sockets are gone and its lock is not yet: it is being killed, which tells nobody when it is done.
        pause.wait(DYING_PAUSE_S)


def _own(
    layout: Layout, lock: ownership.Lock, sock: socket.socket, open_instance: Callable[[], Instance]
) -> Link:
    listener = Listener(sock)
    try:
        instance = open_instance()
    except BaseException:
        ownership.forget(layout)
        lock.release()
        listener.close()
        raise
    listener.start(instance)
    return OwnerLink(layout, lock, listener, instance)


class OwnerLink:
    """The database in this process, and the listener that lends it to others."""

    owner = True

    def __init__(self, layout: Layout, lock: ownership.Lock, listener: Listener, instance: Instance) -> None:
        self._layout = layout
        self._lock = lock
        self._listener = listener
        self._instance = instance
        self._pid = os.getpid()
        self._closing = threading.Lock()
        self._closed = False
        atexit.register(self.close)
        myself = weakref.ref(self)
        kept: list[OwnerLink] = []

        def forked() -> None:
            # The kernel's threads are not in the child: nothing of it may run there, not even its end.
            if (link := myself()) is not None:
                kept.append(link)
                link.abandon()

        os.register_at_fork(after_in_child=forked)

    @property
    def alive(self) -> bool:
        """Whether new lines can be had."""
        return self._pid == os.getpid() and self._instance.alive

    def line(self, role: str | None = None) -> Line:
        """Return a line of our own."""
        return self._instance.line(role)

    def close(self) -> None:
        """Let what runs end, close the database, and let the next process have the directory."""
        with self._closing:
            if self._closed or self._pid != os.getpid():
                return
            self._closed = True
            atexit.unregister(self.close)
            self._listener.stop()
            try:
                self._instance.close()
            finally:
                with ownership.door(self._layout):
                    ownership.forget(self._layout)
                    self._lock.release()
                self._listener.close()

    def abandon(self) -> None:
        """Forget the database in a forked child: it stays the parent's."""
        self._lock.release()
        self._listener.abandon()

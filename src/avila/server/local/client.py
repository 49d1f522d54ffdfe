"""A database that another process owns: lines to it over its local socket, each with a connection of its own."""

from __future__ import annotations

import os
import select
import threading
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from avila import errors
from avila.server.local import encoding, failures, ownership, upload, wire
from avila.server.local.incoming import Incoming

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping, Sequence

    from avila.kernel.base import Answer
    from avila.server.local.wire import Message
    from avila.storage.layout import Layout

    Frames = Callable[[str], object | None]

CONNECT_TIMEOUT_S = 30


class RemoteLink:
    """The way to the process that owns a directory."""

    owner = False

    def __init__(self, layout: Layout, settings: Mapping[str, object], first: RemoteLine) -> None:
        self._layout = layout
        self._settings = settings
        self._spare: RemoteLine | None = first
        self._closed = False

    @property
    def alive(self) -> bool:
        """Whether the owner still takes in lines; the one had by asking is kept for the next."""
        if self._closed:
            return False
        if self._spare is None or not self._spare.alive:
            sock = ownership.connect(self._layout, CONNECT_TIMEOUT_S)
            self._spare = None if sock is None else greet(sock, self._settings)
        return self._spare is not None

    def line(self, role: str | None = None) -> RemoteLine:
        """Return a line; ConnectionFailure when the owner has gone since it was last asked."""
        if not self.alive or self._spare is None:
            raise errors.ConnectionFailure("the process that owned the database is gone")
        line, self._spare = self._spare, None
        if role is not None:
            line.authorize(role, self._settings)
        return line

    def close(self) -> None:
        """Leave; harmless when repeated."""
        self._closed = True
        if self._spare is not None:
            self._spare.close()
            self._spare = None


def greet(sock: socket.socket, settings: Mapping[str, object]) -> RemoteLine | None:
    """Return the line that a fresh connection is, once the owner has answered; None when it ended instead.

    Raises what the owner says against it, and ConnectionFailure when it says nothing for too long.
    """
    line = RemoteLine(sock)
    try:
        line.hello(settings, CONNECT_TIMEOUT_S)
    except TimeoutError:
        line.close()
        raise errors.ConnectionFailure(
            f"the process that owns the directory has not answered for {CONNECT_TIMEOUT_S} s",
            hint="It may be recovering or closing a large database; try again.",
        ) from None
    except errors.ConnectionFailure:
        return None
    except errors.Error:
        line.close()
        raise
    return line


class RemoteLine:
    """One line of statements in the owner. Calls from several threads wait for each other."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        self._sock = sock
        self._timeout_ms: int | None = None
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._sending = threading.Lock()
        self._number = 0
        self._running: int | None = None
        self._lost = False
        self._closed = False
        self._answers: weakref.WeakSet[Incoming] = weakref.WeakSet()
        self._dropped: list[int] = []
        self.in_transaction = False

    @property
    def alive(self) -> bool:
        """Whether the owner still answers; True while a transaction that was lost has not been reported."""
        if self._closed or self._lost or self._pid != os.getpid():
            return False
        return self._running is not None or self.in_transaction or not self._hung_up()

    def hello(self, settings: Mapping[str, object], timeout_s: float) -> None:
        """Introduce this process, and set what its settings say; TimeoutError when there is no answer."""
        self._timeout_ms = int(timeout_s * 1000)
        self._request({"op": "hello", "version": wire.VERSION, "settings": dict(settings)})
        self._timeout_ms = None

    def authorize(self, role: str, settings: Mapping[str, object]) -> None:
        """Go on with the rights of a role and no more; InvalidAuthorization when there is no such role."""
        self._request({"op": "authorize", "role": role, "settings": dict(settings)})

    def execute(
        self,
        sql: str,
        parameters: Sequence[Any] | Mapping[str, Any] | None = None,
        frames: Frames | None = None,
    ) -> Answer:
        """Run the statements of a text and return the answer of the last."""
        if parameters is not None:
            parameters = dict(parameters) if hasattr(parameters, "keys") else list(parameters)
        head = {
            "op": "execute",
            "sql": sql,
            "parameters": encoding.encode(parameters),
            "frames": frames is not None,
        }
        with self._lock:
            reply = self._request(head, frames=frames)
            answer = Incoming(reply, self)
            if reply.head.get("more"):
                self._answers.add(answer)
                weakref.finalize(answer, self._dropped.append, reply.head["seq"]).atexit = False
            return answer

    def pull(self, number: int, form: str, rows: int) -> Message:
        """Return the next piece of an answer."""
        return self._request({"op": "pull", "of": number, "as": form, "rows": rows})

    def register(self, name: str, frame: object) -> None:
        """Make a frame a temporary table in the owner."""
        self._request({"op": "register", "name": name}, frame=frame)

    def unregister(self, name: str) -> None:
        """Forget a registered frame."""
        self._request({"op": "unregister", "name": name})

    def interrupt(self) -> None:
        """Cancel the running statement; from any thread."""
        running = self._running
        if running is None:
            return
        with self._sending, suppress(OSError):  # when the owner is gone, whoever waits for it is told
            wire.send(self._sock, {"op": "interrupt", "of": running})

    def close(self) -> None:
        """Keep the rows of open answers, and end the line: the owner rolls back its transaction."""
        if self._pid != os.getpid():
            self._sock.close()  # a forked child's copy; the line is its parent's
            return
        with self._lock:
            if self._closed:
                return
            try:
                if not self._lost and not self._hung_up():
                    for answer in list(self._answers):
                        answer.detach()
            except errors.ConnectionFailure:
                pass  # the owner has just gone: an answer that is asked for more says so
            finally:
                self._closed = True
                self._sock.close()

    def _request(
        self, head: dict[str, Any], *, frame: object = None, frames: Frames | None = None
    ) -> Message:
        """Send a request, with the frame it brings, and return the answer to it."""
        with self._lock:
            if self._closed:
                raise errors.ConnectionDoesNotExist("the session is closed")
            if self._lost or self._pid != os.getpid() or self._hung_up():
                raise self._lose("nothing was sent to it")
            self._number += 1
            dropped, self._dropped[:] = list(self._dropped), []
            head |= {"seq": self._number, "drop": dropped}
            self._running = self._number
            try:
                reply = self._exchange(head, frame, frames)
            except _Broken as broken:
                raise self._lose(str(broken)) from None
            except BaseException:
                # Half a message may have been sent or read: nothing more can be said on this line.
                self._lose("")
                raise
            finally:
                self._running = None
            self.in_transaction = reply.head.get("transaction", False)
            if "error" in reply.head:
                error = failures.decode(reply.head["error"])
                if isinstance(error, errors.AdminShutdown):
                    self._lose("")  # only this line is ended: the next one is a new session
                raise error
            return reply

    def _exchange(self, head: dict[str, Any], frame: object, frames: Frames | None) -> Message:
        if frame is None:
            self._send(head)
        else:
            self._upload(head, frame)
        while "ask" in (reply := self._reply()).head:
            found = frames(reply.head["ask"]) if frames is not None else None
            if found is None:
                self._send({"found": False})
            else:
                self._upload({"found": True}, found)
        return reply

    def _upload(self, head: dict[str, Any], frame: object) -> None:
        """Send a frame in pieces; what goes wrong in reading it fails the statement in the owner, and comes back."""
        try:
            for more, piece in upload.pieces(frame):
                self._send(head | {"more": more}, [piece])
        except _Broken:
            raise
        except Exception as error:  # noqa: BLE001 (any library's frame)
            self._send(head | {"more": False, "failed": failures.encode(error)})

    def _send(self, head: dict[str, Any], bodies: Sequence[Any] = ()) -> None:
        try:
            with self._sending:
                wire.send(self._sock, head, bodies)
        except OSError as error:
            raise _Broken("it may have been at work on this statement") from error

    def _reply(self) -> Message:
        """Wait for a message. Ctrl-C cancels the statement, and its end is still waited for; a second one gives up."""
        canceled = False
        while True:
            try:
                if not self._poll(self._timeout_ms):
                    raise TimeoutError
                break
            except KeyboardInterrupt:
                if canceled:
                    raise
                canceled = True
                self.interrupt()
        try:
            message = wire.receive(self._sock)
        except OSError as error:
            raise _Broken("it may have been at work on this statement") from error
        if message is None:
            raise _Broken("it may have been at work on this statement")
        if message.head.get("closing"):
            raise _Broken("it had not begun this statement")
        return message

    def _lose(self, what: str) -> errors.ConnectionFailure:
        """Note that the owner is gone, and return the error that says so."""
        self._lost = True
        self._sock.close()
        if self.in_transaction:
            what = "the open transaction was rolled back"
        self.in_transaction = False
        return errors.ConnectionFailure(f"the process that owned the database is gone: {what}")

    def _hung_up(self) -> bool:
        """Whether the other side has ended: between requests there is nothing else to read."""
        return self._poll(0)

    def _poll(self, timeout_ms: int | None) -> bool:
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        return bool(poll.poll(timeout_ms))


class _Broken(Exception):
    """The owner is gone in the middle of a request; says what is known of it."""

"""One client's line in the owner: its requests, the executor that answers them, and what happens when it goes away."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from avila import errors
from avila.server.local import encoding, failures, wire
from avila.server.local.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable

    from avila.instance import Instance
    from avila.link import Line
    from avila.server.local.wire import Message

log = logging.getLogger("avila")

QUEUED_MAX = 16
INTERRUPT_AGAIN_S = 0.02


class ServedLine:
    """Two threads: one reads, so that a cancel or the client's end is noticed at once; one runs the statements."""

    def __init__(self, sock: socket.socket, instance: Instance, forget: Callable[[ServedLine], None]) -> None:
        self.sock = sock
        self._instance = instance
        self._forget = forget
        self._line: Line | None = None
        self._messages: Queue[Message | None] = Queue(QUEUED_MAX)
        self._answers: dict[int, Outgoing] = {}
        self._frames: dict[str, object | None] = {}
        self._state = threading.Condition()
        self._running: int | None = None
        self._canceled: int | None = None
        self._reader = threading.Thread(target=self._read, name="avila-local-read", daemon=True)
        self._worker = threading.Thread(target=self._work, name="avila-local-work", daemon=True)

    def start(self) -> None:
        """Answer from now on."""
        self._reader.start()
        self._worker.start()

    def stop(self) -> None:
        """End once the running statement is done."""
        self._messages.put(None)

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; whether it came in time."""
        self._worker.join(timeout_s)
        return not self._worker.is_alive()

    def interrupt(self) -> None:
        """Cancel whatever runs."""
        with self._state:
            running = self._running
        if running is not None:
            self._cancel(running)

    def _read(self) -> None:
        try:
            while (message := wire.receive(self.sock)) is not None:
                if message.head.get("op") == "interrupt":
                    self._cancel(message.head["of"])
                else:
                    self._messages.put(message)  # a frame's pieces wait here for being taken in
        except (OSError, errors.ProtocolViolation) as error:
            log.info("a client's connection ended: %s", error)
        finally:
            # Whoever asked is gone: nobody waits for what still runs.
            self._messages.put(None)
            self.interrupt()

    def _cancel(self, number: int) -> None:
        """Cancel a request, and again until it has ended: an interrupt between two steps of a statement is lost."""
        with self._state:
            self._canceled = number
            while self._running == number and self._line is not None:
                self._line.interrupt()
                self._state.wait(INTERRUPT_AGAIN_S)

    def _work(self) -> None:
        try:
            while (message := self._messages.get()) is not None:
                self._answer(message)
                if self._line is not None and not self._line.alive:
                    break  # somebody ended the session, and the client has been told
            wire.send(self.sock, {"closing": True})  # to a client that has just asked: it was not done
        except _Gone:
            log.info("a client's connection ended in the middle of a request")
        except (OSError, errors.ProtocolViolation) as error:
            log.info("a client's connection ended: %s", error)
        finally:
            self._close()

    def _close(self) -> None:
        self._answers.clear()
        with suppress(Empty):
            while True:  # so that the reading thread does not wait for room
                self._messages.get_nowait()
        try:
            if self._line is not None:
                self._line.close()
        except errors.Error:
            log.exception("the line of a client could not be closed")
        finally:
            with suppress(OSError):  # it may be gone
                self.sock.shutdown(socket.SHUT_RDWR)  # which ends the reading thread too
            self.sock.close()
            self._forget(self)

    def _answer(self, message: Message) -> None:
        number = message.head["seq"]
        with self._state:
            self._running = number
        try:
            if self._canceled == number:
                raise errors.QueryCanceled("Query interrupted")
            head, bodies = self._do(message)
        except _Gone:
            raise
        except Exception as error:  # noqa: BLE001 (the client gets the error, whatever it is; this line lives on)
            head, bodies = {"error": failures.encode(error)}, []
        finally:
            with self._state:
                self._running = None
                self._state.notify_all()
        head |= {"seq": number, "transaction": self._line is not None and self._line.in_transaction}
        wire.send(self.sock, head, bodies)

    def _do(self, message: Message) -> tuple[dict[str, Any], list[Any]]:
        head = message.head
        for number in head.get("drop", ()):
            self._answers.pop(number, None)
        if self._line is None:
            return self._hello(head)
        operation = head.get("op")
        if operation == "execute":
            return self._execute(head)
        if operation == "pull":
            if head["of"] not in self._answers:
                raise errors.ProtocolViolation("an answer was asked for that is not there")
            return self._answers[head["of"]].pull(head["as"], head["rows"])
        if operation == "authorize":
            return self._authorize(head)
        if operation == "register":
            self._line.register(head["name"], self._receive_frame(message))
            return {}, []
        if operation == "unregister":
            self._line.unregister(head["name"])
            return {}, []
        raise errors.ProtocolViolation(f"{operation} is no request")

    def _hello(self, head: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
        if head.get("op") != "hello" or head.get("version") != wire.VERSION:
            raise errors.ProtocolViolation(
                f"the owner of the directory speaks version {wire.VERSION}, and this process {head.get('version')}",
                hint="Use the same version of Avila in both.",
            )
        self._line = self._instance.line()
        self._start(head["settings"])
        return {}, []

    def _authorize(self, head: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
        """Give the line up for one with the rights of a role; it keeps what the client's sessions start with."""
        line = self._instance.line(head["role"])
        if self._line is not None:
            self._line.close()
        self._line = line
        self._start(head["settings"])
        return {}, []

    def _start(self, settings: dict[str, Any]) -> None:
        for name, value in settings.items():
            text = str(value).replace("'", "''")
            if self._line is not None:
                self._line.execute(f"SET {name} = '{text}'")

    def _execute(self, head: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
        line = self._line
        if line is None:
            raise errors.ProtocolViolation("there was no hello")
        self._frames.clear()
        try:
            answer = line.execute(
                head["sql"], encoding.decode(head["parameters"]), self._frame if head["frames"] else None
            )
        finally:
            self._frames.clear()
        outgoing = Outgoing(answer)
        told, bodies = outgoing.first()
        if told.get("more"):
            self._answers[head["seq"]] = outgoing
        return told, bodies

    def _frame(self, name: str) -> object | None:
        """Ask the client whether it has a frame of that name, once a statement."""
        if name not in self._frames:
            wire.send(self.sock, {"ask": name})
            message = self._next()
            self._frames[name] = self._receive_frame(message) if message.head["found"] else None
        return self._frames[name]

    def _receive_frame(self, message: Message) -> object:
        """Return a frame that comes in one message or more."""
        tables = []
        while True:
            if error := message.head.get("failed"):
                raise failures.decode(error)
            tables.append(wire.unpack_batches(message.bodies[0]))
            if not message.head["more"]:
                return pa.concat_tables(tables)
            message = self._next()

    def _next(self) -> Message:
        """Return the client's next message, in the middle of a request."""
        message = self._messages.get()
        if message is None:
            raise _Gone
        return message


class _Gone(Exception):
    """The client is gone in the middle of a request."""

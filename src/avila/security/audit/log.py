"""The audit log of an open database: records go on a bounded queue, and one thread writes them in groups.

Appending costs its caller a few microseconds and waits for no disk. The queue blocks when it is full, and nothing is
ever dropped: when records cannot be written, :meth:`AuditLog.check` fails, so that statements that could not be
audited are not run.
"""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

from avila import errors
from avila.security.audit.folder import Folder
from avila.security.audit.record import Kind, Record, encode
from avila.security.audit.recovery import resume, settle
from avila.security.audit.signing import Signer
from avila.security.audit.writer import Writer

if TYPE_CHECKING:
    from pathlib import Path

    from avila.security.audit.head import SignedHead

INTERVAL_MS = 50
SEGMENT_BYTES = 16 * 2**20
QUEUE_RECORDS = 16_384
RETRY_S = 1.0


class Audit(Protocol):
    """Where records go."""

    def append(self, record: Record) -> None:
        """Take a record; it is durable soon."""
        ...

    def check(self) -> None:
        """Raise what keeps records from being written, if anything does."""
        ...

    def flush(self) -> None:
        """Return when every record taken so far is durable."""
        ...

    def close(self) -> None:
        """Write what is left, and end; harmless when repeated."""
        ...


class NullAuditLog:
    """The log of a database in memory, which keeps nothing."""

    def append(self, record: Record) -> None:
        """Forget the record."""

    def check(self) -> None:
        """Nothing keeps records from being forgotten."""

    def flush(self) -> None:
        """Nothing is waiting."""

    def close(self) -> None:
        """Nothing is open."""


class _Mark:
    """A place in the queue that somebody waits for."""

    def __init__(self, *, last: bool = False) -> None:
        self.last = last
        self.reached = threading.Event()
        self.failure: errors.Error | None = None


class AuditLog:
    """A log in a folder. Made by :meth:`open`; any thread may append."""

    def __init__(self, folder: Folder, writer: Writer, interval_ms: int, queue_records: int) -> None:
        self.folder = folder.path
        self._writer = writer
        self._interval_s = interval_ms / 1000
        self._most = queue_records
        self._queue: SimpleQueue[bytes | _Mark] = SimpleQueue()
        self._hurry = threading.Event()  # do not wait for more
        self._room = threading.Condition()  # the queue became shorter, or writing failed
        self._closing = threading.Lock()
        self._failure: errors.Error | None = None
        self._closed = False
        self._emptied = False  # the thread has looked at the queue for the last time
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._run, name="avila-audit", daemon=True)

    @classmethod
    def open(
        cls,
        folder: Path,
        secret: bytes,
        *,
        interval_ms: int = INTERVAL_MS,
        segment_bytes: int = SEGMENT_BYTES,
        queue_records: int = QUEUE_RECORDS,
    ) -> AuditLog:
        """Open the log in a folder, or begin one; ``interval_ms`` is how long a record waits for others.

        Raises InvalidKey when the log was signed with another secret, CorruptedDatabase when its end cannot be found,
        IoError and DiskFull when it cannot be written.
        """
        where, signer = Folder(folder), Signer(secret)
        try:
            position, repairs = resume(where, signer)
            writer = Writer(where, signer, position, segment_bytes)
            told = [_own("repair", repair) for repair in repairs]
            bodies = [*told, _own("open", {"process": os.getpid()})]
            while bodies:
                del bodies[: writer.append(bodies)]
            writer.publish()
            if where.pending():
                settle(where)
        except OSError as error:
            raise _as_error(error, where) from error
        log = cls(where, writer, interval_ms, queue_records)
        log._thread.start()
        return log

    @property
    def head(self) -> SignedHead:
        """The newest signed head."""
        head = self._writer.head
        assert head is not None  # noqa: S101 (open has published one)
        return head

    @property
    def fingerprint(self) -> str:
        """What tells the key of this log from any other."""
        return self.head.key.fingerprint

    def append(self, record: Record) -> None:
        """Take a record; it is durable within the interval. Waits when too many are waiting already.

        Raises ConnectionDoesNotExist when the log is closed or was opened by the process that this one was forked
        from, and what :meth:`check` raises when the queue is full and cannot be emptied.
        """
        if self._closed or self._pid != os.getpid():
            raise self._gone()
        body = encode(record)
        if self._queue.qsize() >= self._most:
            self._wait_for_room()
        self._queue.put(body)
        if self._emptied:  # closed meanwhile, so that nobody may look at the queue again
            raise self._gone()

    def check(self) -> None:
        """Raise what keeps records from being written: DiskFull or IoError. They are kept and tried again."""
        if self._failure is not None:
            raise self._failure

    def flush(self) -> None:
        """Return when every record taken so far is durable and under a signed head; errors as in :meth:`check`."""
        if self._closed or self._pid != os.getpid():
            raise self._gone()
        self._await(_Mark())

    def close(self) -> None:
        """Write what is left and a last record, and end the thread; harmless when repeated, and in a forked child.

        Raises what :meth:`check` raises when the last records could not be written.
        """
        if self._pid != os.getpid():
            return
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._queue.put(_own("close", {"process": os.getpid()}))
            try:
                self._await(_Mark(last=True))
            finally:
                self._thread.join()

    def _await(self, mark: _Mark) -> None:
        self._queue.put(mark)
        self._hurry.set()
        while not mark.reached.wait(RETRY_S):
            self._still_writing(mark)
        if mark.failure is not None:
            raise mark.failure

    def _still_writing(self, mark: _Mark | None = None) -> None:
        """Raise why nothing is being written."""
        self.check()
        if not self._thread.is_alive() and not (mark and mark.reached.is_set()):
            raise errors.IoError("the thread that writes the audit log has ended")

    def _wait_for_room(self) -> None:
        self._hurry.set()
        with self._room:
            while self._queue.qsize() >= self._most:
                self._still_writing()
                self._room.wait(RETRY_S)

    def _gone(self) -> errors.ConnectionDoesNotExist:
        if self._closed:
            return errors.ConnectionDoesNotExist("the audit log is closed")
        return errors.ConnectionDoesNotExist(
            "the audit log is open in the process that this one was forked from"
        )

    def _run(self) -> None:
        """Write group after group, until the last mark; when the log is closed and cannot be written, until then."""
        pending: list[bytes] = []
        ends = False
        try:
            while not ends:
                marks = self._collect(pending)
                if any(mark.last for mark in marks):
                    # Whoever appends from here on is told that it came too late; whoever was earlier is still written.
                    self._emptied = True
                    self._take_all(pending, marks)
                    ends = True
                self._write(pending)
                ends |= self._closed and self._failure is not None
                for mark in marks:
                    mark.failure = self._failure
                    mark.reached.set()
                with self._room:
                    self._room.notify_all()
        finally:
            self._emptied = True
            self._writer.close()
            with self._room:
                self._room.notify_all()

    def _collect(self, pending: list[bytes]) -> list[_Mark]:
        """Add what is waiting to ``pending``, after giving it time to become a group; return the marks among it."""
        marks: list[_Mark] = []
        if not pending:
            self._sort(self._queue.get(), pending, marks)
        self._hurry.wait(RETRY_S if self._failure else self._interval_s)
        self._hurry.clear()
        self._take_all(pending, marks)
        return marks

    def _take_all(self, pending: list[bytes], marks: list[_Mark]) -> None:
        """Empty the queue; but what could not be written bounds what is taken, so that the queue fills up behind it."""
        with suppress(Empty):
            while len(pending) < self._most:
                self._sort(self._queue.get_nowait(), pending, marks)

    @staticmethod
    def _sort(item: bytes | _Mark, pending: list[bytes], marks: list[_Mark]) -> None:
        if isinstance(item, _Mark):
            marks.append(item)
        else:
            pending.append(item)

    def _write(self, pending: list[bytes]) -> None:
        """Write the pending records, as many as can be; what fails is remembered, and tried again later."""
        try:
            while pending:
                del pending[: self._writer.append(pending)]
            self._writer.publish()
        except OSError as error:
            self._failure = _as_error(error, Folder(self.folder))
        else:
            self._failure = None


def _own(action: str, detail: dict[str, object]) -> bytes:
    """Return a record of the log about itself."""
    return encode(Record(Kind.log, time.time_ns() // 1000, action=action, detail=json.dumps(detail)))


def _as_error(error: OSError, folder: Folder) -> errors.Error:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return errors.DiskFull(
            f"the audit log in {folder.path} cannot be written: {error.strerror}",
            hint="Free space. Records wait until then, and statements are refused.",
        )
    return errors.IoError(f"the audit log in {folder.path} cannot be written: {error.strerror or error}")

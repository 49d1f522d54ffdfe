"""Messages on the local socket: a head of JSON, then bodies of bytes, each with its length before it.

A plain socket and not gRPC: a child that a process forks cannot use gRPC at all (it hangs, measured on 26.0 with and
without its fork support), and forking workers is what a user of Python does first.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from avila import errors

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

VERSION = 1
HEAD_BYTES_MAX = 64 * 2**20
BODIES_MAX = 4096
BODY_BYTES_MAX = 2**40
_PREFIX = struct.Struct("!II")
_LENGTH = struct.Struct("!Q")
_JOINED_BYTES = 64 * 1024  # below this, one write of a copy is cheaper than several writes


class Message(NamedTuple):
    """One message."""

    head: dict[str, Any]
    bodies: Sequence[Any] = ()


def send(sock: socket.socket, head: dict[str, Any], bodies: Sequence[Any] = ()) -> None:
    """Write a message; OSError when the other side is gone."""
    text = json.dumps(head, separators=(",", ":")).encode()
    if len(text) > HEAD_BYTES_MAX or len(bodies) > BODIES_MAX:
        raise errors.ProtocolViolation(
            f"a message of {len(text)} bytes and {len(bodies)} bodies is too large"
        )
    sizes = [memoryview(body).nbytes for body in bodies]
    start = _PREFIX.pack(len(text), len(bodies)) + b"".join(map(_LENGTH.pack, sizes)) + text
    if sum(sizes) <= _JOINED_BYTES:
        sock.sendall(start + b"".join(bodies))
        return
    sock.sendall(start)
    for body in bodies:
        sock.sendall(body)


def receive(sock: socket.socket) -> Message | None:
    """Read a message; None when the other side has closed, also in the middle of one."""
    prefix = _exactly(sock, _PREFIX.size)
    if prefix is None:
        return None
    head_bytes, count = _PREFIX.unpack(prefix)
    if head_bytes > HEAD_BYTES_MAX or count > BODIES_MAX:
        raise errors.ProtocolViolation(f"a message says it has {head_bytes} bytes and {count} bodies")
    start = _exactly(sock, _LENGTH.size * count + head_bytes)
    if start is None:
        return None
    sizes = [_LENGTH.unpack_from(start, i * _LENGTH.size)[0] for i in range(count)]
    if sum(sizes) > BODY_BYTES_MAX:
        raise errors.ProtocolViolation(f"a message says it has {sum(sizes)} bytes")
    bodies = []
    for size in sizes:
        body = _exactly(sock, size)
        if body is None:
            return None
        bodies.append(body)
    try:
        head = json.loads(bytes(start[_LENGTH.size * count :]))
    except ValueError as error:
        raise errors.ProtocolViolation("a message is not JSON") from error
    if not isinstance(head, dict):
        raise errors.ProtocolViolation("a message is not an object")
    return Message(head, bodies)


def _exactly(sock: socket.socket, size: int) -> memoryview | None:
    """Read ``size`` bytes into memory of Arrow's, aligned as its arrays want it; None at the end."""
    buffer = memoryview(pa.allocate_buffer(size)).cast("B") if size else memoryview(b"")
    read = 0
    while read < size:
        got = sock.recv_into(buffer[read:])
        if got == 0:
            return None
        read += got
    return buffer


def pack_batches(schema: pa.Schema, batches: Sequence[pa.RecordBatch]) -> pa.Buffer:
    """Return batches as one body: a stream of its own, for only a stream carries the values of dictionaries."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue()


def unpack_batches(body: Any) -> pa.Table:
    """Return the batches of a body, on the body's own memory."""
    return pa.ipc.open_stream(pa.py_buffer(body)).read_all()

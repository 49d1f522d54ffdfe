"""The frames of a segment that are no records: its header, the signed heads of its groups, and its seal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from avila.security.audit import frames
from avila.security.audit.head import Head, SignedHead

if TYPE_CHECKING:
    from avila.security.audit.frames import Frame
    from avila.security.audit.signing import PublicKey

FORMAT = 1


def header_body(log: str) -> bytes:
    """Return what the header of a segment says."""
    return json.dumps({"format": FORMAT, "log": log}, separators=(",", ":")).encode()


def header_log(frame: Frame, data: bytes) -> str:
    """Return the log that a segment belongs to; ValueError when the frame is no header of this format."""
    if frame.type != frames.SEGMENT:
        raise ValueError("it does not begin with the header of a segment")
    body = frame.body(data)
    try:
        log = str(json.loads(body)["log"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"its header cannot be read: {error}") from error
    if body != header_body(log):
        raise ValueError(f"its header is none of format {FORMAT}")
    return log


def signed_head(frame: Frame, data: bytes, key: PublicKey, log: str, segment: int) -> Head:
    """Return the head that a frame carries, once it is known to be signed and to belong there.

    Its offset is left to the caller, since bytes before it may be missing. Raises ValueError saying what is wrong.
    """
    signed = SignedHead.parse(frame.body(data))
    signed.check(key if frame.type == frames.SEAL else key.classical)
    head = signed.head
    if head.chain != frame.previous:
        raise ValueError("what it signed is not what is before it")
    if (head.log, head.size, head.segment) != (log, frame.number, segment):
        raise ValueError("it was signed for another place")
    return head

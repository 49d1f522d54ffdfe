"""Where a log goes on when it is opened: after its newest head, whatever the process before it left behind it.

What follows the newest signed head is the rest of a group whose writing was cut off. Nobody can tell whether those
bytes are that process's or somebody else's, so they do not become records: they are *set aside* in a file of their own,
and a record of the log says so, with their hash.
"""

from __future__ import annotations

import os
import time
import uuid
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from avila import errors
from avila.security.audit import frames
from avila.security.audit.folder import ASIDE_SUFFIX, PENDING_SUFFIX
from avila.security.audit.marks import header_log, signed_head
from avila.security.audit.merkle import Edge
from avila.security.audit.writer import Position

if TYPE_CHECKING:
    from pathlib import Path

    from avila.security.audit.folder import Folder
    from avila.security.audit.signing import PublicKey, Signer

    Repair = dict[str, Any]


def resume(folder: Folder, signer: Signer) -> tuple[Position, list[Repair]]:
    """Return where the log ends, and what had to be repaired; a new log when there is none.

    Raises InvalidKey when it was signed with another secret, CorruptedDatabase when it is damaged so that nobody can
    tell where it ends.
    """
    folder.path.mkdir(mode=0o700, exist_ok=True)
    if not folder.segments() and not folder.head.exists():
        folder.replace(folder.key, f"{signer.public.text}\n".encode())
        folder.sync()
        return _beginning(uuid.uuid4().hex), []
    repairs = _fit_key(folder, signer)
    try:
        signed = folder.read_head()
        signed.check(signer.public)
    except FileNotFoundError:
        repairs.append({"what": "the head file was missing"})
        position = _first(folder)
    except ValueError as error:
        repairs.append({"what": f"the head file was damaged: {error}"})
        position = _first(folder)
    else:
        position = Position.of(signed.head)
    repairs += _Following(folder, signer.public, position).run()
    repairs += [_described(path) for path in folder.pending()]
    return position, repairs


def settle(folder: Folder) -> None:
    """Give the files that were set aside their lasting names, now that records tell of them."""
    for path in folder.pending():
        path.rename(path.with_suffix(ASIDE_SUFFIX))
    folder.sync()


def _beginning(log: str) -> Position:
    return Position(log, Edge(), frames.NOTHING_BEFORE, 0, 0, sealed=True)


def _first(folder: Folder) -> Position:
    """Return the beginning of a log that is there."""
    path = folder.segment(0)
    data = path.read_bytes() if path.exists() else b""
    frame = frames.parse(data, 0)
    log = None if frame is None else _log(frame, data)
    if frame is None or log is None or frame.previous != frames.NOTHING_BEFORE:
        raise _lost(folder, "neither its head file nor its first segment can be read")
    return Position(log, Edge(), frame.hash(data), 0, frame.end, sealed=False)


def _log(frame: frames.Frame, data: bytes) -> str | None:
    try:
        return header_log(frame, data)
    except ValueError:
        return None


def _fit_key(folder: Folder, signer: Signer) -> list[Repair]:
    """Have the signer sign as before; mend the file of the public key when it is not what it was."""
    found = [key for key in (_head_key(folder), _file_key(folder)) if key is not None]
    ours = [key for key in found if key.classical == signer.public.classical]
    if found:
        signer.fit((ours or found)[0])
    text = f"{signer.public.text}\n".encode()
    written = folder.key.read_bytes() if folder.key.exists() else None
    if written == text:
        return []
    folder.replace(folder.key, text)
    return [{"what": f"the file of the public key was {'missing' if written is None else 'another'}"}]


def _head_key(folder: Folder) -> PublicKey | None:
    """Return the key that the head file names; None when it names none, which verify has more to say about."""
    try:
        return folder.read_head().key
    except (FileNotFoundError, ValueError):
        return None


def _file_key(folder: Folder) -> PublicKey | None:
    try:
        return folder.read_key()
    except (FileNotFoundError, ValueError):
        return None


class _Following:
    """One way from a known position to the last whole group behind it."""

    def __init__(self, folder: Folder, key: PublicKey, position: Position) -> None:
        self._folder = folder
        self._key = key
        self._at = position

    def run(self) -> list[Repair]:
        """Move the position; set aside what is behind it."""
        while True:
            path = self._folder.segment(self._at.segment)
            size = path.stat().st_size if path.exists() else -1
            if size < self._at.offset:
                return self._continue_elsewhere(path, size)
            with path.open("rb") as stream:
                stream.seek(self._at.offset)
                data = stream.read()
            base = self._at.offset
            sealed = self._take(data)
            rest = data[self._at.offset - base :]
            if rest:
                self._set_aside(path, rest)
            if not sealed:
                self._refuse_later()
                return []
            if not self._next_segment():
                return []

    def _take(self, data: bytes) -> bool:
        """Move past the whole groups in the data; return whether a seal ended them."""
        at, base, chain = self._at, self._at.offset, self._at.chain
        leaves: list[bytes] = []
        for frame in frames.pieces(data):
            if isinstance(frame, frames.Gap) or frame.previous != chain:
                return False
            if frame.number != at.edge.size + len(leaves):
                return False
            chain = frame.hash(data)
            if frame.type == frames.RECORD:
                leaves.append(chain)
            elif frame.type == frames.SEGMENT:
                return False
            else:
                edge = at.edge.copy()
                edge.extend(leaves)
                if not self._signed(frame, data, edge, base):
                    return False
                at.edge, at.chain, at.offset = edge, chain, base + frame.end
                leaves.clear()
                if frame.type == frames.SEAL:
                    return True
        return False

    def _signed(self, frame: frames.Frame, data: bytes, edge: Edge, base: int) -> bool:
        try:
            head = signed_head(frame, data, self._key, self._at.log, self._at.segment)
        except ValueError:
            return False
        return head.root == edge.root and head.offset == base + frame.start

    def _next_segment(self) -> bool:
        """Go over to the segment after a seal; return whether it was there."""
        at = self._at
        at.sealed = True
        path = self._folder.segment(at.edge.size)
        if path.exists():
            data = path.read_bytes()
            frame = frames.parse(data, 0)
            if frame is not None and frame.previous == at.chain and _log(frame, data) == at.log:
                at.segment, at.offset, at.chain, at.sealed = at.edge.size, frame.end, frame.hash(data), False
                return True
            self._refuse_later(besides=path)
            self._set_aside(path, data)
            path.unlink()
        self._refuse_later()
        return False

    def _continue_elsewhere(self, path: Path, size: int) -> list[Repair]:
        """Begin a new segment where the old one lost its end; what is missing stays missing, and shows."""
        self._refuse_later()
        at = self._at
        at.sealed = True
        if path == self._folder.segment(at.edge.size) and path.exists():
            self._set_aside(path, path.read_bytes())
            path.unlink()
        found = "is missing" if size < 0 else f"has {size} bytes of {at.offset}"
        return [{"what": f"segment {path.name} {found}", "records": at.edge.size}]

    def _refuse_later(self, besides: Path | None = None) -> None:
        """Refuse to go on when there are segments behind the end of the log."""
        last = self._folder.segment(self._at.segment)
        later = [path for path in self._folder.segments() if path > last and path != besides]
        if later:
            raise _lost(self._folder, f"it ends in {last.name}, and there is {later[0].name}")

    def _set_aside(self, path: Path, data: bytes) -> None:
        """Move bytes from the end of a segment to a file of their own."""
        self._refuse_later(besides=path)
        if not data:
            return
        start = path.stat().st_size - len(data)
        name = f"{path.stem}-{start}-{time.time_ns() // 1000}{PENDING_SUFFIX}"
        self._folder.replace(path.with_name(name), data)
        self._folder.sync()
        os.truncate(path, start)


def _described(path: Path) -> Repair:
    data = path.read_bytes()
    records = sum(
        isinstance(piece, frames.Frame) and piece.type == frames.RECORD for piece in frames.pieces(data)
    )
    return {
        "what": "bytes after the last signed head were set aside",
        "file": path.with_suffix(ASIDE_SUFFIX).name,
        "bytes": len(data),
        "records": records,
        "sha256": sha256(data).hexdigest(),
    }


def _lost(folder: Folder, why: str) -> errors.CorruptedDatabase:
    return errors.CorruptedDatabase(
        f"the audit log in {folder.path} cannot be continued: {why}",
        hint="`avila audit verify` names what is wrong. Keep the folder as evidence and move it away; "
        "a new log begins when the database is opened.",
    )

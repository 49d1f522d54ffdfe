"""Proofs from the files of a log, and files of proofs: for somebody who has the public key and not the log.

A proof of a record holds the record, its way up to a signed head, and that head. A proof of consistency holds two
signed heads and shows that the newer tree begins with the older one, so that nothing was changed in between.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from avila import errors
from avila.security.audit import frames
from avila.security.audit.head import SignedHead
from avila.security.audit.proofs import (
    consistency_path,
    inclusion_path,
    verify_consistency,
    verify_inclusion,
)
from avila.security.audit.reading import existing, kept
from avila.security.audit.signing import decode64, encode64

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from avila.security.audit.folder import Folder


@dataclass(frozen=True)
class InclusionProof:
    """That a record is in the log."""

    frame: bytes  # the record as it lies in its segment
    path: Sequence[bytes]
    head: SignedHead

    @property
    def record(self) -> dict[str, Any]:
        """What the record says."""
        fields: dict[str, Any] = json.loads(self.frame[frames.HEADER_BYTES :])
        return fields

    @property
    def number(self) -> int:
        """The record's number."""
        frame = frames.parse(self.frame, 0)
        if frame is None or frame.end != len(self.frame) or frame.type != frames.RECORD:
            raise ValueError("the frame is not that of a record")
        return frame.number

    def check(self, fingerprint: str | None = None) -> None:
        """Check the proof, and that the key with this fingerprint signed it; ValueError saying what is wrong."""
        _check_head(self.head, fingerprint)
        head, leaf = self.head.head, sha256(self.frame).digest()
        if not verify_inclusion(leaf, self.number, head.size, self.path, head.root):
            raise ValueError("the record is not in the tree of the signed head")

    def as_json(self) -> bytes:
        """Return the proof as it is kept in a file."""
        return _file(
            "inclusion",
            number=self.number,
            record=self.record,
            frame=encode64(self.frame),
            path=[node.hex() for node in self.path],
            head=json.loads(self.head.json),
        )


@dataclass(frozen=True)
class ConsistencyProof:
    """That a log goes on from an older state of its own."""

    old: SignedHead
    head: SignedHead
    path: Sequence[bytes]

    def check(self, fingerprint: str | None = None) -> None:
        """Check the proof, and that the key with this fingerprint signed both heads; ValueError as above."""
        _check_head(self.head, fingerprint)
        _check_head(self.old, self.head.key.fingerprint)
        old, new = self.old.head, self.head.head
        if old.log != new.log:
            raise ValueError("the heads are those of two logs")
        if not verify_consistency(old.size, new.size, old.root, new.root, self.path):
            raise ValueError("the newer tree does not begin with the older one")

    def as_json(self) -> bytes:
        """Return the proof as it is kept in a file."""
        return _file(
            "consistency",
            old=json.loads(self.old.json),
            path=[node.hex() for node in self.path],
            head=json.loads(self.head.json),
        )


Proof = InclusionProof | ConsistencyProof
SomeProof = TypeVar("SomeProof", InclusionProof, ConsistencyProof)


def prove(folder: Path, number: int) -> InclusionProof:
    """Prove that a record is in the log under its newest head.

    Raises InvalidParameterValue when no signed head covers such a record, CorruptedDatabase when the log is damaged.
    """
    where = existing(folder)
    head = _head(where)
    if not 0 <= number < head.head.size:
        raise errors.InvalidParameterValue(
            f"there is no record {number} under the newest signed head",
            hint=f"The records are numbered from 0 to {head.head.size - 1}.",
        )
    found: list[bytes] = []
    leaves = _leaves(where, number, found)
    path = _walked(folder, lambda: inclusion_path(leaves, number, head.head.size))
    if not found:  # nothing beside it comes after the last record
        _walked(folder, lambda: list(islice(leaves, 1)))
    return _sound(InclusionProof(found[0], path, head), folder)


def prove_consistency(folder: Path, old: SignedHead) -> ConsistencyProof:
    """Prove that the log goes on from a head that was kept; the same errors."""
    where = existing(folder)
    head = _head(where)
    if not 0 < old.head.size <= head.head.size:
        raise errors.InvalidParameterValue(
            f"the head given is of {old.head.size} records, and the log has {head.head.size}",
            hint="A log that is shorter than a head of it was put back to an earlier state.",
        )
    path = _walked(folder, lambda: consistency_path(_leaves(where), old.head.size, head.head.size))
    return _sound(ConsistencyProof(old, head, path), folder)


def parse_proof(data: bytes) -> Proof:
    """Read a proof from its file; ValueError when it is none. Nothing is checked yet."""
    try:
        given = json.loads(data)
        path = [bytes.fromhex(node) for node in given["path"]]
        head = _parsed_head(given["head"])
        if given["proof"] == "consistency":
            return ConsistencyProof(_parsed_head(given["old"]), head, path)
        proof = InclusionProof(decode64(given["frame"]), path, head)
        if (given["proof"], given["number"], given["record"]) != ("inclusion", proof.number, proof.record):
            raise ValueError("what it shows is not what it proves")
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"this is not a proof: {error!r}") from error
    return proof


def _file(kind: str, **fields: Any) -> bytes:
    return (
        json.dumps({"proof": kind, **fields}, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"
    )


def _parsed_head(fields: dict[str, Any]) -> SignedHead:
    return SignedHead.parse(json.dumps(fields, separators=(",", ":")).encode())


def _check_head(head: SignedHead, fingerprint: str | None) -> None:
    if fingerprint is not None and head.key.fingerprint != fingerprint:
        raise ValueError(f"it is signed with key {head.key.fingerprint}, and not with {fingerprint}")
    head.check(head.key)


def _head(folder: Folder) -> SignedHead:
    try:
        head = folder.read_head()
        head.check(folder.read_key())
    except (FileNotFoundError, ValueError) as error:
        raise _unprovable(folder.path, str(error)) from error
    return head


def _leaves(folder: Folder, wanted: int = -1, found: list[bytes] | None = None) -> Iterator[bytes]:
    """Yield the leaf of every record, and put the frame of the one that is wanted aside."""
    count = 0
    for record in kept(folder):
        if record.body is None:
            continue  # perhaps the head of a group; when it is a record, the next one's number says so
        if record.number != count:
            raise ValueError(f"record {count} is not where it belongs ({record.place})")
        frame = frames.pack(frames.RECORD, count, record.previous, record.body)
        if found is not None and count == wanted:
            found.append(frame)
        yield sha256(frame).digest()
        count += 1


def _walked(folder: Path, walk: Callable[[], list[bytes]]) -> list[bytes]:
    try:
        return walk()
    except ValueError as error:
        raise _unprovable(folder, str(error)) from error


def _sound(proof: SomeProof, folder: Path) -> SomeProof:
    """Return a proof that holds: one from a damaged log does not."""
    try:
        proof.check()
    except ValueError as error:
        raise _unprovable(folder, str(error)) from error
    return proof


def _unprovable(folder: Path, why: str) -> errors.CorruptedDatabase:
    return errors.CorruptedDatabase(
        f"nothing can be proved from the audit log in {folder}: {why}",
        hint="`avila audit verify` names what is wrong with it.",
    )

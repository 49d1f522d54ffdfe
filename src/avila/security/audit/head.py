"""Signed tree heads: how far the log reached at a moment, under the signature of its key.

A head is JSON in one fixed form. Whoever reads one writes it again and compares, so that no byte of it can change
without being noticed, not even one that means nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from avila.security.audit.merkle import Edge
from avila.security.audit.signing import PublicKey, decode64, encode64

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.security.audit.signing import Signer

HASH_BYTES = 32


@dataclass(frozen=True)
class Head:
    """The state of a log. With a secret it is all that is needed to go on from there."""

    log: str  # what tells this log from any other
    size: int  # how many records
    root: bytes  # of the Merkle tree over them
    chain: bytes  # the hash of the last frame before this head
    time_us: int
    segment: int  # the number of the first record of the segment where it stands
    offset: int  # and at which byte
    peaks: tuple[bytes, ...] = ()  # the tree's right edge; left out of the heads of groups

    @property
    def edge(self) -> Edge:
        """The tree, ready to grow."""
        return Edge(self.size, self.peaks)

    @property
    def fields(self) -> dict[str, Any]:
        """The head as JSON takes it, in the order that is signed."""
        return {
            "log": self.log,
            "size": self.size,
            "root": self.root.hex(),
            "chain": self.chain.hex(),
            "time_us": self.time_us,
            "segment": self.segment,
            "offset": self.offset,
            "peaks": [peak.hex() for peak in self.peaks],
        }


@dataclass(frozen=True)
class SignedHead:
    """A head, the public key that signed it, and the signatures."""

    head: Head
    key: PublicKey
    signatures: Mapping[str, bytes]

    @classmethod
    def sign(cls, head: Head, signer: Signer, key: PublicKey) -> SignedHead:
        """Sign a head with the algorithms of ``key``."""
        return cls(head, key, signer.sign(_json(head.fields), key))

    @property
    def json(self) -> bytes:
        """The head as it is kept."""
        return _json(
            {
                **self.head.fields,
                "key": self.key.text,
                "signatures": {name: encode64(value) for name, value in sorted(self.signatures.items())},
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> SignedHead:
        """Read a head as it is kept; ValueError for anything else. Nothing is checked yet."""
        try:
            given = json.loads(data)
            head = Head(
                str(given["log"]), int(given["size"]), _hash(given["root"]), _hash(given["chain"]),
                int(given["time_us"]), int(given["segment"]), int(given["offset"]),
                tuple(_hash(peak) for peak in given["peaks"]),
            )  # fmt: skip
            signatures = {name: decode64(value) for name, value in given["signatures"].items()}
            signed = cls(head, PublicKey.parse(given["key"]), signatures)
            changed = signed.json != data
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise ValueError(f"this is not a signed head: {error}") from error
        if changed:
            raise ValueError("this is not a signed head: it is not written as one")
        return signed

    def check(self, key: PublicKey) -> None:
        """Check that ``key`` signed it, with each of its algorithms; ValueError saying what is wrong."""
        if any(self.key.keys.get(name) != value for name, value in key.keys.items()):
            raise ValueError("it is signed with another key")
        key.verify(_json(self.head.fields), self.signatures)
        if self.head.peaks and self.head.edge.root != self.head.root:
            raise ValueError("its root is not the root of its tree")


def _hash(text: str) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != HASH_BYTES:
        raise ValueError(f"a hash has {HASH_BYTES} bytes")
    return value


def _json(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode("ascii")

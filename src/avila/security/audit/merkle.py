"""The Merkle tree of RFC 6962 over all records, kept as its right edge: the roots of its complete subtrees.

A tree of n leaves has one complete subtree for every bit that is set in n, so the edge is at most 64 hashes, and
appending costs one hash a leaf and less than one more on average.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EMPTY_ROOT = sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf. Frames of records begin with the 0 already; this is for everybody else."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\1" + left + right).digest()


class Edge:
    """The right edge of a growing tree."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Take up a tree where it was left: ``peaks`` as :attr:`peaks` returned them.

        Raises ValueError when they are not as many as a tree of that size has.
        """
        if size < 0 or size.bit_count() != len(peaks):
            raise ValueError(f"a tree of {size} leaves does not have {len(peaks)} complete subtrees")
        given = iter(peaks)
        self.size = size
        self._peaks: list[bytes | None] = [
            next(given) if size >> level & 1 else None for level in range(size.bit_length())
        ]

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The roots of the complete subtrees, the smallest first."""
        return tuple(peak for peak in self._peaks if peak is not None)

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        smallest, *larger = self.peaks or (EMPTY_ROOT,)
        root = smallest
        for peak in larger:
            root = node_hash(peak, root)
        return root

    def copy(self) -> Edge:
        """Return an edge that grows by itself."""
        return Edge(self.size, self.peaks)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes, a level at a time."""
        nodes = list(leaves)
        self.size += len(nodes)
        peaks, level, digest = self._peaks, 0, sha256
        while nodes:
            if level == len(peaks):
                peaks.append(None)
            waiting = peaks[level]
            if waiting is not None:
                nodes.insert(0, waiting)
            peaks[level] = nodes.pop() if len(nodes) % 2 else None
            pairs = iter(nodes)
            nodes = [digest(b"\1" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
            level += 1

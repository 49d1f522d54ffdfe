"""Proofs over the tree: that a record is in it, and that a later tree goes on from an earlier one (RFC 6962, 2.1).

A proof is the roots of a few subtrees that cover all leaves side by side. So it is made in one pass over the leaves,
each counted to the subtree it lies in, with the right edge of one subtree in memory and never the whole tree.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from avila.security.audit.merkle import Edge, node_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Span = tuple[int, int]  # of leaves: the first, and the one after the last

_AT_A_TIME = 65_536


def inclusion_path(leaves: Iterable[bytes], number: int, size: int) -> list[bytes]:
    """Return the audit path of a leaf in the tree of the first ``size`` leaves.

    Raises ValueError when there is no such leaf, or there are fewer leaves.
    """
    if not 0 <= number < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {number}")
    return _roots(leaves, _siblings(number, 0, size))


def consistency_path(leaves: Iterable[bytes], old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of ``new`` leaves begins with that of ``old``; the same errors."""
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} leaves does not go on from one of {old}")
    return _roots(leaves, _shared(old, 0, new, whole=True))


def verify_inclusion(leaf: bytes, number: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf is in the tree that has this size and root."""
    if not 0 <= number < size:
        return False
    index, last, found = number, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node_hash(sibling, found)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of the new size and root goes on from that of the old ones."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new or not path:
        return False
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    index, last = old - 1, new - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    found_old = found_new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            found_old, found_new = node_hash(sibling, found_old), node_hash(sibling, found_new)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found_new = node_hash(found_new, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root


def _siblings(number: int, start: int, end: int) -> list[Span]:
    """Return the subtrees beside the way from a leaf up to the root, the nearest first."""
    if end - start == 1:
        return []
    middle = start + _left_size(end - start)
    if number < middle:
        return [*_siblings(number, start, middle), (middle, end)]
    return [*_siblings(number, middle, end), (start, middle)]


def _shared(old: int, start: int, end: int, *, whole: bool) -> list[Span]:
    """Return the subtrees that prove that ``end`` goes on from ``old``; SUBPROOF of the RFC."""
    if old == end:
        return [] if whole else [(start, end)]
    middle = start + _left_size(end - start)
    if old <= middle:
        return [*_shared(old, start, middle, whole=whole), (middle, end)]
    return [*_shared(old, middle, end, whole=False), (start, middle)]


def _left_size(size: int) -> int:
    """Return the largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


def _roots(leaves: Iterable[bytes], spans: Sequence[Span]) -> list[bytes]:
    """Return the root of each span, in one pass over the leaves."""
    roots: dict[Span, bytes] = {}
    stream, position = iter(leaves), 0
    for start, end in sorted(spans):
        for _ in islice(stream, start - position):
            position += 1
        edge = Edge()
        while position < end:
            part = list(islice(stream, min(_AT_A_TIME, end - position)))
            if not part:
                raise ValueError(f"there are {position} leaves, and not {end}")
            edge.extend(part)
            position += len(part)
        roots[start, end] = edge.root
    return [roots[span] for span in spans]

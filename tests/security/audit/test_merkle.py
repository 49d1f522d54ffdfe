"""The tree and its proofs are those of RFC 6962."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avila.security.audit.merkle import EMPTY_ROOT, Edge, leaf_hash
from avila.security.audit.proofs import (
    consistency_path,
    inclusion_path,
    verify_consistency,
    verify_inclusion,
)

# The reference leaves of Certificate Transparency and the roots of the trees over the first n of them.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes.fromhex(text)) for text in INPUTS]
PATH_OF_0_IN_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
FROM_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]

leaves = st.lists(st.integers(0, 2**16), min_size=1, max_size=70).map(
    lambda numbers: [leaf_hash(str(number).encode()) for number in numbers]
)


def reference(nodes: list[bytes]) -> bytes:
    """MTH of the RFC, word for word."""
    if not nodes:
        return sha256().digest()
    if len(nodes) == 1:
        return nodes[0]
    k = 1
    while k * 2 < len(nodes):
        k *= 2
    return sha256(b"\1" + reference(nodes[:k]) + reference(nodes[k:])).digest()


def grown(nodes: list[bytes]) -> Edge:
    edge = Edge()
    edge.extend(nodes)
    return edge


@pytest.mark.parametrize("size", range(9))
def test_roots_of_the_reference_leaves(size: int) -> None:
    assert grown(LEAVES[:size]).root.hex() == ROOTS[size]


def test_paths_of_the_reference_leaves() -> None:
    assert [node.hex() for node in inclusion_path(LEAVES, 0, 8)] == PATH_OF_0_IN_8
    assert [node.hex() for node in consistency_path(LEAVES, 6, 8)] == FROM_6_TO_8


@given(leaves, st.data())
def test_growing_in_parts_is_the_same_tree(nodes: list[bytes], data: st.DataObject) -> None:
    edge = Edge()
    while edge.size < len(nodes):
        step = data.draw(st.integers(1, len(nodes) - edge.size))
        edge.extend(nodes[edge.size : edge.size + step])
        assert edge.root == reference(nodes[: edge.size])
        edge = Edge(edge.size, edge.peaks)  # as if taken up again from a head


@given(leaves, st.data())
def test_every_leaf_is_proved_and_nothing_else(nodes: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(nodes)))
    number = data.draw(st.integers(0, size - 1))
    path, root = inclusion_path(nodes, number, size), reference(nodes[:size])
    assert verify_inclusion(nodes[number], number, size, path, root)
    assert not verify_inclusion(leaf_hash(b"another"), number, size, path, root)
    assert not verify_inclusion(nodes[number], number, size, [*path, root], root)
    assert not verify_inclusion(nodes[number], size, size, path, root)
    if path:
        assert not verify_inclusion(nodes[number], number, size, path[:-1], root)
        place = data.draw(st.integers(0, len(path) - 1))
        wrong = [*path[:place], leaf_hash(path[place]), *path[place + 1 :]]
        assert not verify_inclusion(nodes[number], number, size, wrong, root)


@given(leaves, st.data())
def test_every_earlier_tree_is_consistent_and_no_other(nodes: list[bytes], data: st.DataObject) -> None:
    new = data.draw(st.integers(1, len(nodes)))
    old = data.draw(st.integers(1, new))
    path = consistency_path(nodes, old, new)
    roots = reference(nodes[:old]), reference(nodes[:new])
    assert verify_consistency(old, new, *roots, path)
    assert not verify_consistency(old, new, leaf_hash(roots[0]), roots[1], path)
    assert not verify_consistency(old, new, roots[0], leaf_hash(roots[1]), path)
    assert not verify_consistency(old, new, *roots, [*path, roots[0]])
    if path:
        assert not verify_consistency(old, new, *roots, path[:-1])


def test_an_edge_has_as_many_peaks_as_its_size_has_bits() -> None:
    with pytest.raises(ValueError, match="3 leaves"):
        Edge(3, [EMPTY_ROOT])
    with pytest.raises(ValueError, match="no leaf 8"):
        inclusion_path(LEAVES, 8, 8)
    with pytest.raises(ValueError, match="8 leaves, and not 9"):
        inclusion_path(LEAVES, 0, 9)
    with pytest.raises(ValueError, match="does not go on"):
        consistency_path(LEAVES, 9, 8)

"""The tree of RFC 6962: the published vectors, and what two other implementations make of our roots and proofs."""

from __future__ import annotations

import base64
import json
import pathlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from covertops.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofError,
    Segments,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.judges.golang import GoJudge, Refused
from tests.ledger.samples import make_frontier

VECTORS: dict[str, Any] = json.loads((pathlib.Path(__file__).parents[1] / "vectors/merkle.json").read_text())
SIZES = (*range(1, 18), 31, 32, 33, 64, 100)


def data_of(size: int) -> list[bytes]:
    return [f"leaf {place}".encode() for place in range(size)]


def tree_of(size: int) -> Tree:
    return Tree([leaf_hash(data) for data in data_of(size)])


def unpack(vector: dict[str, Any], name: str) -> bytes:
    return base64.b64decode(vector.get(name) or "")


def unpack_proof(vector: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(one) for one in vector.get("proof") or ()]


def check_vector(vector: dict[str, Any], verify: Callable[[], None]) -> None:
    if vector.get("wantErr", False):
        with pytest.raises(ProofError):
            verify()
    else:
        verify()


def test_the_vectors_are_all_there_and_name_their_source() -> None:
    assert "transparency-dev/merkle" in VECTORS["source"]
    assert (len(VECTORS["inclusion"]), len(VECTORS["consistency"])) == (98, 98)


@pytest.mark.parametrize("name", sorted(VECTORS["inclusion"]))
def test_a_published_inclusion_vector_has_its_published_outcome(name: str) -> None:
    vector = VECTORS["inclusion"][name]
    index, size = vector.get("leafIdx", 0), vector.get("treeSize", 0)
    leaf, root = unpack(vector, "leafHash"), unpack(vector, "root")
    check_vector(vector, lambda: verify_inclusion(leaf, index, size, unpack_proof(vector), root))


@pytest.mark.parametrize("name", sorted(VECTORS["consistency"]))
def test_a_published_consistency_vector_has_its_published_outcome(name: str) -> None:
    vector = VECTORS["consistency"][name]
    old, new = vector.get("size1", 0), vector.get("size2", 0)
    roots = unpack(vector, "root1"), unpack(vector, "root2")
    check_vector(vector, lambda: verify_consistency(old, new, *roots, unpack_proof(vector)))


def test_the_root_of_no_leaves_is_the_hash_of_nothing() -> None:
    assert Tree([]).root() == tree_of(3).root(0) == Frontier().root() == Segments().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", SIZES)
def test_roots_equal_those_of_pymerkle_and_go(go: GoJudge, size: int) -> None:
    theirs = InmemoryTree(algorithm="sha256")
    for data in data_of(size):
        theirs.append_entry(data)
    root = tree_of(size).root()
    assert root == theirs.get_root()
    assert root == go.root(data_of(size))
    assert root == tree_of(100).root(size)


@pytest.mark.parametrize("size", SIZES)
def test_a_frontier_and_segments_grow_to_the_root_of_the_tree(size: int) -> None:
    segments = Segments()
    for data in data_of(size):
        segments.add(data)
    assert make_frontier([leaf_hash(data) for data in data_of(size)]).root() == segments.root() == tree_of(size).root()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 21])
def test_proofs_equal_those_that_go_makes(go: GoJudge, size: int) -> None:
    tree = tree_of(21)
    for index in range(size):
        proofs = go.proofs(data_of(21), index, index + 1, size)
        assert proofs == (tree.inclusion(index, size), tree.consistency(index + 1, size))


@pytest.mark.parametrize("size", SIZES)
def test_every_inclusion_proof_verifies_here_and_in_go(go: GoJudge, size: int) -> None:
    tree, root = tree_of(size), tree_of(size).root()
    for index, data in enumerate(data_of(size)):
        verify_inclusion(leaf_hash(data), index, size, tree.inclusion(index), root)
        go.check_inclusion(leaf_hash(data), index, size, tree.inclusion(index), root)


@pytest.mark.parametrize("size", SIZES)
def test_every_consistency_proof_verifies_here_and_in_go(go: GoJudge, size: int) -> None:
    tree = tree_of(size)
    for old in range(1, size + 1):
        proof = tree.consistency(old)
        verify_consistency(old, size, tree.root(old), tree.root(), proof)
        go.check_consistency(old, size, tree.root(old), tree.root(), proof)


@given(st.integers(1, 40), st.data())
def test_a_changed_inclusion_proof_is_refused_here_and_in_go(go: GoJudge, size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    good = [index, size, tree_of(size).inclusion(index), leaf_hash(data_of(size)[index]), tree_of(size).root()]
    index, size, proof, leaf, root = change(good, data)
    with pytest.raises(ProofError):
        verify_inclusion(leaf, index, size, proof, root)
    with pytest.raises(Refused):
        go.check_inclusion(leaf, index, size, proof, root)


@given(st.integers(2, 40), st.data())
def test_a_changed_consistency_proof_is_refused_here_and_in_go(go: GoJudge, new: int, data: st.DataObject) -> None:
    old, tree = data.draw(st.integers(1, new - 1)), tree_of(new)
    good = [old, new, tree.consistency(old), tree.root(old), tree.root()]
    old, new, proof, old_root, new_root = change(good, data)
    with pytest.raises(ProofError):
        verify_consistency(old, new, old_root, new_root, proof)
    with pytest.raises(Refused):
        go.check_consistency(old, new, old_root, new_root, proof)


def change(good: list[Any], data: st.DataObject) -> list[Any]:
    """One of: another hash, a bit turned, a hash dropped, repeated or added, two hashes exchanged."""
    place = data.draw(st.integers(2, 4))
    if place > 2:
        good[place] = turned(good[place], data)
        return good
    proof = list(good[2])
    at = data.draw(st.integers(0, len(proof)))
    if at == len(proof):
        proof.append(data.draw(st.binary(min_size=32, max_size=32)))
    else:
        how = data.draw(st.sampled_from(["turn", "drop", "repeat"]))
        proof[at : at + 1] = {"turn": [turned(proof[at], data)], "drop": [], "repeat": [proof[at]] * 2}[how]
    good[2] = proof
    return good


def turned(value: bytes, data: st.DataObject) -> bytes:
    bit = data.draw(st.integers(0, 255))
    return (int.from_bytes(value, "big") ^ 1 << bit).to_bytes(32, "big")


def test_a_leaf_is_never_taken_for_a_node() -> None:
    tree = tree_of(2)
    forged = tree.inclusion(1)[0] + tree.inclusion(0)[0]
    assert leaf_hash(forged) != node_hash(forged[:32], forged[32:]) == tree.root()


def check_inclusion_of(**changed: Any) -> None:
    tree = tree_of(5)
    good: dict[str, Any] = {
        "leaf": leaf_hash(b"leaf 3"),
        "index": 3,
        "size": 5,
        "proof": tree.inclusion(3),
        "root": tree.root(),
    }
    verify_inclusion(**(good | changed))


def check_consistency_of(**changed: Any) -> None:
    tree = tree_of(7)
    good: dict[str, Any] = {
        "old": 3,
        "new": 7,
        "old_root": tree.root(3),
        "new_root": tree.root(),
        "proof": tree.consistency(3),
    }
    verify_consistency(**(good | changed))


HASH = b"\x00" * 32
REFUSED_PROOFS: list[tuple[str, Callable[[], object], str]] = [
    ("an index beyond the tree", lambda: check_inclusion_of(index=5), "no leaf 5 in a tree of 5"),
    ("an index before the tree", lambda: check_inclusion_of(index=-1), "no leaf -1"),
    ("a leaf of an empty tree", lambda: check_inclusion_of(index=0, size=0, proof=[], root=EMPTY_ROOT), "no leaf 0"),
    ("another index", lambda: check_inclusion_of(index=2), "leads to root"),
    ("another size", lambda: check_inclusion_of(size=9), "fewer than a tree of 9"),
    ("a smaller size", lambda: check_inclusion_of(size=4), "more than a tree of 4"),
    ("another root", lambda: check_inclusion_of(root=HASH), "leads to root"),
    ("a root of no bytes", lambda: check_inclusion_of(root=b""), "leads to root"),
    ("a leaf of no bytes", lambda: check_inclusion_of(leaf=b""), "32 bytes each, found 0"),
    ("no hashes", lambda: check_inclusion_of(proof=[]), "has 0 hashes, fewer"),
    ("too many hashes", lambda: check_inclusion_of(proof=[HASH] * 4), "has 4 hashes, more"),
    ("a short hash", lambda: check_inclusion_of(proof=[b"\x00" * 31]), "32 bytes each, found 31"),
    ("from nothing", lambda: check_consistency_of(old=0, old_root=EMPTY_ROOT), "from 0 leaves to 7"),
    ("from less than nothing", lambda: check_consistency_of(old=-1), "from -1 leaves"),
    ("backwards", lambda: check_consistency_of(old=8), "from 8 leaves to 7"),
    ("to itself with hashes", lambda: check_consistency_of(old=7, old_root=tree_of(7).root()), "need no proof"),
    ("to another of its size", lambda: check_consistency_of(old=7, proof=[]), "two trees of one size have roots"),
    ("with no hashes", lambda: check_consistency_of(proof=[]), "the proof is empty"),
    ("with no hashes, from a full tree", lambda: check_consistency_of(old=4, proof=[]), "the proof is empty"),
    ("with too many hashes", lambda: check_consistency_of(proof=[*tree_of(7).consistency(3), HASH]), "more than"),
    ("with too few hashes", lambda: check_consistency_of(proof=tree_of(7).consistency(3)[:-1]), "fewer than"),
    ("with a short hash", lambda: check_consistency_of(proof=[b""]), "32 bytes each, found 0"),
    ("from another root", lambda: check_consistency_of(old_root=HASH), "leads to old root"),
    ("to another root", lambda: check_consistency_of(new_root=HASH), "leads to new root"),
    ("made beyond the tree", lambda: tree_of(3).inclusion(3), "no leaf 3 in a tree of 3"),
    ("made before the tree", lambda: tree_of(3).inclusion(-1), "no leaf -1"),
    ("made for a larger tree", lambda: tree_of(3).inclusion(0, 4), "3 leaves has no first 4"),
    ("made of a root beyond the tree", lambda: tree_of(3).root(4), "3 leaves has no first 4"),
    ("made of a root before the tree", lambda: tree_of(3).root(-1), "3 leaves has no first -1"),
    ("made from nothing", lambda: tree_of(3).consistency(0), "from 0 leaves to 3"),
    ("made backwards", lambda: tree_of(3).consistency(3, 2), "from 3 leaves to 2"),
    ("made to a larger tree", lambda: tree_of(3).consistency(1, 4), "3 leaves has no first 4"),
]


@pytest.mark.parametrize(("prove", "why"), [pytest.param(*rest, id=name) for name, *rest in REFUSED_PROOFS])
def test_a_proof_that_shows_nothing_is_refused(prove: Callable[[], object], why: str) -> None:
    with pytest.raises(ProofError, match=why):
        prove()


@given(st.integers(0, 70))
def test_a_frontier_is_read_back_from_its_bytes(size: int) -> None:
    frontier = make_frontier([leaf_hash(data) for data in data_of(size)])
    assert Frontier.from_bytes(frontier.to_bytes()) == frontier


REFUSED_FRONTIERS: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "8 bytes and whole hashes, found 0"),
    ("half a size", b"\x00" * 4, "found 4 bytes"),
    ("a size without its hash", (1).to_bytes(8, "big"), "1 leaves cannot have 0 hashes"),
    ("a hash too many", (4).to_bytes(8, "big") + HASH * 2, "4 leaves cannot have 2 hashes"),
    ("half a hash", (1).to_bytes(8, "big") + HASH[:16], "found 24 bytes"),
    ("a hash of no leaves", (0).to_bytes(8, "big") + HASH, "0 leaves cannot have 1 hashes"),
]


@pytest.mark.parametrize(("data", "why"), [pytest.param(*rest, id=name) for name, *rest in REFUSED_FRONTIERS])
def test_bytes_that_are_no_frontier_are_refused(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Frontier.from_bytes(data)


def test_a_frontier_or_tree_of_hashes_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 leaves cannot have"):
        Frontier(-1, (HASH,))
    with pytest.raises(ValueError, match="32 bytes each"):
        Frontier(1, (b"short",))
    with pytest.raises(ValueError, match="32 bytes each"):
        Frontier().append(b"short")
    with pytest.raises(ValueError, match="32 bytes each"):
        Tree([b"short"])

"""The Merkle tree of RFC 6962 and RFC 9162 over SHA-256: roots, proofs and their verification.

A tree of `size` leaves has one root. An inclusion proof shows that a leaf stands at an index below a root, a
consistency proof that an older tree is the beginning of a newer one. Hashes are 32 bytes, indexes count from 0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""The root of a tree without leaves (RFC 9162, section 2.1.1)."""


class ProofError(ValueError):
    """A proof that does not show what it is said to show, or one that was asked for and cannot exist."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """All that a log needs to grow: the size of its tree and the roots of its full subtrees, largest first.

    There is one such root for every 1 in the binary writing of the size. Raises ValueError for any other number.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"a frontier of {self.size} leaves cannot have {len(self.hashes)} hashes")
        if any(len(one) != HASH_SIZE for one in self.hashes):
            raise ValueError(f"a frontier's hashes must be {HASH_SIZE} bytes each")

    def append(self, leaf: bytes) -> Frontier:
        """The frontier after one more leaf, given by its leaf hash."""
        hashes, merged, size = list(self.hashes), leaf, self.size
        while size & 1:
            merged = node_hash(hashes.pop(), merged)
            size >>= 1
        return Frontier(self.size + 1, (*hashes, merged))

    def root(self) -> bytes:
        """The root of the whole tree."""
        if not self.hashes:
            return EMPTY_ROOT
        *left, root = self.hashes
        for one in reversed(left):
            root = node_hash(one, root)
        return root

    def to_bytes(self) -> bytes:
        """The size as eight bytes (most significant first), then the hashes."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, data: bytes) -> Frontier:
        """The inverse of :meth:`to_bytes`; raise ValueError for anything else."""
        if len(data) % HASH_SIZE != 8:
            raise ValueError(f"a frontier is 8 bytes and whole hashes, found {len(data)} bytes")
        hashes = tuple(data[start : start + HASH_SIZE] for start in range(8, len(data), HASH_SIZE))
        return cls(int.from_bytes(data[:8], "big"), hashes)


class Segments:
    """The root over the segments of a file, added one after another as the file is read."""

    def __init__(self) -> None:
        self._frontier = Frontier()

    def add(self, segment: bytes | bytearray | memoryview) -> None:
        """Add the next segment's bytes, which may be memory that is used again afterwards."""
        # As `leaf_hash`, but a segment is large: it is not copied only to stand behind one byte.
        leaf = hashlib.sha256(b"\x00")
        leaf.update(segment)
        self._frontier = self._frontier.append(leaf.digest())

    def root(self) -> bytes:
        """The root over the segments added so far."""
        return self._frontier.root()


class Tree:
    """A whole tree, built once from its leaf hashes; every root and proof of it then takes a logarithm of its size."""

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        level = list(leaf_hashes)
        if any(len(one) != HASH_SIZE for one in level):
            raise ValueError(f"leaf hashes must be {HASH_SIZE} bytes each")
        self._levels = [level]
        """Level k holds the roots of the full subtrees of 2^k leaves."""
        while len(level) > 1:
            level = [node_hash(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
            self._levels.append(level)

    def __len__(self) -> int:
        return len(self._levels[0])

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves (of all when None); raise ProofError beyond the tree."""
        size = self._size(size)
        return self._subtree(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The inclusion proof of the leaf at `index` in the first `size` leaves (RFC 9162, section 2.1.3.1)."""
        size = self._size(size)
        if not 0 <= index < size:
            raise ProofError(f"there is no leaf {index} in a tree of {size} leaves")
        proof: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._subtree(middle, end))
                end = middle
            else:
                proof.append(self._subtree(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """The proof that the first `old` leaves begin the first `new` leaves (RFC 9162, section 2.1.4.1)."""
        new = self._size(new)
        if not 1 <= old <= new:
            raise ProofError(f"there is no consistency proof from {old} leaves to {new}")
        proof: list[bytes] = []
        start, end = 0, new
        while end != old:
            middle = start + _split(end - start)
            if old <= middle:
                proof.append(self._subtree(middle, end))
                end = middle
            else:
                proof.append(self._subtree(start, middle))
                start = middle
        # The verifier holds the old root; a subtree that is not the whole old tree must be told.
        return ([self._subtree(start, end)] if start else []) + proof[::-1]

    def _size(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if not 0 <= size <= len(self):
            raise ProofError(f"a tree of {len(self)} leaves has no first {size}")
        return size

    def _subtree(self, start: int, end: int) -> bytes:
        """The root of the leaves from `start` up to `end`, where `start` is a multiple of the next power of two."""
        width = end - start
        if width.bit_count() == 1:
            level = width.bit_length() - 1
            return self._levels[level][start >> level]
        middle = start + _split(width)
        return node_hash(self._subtree(start, middle), self._subtree(middle, end))


def _split(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << (width - 1).bit_length() - 1


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash stands at `index` of the tree of `size` leaves with this root; raise ProofError if not.

    RFC 9162, section 2.1.3.2; the numbers are the steps there.
    """
    _check_sizes(leaf, *proof)
    if not 0 <= index < size:  # 1
        raise ProofError(f"there is no leaf {index} in a tree of {size} leaves")
    place, last, computed = index, size - 1, leaf  # 2, 3
    for sibling in proof:  # 4
        if last == 0:
            raise ProofError(f"the proof has {len(proof)} hashes, more than a tree of {size} leaves allows")
        if place & 1 or place == last:
            computed = node_hash(sibling, computed)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:  # 5
        raise ProofError(f"the proof has {len(proof)} hashes, fewer than a tree of {size} leaves needs")
    if computed != root:
        raise ProofError(f"the proof leads to root {computed.hex()}, expected {root.hex()}")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `old` leaves begins the tree of `new` leaves; raise ProofError if that is not shown.

    RFC 9162, section 2.1.4.2; the numbers are the steps there. A tree without leaves begins every tree, so no proof
    could show anything: it is refused, and the caller must not ask.
    """
    _check_sizes(*proof)
    if not 1 <= old <= new:
        raise ProofError(f"there is no consistency proof from {old} leaves to {new}")
    if old == new:
        _check_unchanged(old_root, new_root, proof)
        return
    if not proof:  # 1
        raise ProofError(f"the proof is empty, which shows nothing about trees of {old} and {new} leaves")
    path = [old_root, *proof] if old.bit_count() == 1 else proof  # 2
    place, last = old - 1, new - 1  # 3
    while place & 1:  # 4
        place, last = place >> 1, last >> 1
    computed_old = computed_new = path[0]  # 5
    for sibling in path[1:]:  # 6
        if last == 0:
            raise ProofError(f"the proof has {len(proof)} hashes, more than these trees allow")
        if place & 1 or place == last:
            computed_old = node_hash(sibling, computed_old)
            computed_new = node_hash(sibling, computed_new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            computed_new = node_hash(computed_new, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:  # 7
        raise ProofError(f"the proof has {len(proof)} hashes, fewer than these trees need")
    if computed_old != old_root:
        raise ProofError(f"the proof leads to old root {computed_old.hex()}, expected {old_root.hex()}")
    if computed_new != new_root:
        raise ProofError(f"the proof leads to new root {computed_new.hex()}, expected {new_root.hex()}")


def _check_unchanged(old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise ProofError(f"two trees of one size need no proof, found {len(proof)} hashes")
    if old_root != new_root:
        raise ProofError(f"two trees of one size have roots {old_root.hex()} and {new_root.hex()}")


def _check_sizes(*hashes: bytes) -> None:
    for one in hashes:
        if len(one) != HASH_SIZE:
            raise ProofError(f"hashes must be {HASH_SIZE} bytes each, found {len(one)}")

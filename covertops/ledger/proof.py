"""Proofs that an entry is in the log: one text that holds all a verifier needs besides the log's key (C2SP tlog-proof).

    c2sp.org/tlog-proof@v1
    index 1
    HN3...=                 the inclusion proof, one hash a line, the leaf's sibling first
                            an empty line
    example.gov/covert      the checkpoint, as it was signed
    ...

Such a text is a file ``.tlog-proof`` of a package; other people's tools read it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from covertops.ledger.checkpoint import Checkpoint, open_checkpoint
from covertops.ledger.forms import from_base64, read_count, to_base64
from covertops.ledger.merkle import HASH_SIZE, ProofError, verify_inclusion

MAGIC: Final = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Proof:
    """A proof as it was read: nothing in it is verified. `note` is the checkpoint's text with its signatures.

    `extra` is data that a log may add (ours adds none); it is not authenticated and must not be trusted.
    """

    index: int
    hashes: tuple[bytes, ...]
    note: str
    extra: bytes = b""


def write_proof(index: int, hashes: Sequence[bytes], note: str) -> str:
    """The proof as text: the entry's index, its inclusion proof in the tree of the checkpoint, and the checkpoint."""
    lines = [MAGIC, f"index {index}", *(to_base64(one) for one in hashes)]
    return "\n".join(lines) + "\n\n" + note


def read_proof(text: str) -> Proof:
    """What a proof says, unverified; raise ProofError for one that is not written as C2SP tlog-proof asks."""
    head, separator, note = text.partition("\n\n")
    magic, *lines = head.split("\n")
    if magic != MAGIC:
        raise ProofError(f"a proof begins with {MAGIC!r}, found {magic[:40]!r}")
    if not separator:
        raise ProofError("a proof holds an empty line and then a checkpoint, found neither")
    extra = _after("extra ", lines.pop(0)) if lines and lines[0].startswith("extra ") else None
    if not lines:
        raise ProofError("a proof says the entry's index, found none")
    try:
        return Proof(
            index=read_count(_after("index ", lines[0])),
            hashes=tuple(_hash(line) for line in lines[1:]),
            note=note,
            extra=from_base64(extra) if extra is not None else b"",
        )
    except ValueError as error:
        raise ProofError(f"the proof is malformed: {error}") from error


def verify_proof(text: str, leaf_hash: bytes, vkey: str) -> Checkpoint:
    """Check that the leaf is in the log that `vkey` signs for, and return the checkpoint it is proved against.

    Raises BadCheckpoint where the log's signature is missing or wrong, ProofError where the proof does not lead to the
    signed root. Whether the leaf stands at the right index is the caller's to compare: see :func:`read_proof`.
    """
    proof = read_proof(text)
    checkpoint = open_checkpoint(proof.note, vkey)
    verify_inclusion(leaf_hash, proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return checkpoint


def _after(word: str, line: str) -> str:
    if not line.startswith(word):
        raise ProofError(f"expected a line with {word.strip()!r}, found {line[:40]!r}")
    return line.removeprefix(word)


def _hash(line: str) -> bytes:
    data = from_base64(line)
    if len(data) != HASH_SIZE:
        raise ProofError(f"a proof's hashes must be {HASH_SIZE} bytes each, found {len(data)}")
    return data

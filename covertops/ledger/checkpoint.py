"""Checkpoints: the size and root of the log at one moment, signed (C2SP tlog-checkpoint in a C2SP signed-note).

    example.gov/covert                                  the log's origin, which is also the name of its key
    3                                                   how many entries it has
    pLxP2Mrsb9yvL1LyNLT6jSnzGNQvRNcvYQrUPGRHEfE=        the root of its Merkle tree
                                                        an empty line ends the signed text
    — example.gov/covert EqYA0BwP...                    the key's id and its Ed25519 signature

Others may sign the same text below (witnesses do); who knows only the log's key ignores their lines. Narrower than the
standard: the origin must be the key's name, and the text has no extension lines, because no reader would know them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from covertops.ledger.forms import from_base64, is_count, is_origin, read_count, to_base64
from covertops.ledger.merkle import HASH_SIZE

ED25519: Final = b"\x01"
"""The signature type of Ed25519 in a signed note."""

MOST_SIGNATURES: Final = 64
_KEY_SIZE: Final = 32
_DASH: Final = "— "
# Any key's name: no space, plus or control character (C2SP signed-note), and nothing that UTF-8 cannot hold.
_KEY_NAME: Final = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")


class BadCheckpoint(ValueError):
    """A checkpoint or key that is not written as the standard says, or a signature that is missing or wrong."""


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself at one moment: its origin, its number of entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not is_origin(self.origin):
            raise BadCheckpoint(f"origin: expected printable ASCII without space and plus, found {self.origin!r}")
        if not is_count(self.size, 0):
            raise BadCheckpoint(f"size: expected a whole number from 0, found {self.size!r}")
        if len(self.root) != HASH_SIZE:
            raise BadCheckpoint(f"root: expected {HASH_SIZE} bytes, found {len(self.root)}")

    def text(self) -> str:
        """The text that is signed: three lines."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


def sign(checkpoint: Checkpoint, private: Ed25519PrivateKey) -> str:
    """The checkpoint as a note signed by the log's key, whose name is the origin."""
    text = checkpoint.text()
    key_id = _id_of(checkpoint.origin, private)
    return f"{text}\n{_DASH}{checkpoint.origin} {to_base64(key_id + private.sign(text.encode()))}\n"


@lru_cache(maxsize=16)
def _id_of(origin: str, private: Ed25519PrivateKey) -> bytes:
    return _key_id(origin, _raw(private.public_key()))


def verifier_key(origin: str, public: Ed25519PublicKey) -> str:
    """The log's public key as a line of text, ``name+id+key``, as C2SP signed-note and Go's sumdb/note write it."""
    if not is_origin(origin):
        raise BadCheckpoint(f"origin: expected printable ASCII without space and plus, found {origin!r}")
    raw = _raw(public)
    return f"{origin}+{_key_id(origin, raw).hex()}+{to_base64(ED25519 + raw)}"


def fingerprint(public: Ed25519PublicKey) -> str:
    """SHA-256 of the raw key as 64 hexadecimal digits: what is printed and read aloud."""
    return hashlib.sha256(_raw(public)).hexdigest()


def open_checkpoint(note: str, vkey: str) -> Checkpoint:
    """The checkpoint in a note that the owner of `vkey` signed; raise BadCheckpoint for any other.

    1. The key is a verifier key of Ed25519 whose id fits its name and bytes.
    2. The note is a checkpoint of the log with that name.
    3. Every signature under the key's name and id is right, and there is one at least. Others are ignored.
    """
    name, key_id, public = _open_key(vkey)  # 1
    checkpoint, signatures = _read_note(note)  # 2
    if checkpoint.origin != name:
        raise BadCheckpoint(f"this is a checkpoint of {checkpoint.origin}, expected one of {name}")
    signed = [rest for signer, signer_id, rest in signatures if (signer, signer_id) == (name, key_id)]  # 3
    if not signed:
        raise BadCheckpoint(f"the checkpoint is not signed by {name}+{key_id.hex()}")
    for signature in signed:
        try:
            public.verify(signature, checkpoint.text().encode())
        except InvalidSignature:
            raise BadCheckpoint(f"the signature of {name}+{key_id.hex()} is wrong") from None
    return checkpoint


def read_unverified(note: str) -> Checkpoint:
    """What a note claims to be the checkpoint of, whoever signed it; raise BadCheckpoint for one that is malformed."""
    return _read_note(note)[0]


def _raw(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes_raw()


def _key_id(name: str, raw: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + raw).digest()[:4]


def _open_key(vkey: str) -> tuple[str, bytes, Ed25519PublicKey]:
    """A verifier key's name, id and key. Base64 may hold a plus, the name may not."""
    name, _, rest = vkey.partition("+")
    written_id, _, encoded = rest.partition("+")
    try:
        key = from_base64(encoded)
    except ValueError as error:
        raise BadCheckpoint(f"the verifier key is malformed: {error}") from error
    if not is_origin(name) or len(key) != 1 + _KEY_SIZE or not key.startswith(ED25519):
        raise BadCheckpoint("the verifier key is malformed: expected name+id+key with a key of Ed25519")
    key_id = _key_id(name, key[1:])
    if written_id != key_id.hex():
        raise BadCheckpoint(f"the verifier key's id is {written_id[:40]!r}, expected {key_id.hex()!r}")
    return name, key_id, Ed25519PublicKey.from_public_bytes(key[1:])


def _read_note(note: str) -> tuple[Checkpoint, list[tuple[str, bytes, bytes]]]:
    """A note's checkpoint and its signatures, each as the signer's name, key id and signature."""
    text, _, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if len(lines) != 3:
        raise BadCheckpoint(f"a checkpoint's text has three lines and ends in an empty one, found {len(lines)}")
    if not signatures.endswith("\n"):
        raise BadCheckpoint("a checkpoint ends in lines of signatures, and the last of them in a line feed")
    try:
        checkpoint = Checkpoint(lines[0], read_count(lines[1]), from_base64(lines[2]))
    except ValueError as error:
        raise BadCheckpoint(f"the checkpoint's text is malformed: {error}") from error
    signature_lines = signatures[:-1].split("\n")
    if len(signature_lines) > MOST_SIGNATURES:
        raise BadCheckpoint(f"{len(signature_lines)} signatures are more than the {MOST_SIGNATURES} that are read")
    return checkpoint, [_read_signature(line) for line in signature_lines]


def _read_signature(line: str) -> tuple[str, bytes, bytes]:
    """A line of the form: dash, space, name of the key, space, base64 of four bytes of key id and the signature."""
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or _KEY_NAME.fullmatch(name) is None:
        raise BadCheckpoint(f"a line of the note is not a signature: {line[:80]!r}")
    try:
        data = from_base64(encoded)
    except ValueError as error:
        raise BadCheckpoint(f"the signature of {name} is malformed: {error}") from error
    if len(data) < 5:
        raise BadCheckpoint(f"the signature of {name} is malformed: expected an id of 4 bytes and more, found {data!r}")
    return name, data[:4], data[4:]

"""One key, one secret, one meaning: the single AES-256-GCM layer under every wrapped key and every sealed text.

    envelope = 0x01 | nonce (12 random bytes) | ciphertext | tag (16 bytes)

The associated data is the kind of the envelope and each part of its meaning, every one preceded by its length (four
bytes, big-endian), so that two different lists of parts never give the same bytes. Nonces are random: one key closes
at most 2**32 envelopes (NIST SP 800-38D, 8.3), and no compartment comes near that.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
TAG_BYTES: Final = 16
NONCE_BYTES: Final = 12
VERSION: Final = b"\x01"
OVERHEAD: Final = len(VERSION) + NONCE_BYTES + TAG_BYTES
WRAPPED_KEY_BYTES: Final = OVERHEAD + KEY_BYTES


class VaultError(Exception):
    """Something the vault was asked for and did not do: what was attempted, what was found, what was expected."""

    def __init__(self, attempted: str, found: str, expected: str) -> None:
        super().__init__(attempted, found, expected)
        self.attempted = attempted
        self.found = found
        self.expected = expected

    def __str__(self) -> str:
        return f"{self.attempted}: found {self.found}; expected {self.expected}"


class SealBroken(VaultError):
    """What is stored is not what was sealed, or was sealed under another key or for another meaning."""


def new_cipher_key() -> bytes:
    """Return 32 random bytes from the operating system."""
    return os.urandom(KEY_BYTES)


def associated_data(kind: bytes, *parts: bytes) -> bytes:
    """Return the kind and the parts as one unambiguous byte string: each preceded by its length."""
    return b"".join([piece for part in (kind, *parts) for piece in (len(part).to_bytes(4, "big"), part)])


def close_envelope(cipher: AESGCM, secret: bytes, kind: bytes, *meaning: bytes) -> bytes:
    """Seal `secret` under `cipher` for this kind and meaning; the result is `OVERHEAD` bytes longer."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + cipher.encrypt(nonce, secret, associated_data(kind, *meaning))


def open_envelope(cipher: AESGCM, envelope: bytes, kind: bytes, *meaning: bytes) -> bytes:
    """Return what `close_envelope` sealed for the same kind and meaning; raise SealBroken for anything else."""
    attempted = f"open an envelope of kind {kind.decode()}"
    if len(envelope) < OVERHEAD or envelope[:1] != VERSION:
        raise SealBroken(
            attempted,
            f"{len(envelope)} bytes that begin with {envelope[:1].hex() or 'nothing'}",
            f"at least {OVERHEAD} bytes that begin with version {VERSION.hex()}",
        )
    nonce, sealed = envelope[1 : 1 + NONCE_BYTES], envelope[1 + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, sealed, associated_data(kind, *meaning))
    except InvalidTag:
        raise SealBroken(attempted, "a tag that does not match", "the key and the meaning it was sealed with") from None

"""The format of a stored file, version 1: the STREAM construction over segments of 1 MiB.

Example: 13 bytes in the compartment "operation/" + 32 hex digits are stored as 22 + 16 + 2 + 42 + 7 + 61 bytes of
header and 13 + 16 bytes of one segment, which is 179 bytes.

    file    = header | segment 0 | segment 1 | … | last segment
    header  = "covertops/stored-file" 0x01 | file id (16 bytes) | length of the compartment's name (2 bytes)
              | the name (UTF-8) | nonce prefix (7 random bytes) | the file's own key in an envelope (61 bytes)
    segment = AES-256-GCM(the file's own key, nonce, associated data, 1 MiB of the content; the last: what is left)
    nonce   = nonce prefix | number of the segment (4 bytes) | 0x01 for the last segment, else 0x00
    associated data = file id | number of the segment (4 bytes) | last flag (1 byte), packed as in `envelope`

Numbers are big-endian and begin at 0. The meaning of the envelope is the whole header before it. Every segment but
the last holds exactly 1 MiB; the last is empty only where the whole content is. So a content has one shape, a
position one nonce, and a file that lost, gained, repeated or exchanged segments, or was cut, does not open (Hoang,
Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, 2015).

The *segment root* is the RFC 6962 tree hash over the content cut into the same segments, so that a range, or a file
too large to hash whole, can be checked piece by piece. An empty content has no segments there: the empty tree's root.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from covertops.vault.envelope import (
    TAG_BYTES,
    WRAPPED_KEY_BYTES,
    SealBroken,
    associated_data,
    close_envelope,
    new_cipher_key,
    open_envelope,
)
from covertops.vault.keys import CompartmentKey

Octets = bytes | bytearray | memoryview

SEGMENT_BYTES: Final = 1024 * 1024
SEALED_SEGMENT_BYTES: Final = SEGMENT_BYTES + TAG_BYTES
MAGIC: Final = b"covertops/stored-file\x01"
FILE_KEY: Final = b"covertops/file-key/1"
SEGMENT: Final = b"covertops/segment/1"
ID_BYTES: Final = 16
LENGTH_BYTES: Final = 2
PREFIX_BYTES: Final = 7


@dataclass(frozen=True, slots=True)
class FileHeader:
    """The beginning of a stored file. What it says is only a claim until `unlock` has opened its key."""

    file_id: str
    compartment: str
    nonce_prefix: bytes
    wrapped_key: bytes

    @property
    def meaning(self) -> bytes:
        """Everything before the wrapped key, which is what that key is bound to."""
        name = self.compartment.encode()
        length = len(name).to_bytes(LENGTH_BYTES, "big")
        return MAGIC + bytes.fromhex(self.file_id) + length + name + self.nonce_prefix

    def to_bytes(self) -> bytes:
        """Return the header as it stands in the file."""
        return self.meaning + self.wrapped_key

    def unlock(self, compartment_key: CompartmentKey) -> SegmentCipher:
        """Return the cipher of the file's segments; raise SealBroken for another key or an altered header."""
        file_key = open_envelope(compartment_key.cipher, self.wrapped_key, FILE_KEY, self.meaning)
        return SegmentCipher(self, AESGCM(file_key))


class SegmentCipher:
    """Seals and opens the segments of one file, each only for its own place in it."""

    def __init__(self, header: FileHeader, cipher: AESGCM) -> None:
        self._file_id = bytes.fromhex(header.file_id)
        self._prefix = header.nonce_prefix
        self._cipher = cipher

    def seal_into(self, number: int, last: bool, plaintext: Octets, sealed: Octets) -> None:
        """Seal one segment into `sealed`, which is exactly 16 bytes longer; raise OverflowError past segment 2**32."""
        nonce, data = self._place(number, last)
        self._cipher.encrypt_into(nonce, plaintext, data, sealed)

    def open(self, number: int, last: bool, sealed: Octets) -> bytes:
        """Return the plaintext of the segment at this place; raise SealBroken for anything that belongs elsewhere."""
        nonce, data = self._place(number, last)
        try:
            return self._cipher.decrypt(nonce, sealed, data)
        except InvalidTag:
            raise SealBroken(
                f"open segment {number} of the stored file {self._file_id.hex()}",
                "a tag that does not match",
                "the bytes that were sealed for this place" + (" as the last" if last else ""),
            ) from None

    def _place(self, number: int, last: bool) -> tuple[bytes, bytes]:
        position, flag = number.to_bytes(4, "big"), bytes([last])
        return self._prefix + position + flag, associated_data(SEGMENT, self._file_id, position, flag)


def new_file(compartment_key: CompartmentKey, file_id: str) -> tuple[FileHeader, SegmentCipher]:
    """Return the header of a new file with a key of its own, and the cipher of its segments.

    `file_id` is 32 lower-case hexadecimal digits; anything else raises ValueError.
    """
    if len(file_id) != 2 * ID_BYTES or bytes.fromhex(file_id).hex() != file_id:
        raise ValueError(f"a file id is 32 lower-case hexadecimal digits, not {file_id!r}")
    unsealed = FileHeader(file_id, compartment_key.name, os.urandom(PREFIX_BYTES), b"")
    file_key = new_cipher_key()
    wrapped = close_envelope(compartment_key.cipher, file_key, FILE_KEY, unsealed.meaning)
    header = FileHeader(file_id, compartment_key.name, unsealed.nonce_prefix, wrapped)
    return header, SegmentCipher(header, AESGCM(file_key))


def read_file_header(raw: BinaryIO) -> FileHeader:
    """Read the header from the beginning of `raw`; raise SealBroken where there is none of version 1."""
    raw.seek(0)
    magic = raw.read(len(MAGIC))
    if magic != MAGIC:
        raise SealBroken("read a stored file", "other bytes at its beginning", "a stored file of version 1")
    file_id = _read_exactly(raw, ID_BYTES).hex()
    length = int.from_bytes(_read_exactly(raw, LENGTH_BYTES), "big")
    try:
        compartment = _read_exactly(raw, length).decode()
    except UnicodeDecodeError:
        raise SealBroken("read a stored file", "a compartment that is not UTF-8", "the compartment's name") from None
    return FileHeader(file_id, compartment, _read_exactly(raw, PREFIX_BYTES), _read_exactly(raw, WRAPPED_KEY_BYTES))


def _read_exactly(raw: BinaryIO, length: int) -> bytes:
    data = raw.read(length)
    if len(data) != length:
        raise SealBroken("read a stored file", "the end of the file within its header", "a whole header")
    return data

"""Stored files made in memory, for the tests of the vault."""

from __future__ import annotations

import io

from covertops.ledger.merkle import Segments
from covertops.vault.file_format import SEALED_SEGMENT_BYTES
from covertops.vault.keys import CompartmentKey
from covertops.vault.stored_file import SealingWriter, Stored, StoredFile

MIB = 1024 * 1024
KEY = CompartmentKey("operation/" + "7f" * 16, bytes(range(32)))
OTHER_KEY = CompartmentKey(KEY.name, bytes(32))
FILE_ID = "0123456789abcdef" * 2
OTHER_ID = "fedcba9876543210" * 2
HEADER_BYTES = 150
PATTERN = bytes(range(251)) * 17  # A prime period, so that no two segments are alike.


def content_of(size: int) -> bytes:
    """Return `size` bytes that differ from segment to segment."""
    return (PATTERN * (size // len(PATTERN) + 1))[:size]


def sealed(content: bytes, key: CompartmentKey = KEY, file_id: str = FILE_ID) -> tuple[Stored, bytes]:
    """Return what the writer says of the content, and the stored file's bytes."""
    raw = io.BytesIO()
    with SealingWriter(raw, key, file_id, Segments()) as writer:
        writer.write(content)
        stored = writer.finish()
    return stored, raw.getvalue()


def opened(data: bytes, key: CompartmentKey = KEY) -> StoredFile:
    """Open the stored file in `data` with this key, whichever compartment it names."""
    return StoredFile.open(io.BytesIO(data), lambda _name: key, Segments)


def read_all(data: bytes, key: CompartmentKey = KEY) -> bytes:
    """Open and read the whole content."""
    return b"".join(opened(data, key).read())


def taken_apart(data: bytes) -> tuple[bytes, list[bytes]]:
    """Return the header and the sealed segments of a stored file of the compartment of `KEY`."""
    body = data[HEADER_BYTES:]
    return data[:HEADER_BYTES], [
        body[start : start + SEALED_SEGMENT_BYTES] for start in range(0, len(body), SEALED_SEGMENT_BYTES)
    ]


# Sizes at which the number of segments, or the last segment, changes, and a file of four.
BORDERS = [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB]
CONTENTS = {size: content_of(size) for size in BORDERS}
FILES = {size: sealed(content)[1] for size, content in CONTENTS.items()}
FOUR_SEGMENTS = content_of(3 * MIB + 5)

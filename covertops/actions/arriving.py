"""A file that arrives: sealed while it does, on the disk before an entry refers to it, gone where none comes to."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

import filetype

from covertops.actions.installation import Installation
from covertops.storage.errors import StorageBusy, StorageFull
from covertops.storage.files import FileStoreError, FsyncFailed
from covertops.storage.unit_of_work import WriteUnit
from covertops.vault.keys import CompartmentKey

HEAD_BYTES: Final = 8192
_TEXTS: Final = {
    b"WARC/": "application/warc",
    b"<!doc": "text/html",
    b"<html": "text/html",
    b"%PDF-": "application/pdf",
}


def sealed_file(
    house: Installation, key: CompartmentKey, chunks: Iterable[bytes], file_id: str | None, expected_size: int | None
) -> Mapping[str, Any]:
    """Seal a file under a compartment's key while it arrives; what the entry that keeps it says of it.

    Raises the file store's errors (ArrivalBroken, DiskFull, FsyncFailed).
    """
    head = _Head(chunks)
    try:
        received = house.files.receive(key, head, file_id or secrets.token_hex(16), expected_size)
    except FsyncFailed as failed:
        house.store.failed = failed  # the disk under the files is the disk under the record: this process is to stop
        raise
    stored = received.stored
    return {
        "file": received.path.name,
        "size": stored.size,
        "sha256": stored.sha256,
        "segment_root": stored.segment_root,
        "media_type": media_type(bytes(head.first)),
    }


@contextmanager
def recorded_or_removed(house: Installation, file_id: str) -> Iterator[WriteUnit]:
    """The transaction that records a file; the file goes where nothing was recorded.

    Sent again, it would find its own name taken. Only where the commit itself failed can an entry stand all the same:
    then the file stays, and is evidence, or is swept.
    """
    committing = False
    try:
        with house.store.write() as unit:
            yield unit
            committing = True
    except (StorageBusy, StorageFull):
        committing = False  # both mean that nothing was recorded, also where it was the commit that was refused
        raise
    finally:
        if not committing:
            with suppress(FileStoreError):
                house.files.remove(file_id)


class _Head:
    """Passes chunks on and remembers the first bytes, from which the type is found."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.first = bytearray()

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            if len(self.first) < HEAD_BYTES:
                self.first += chunk[: HEAD_BYTES - len(self.first)]
            yield chunk


def media_type(head: bytes) -> str:
    """The type of a file found from its first bytes, never from its name; unknown ones are plain bytes."""
    found = filetype.guess(head) if head else None
    if found is not None:
        return str(found.mime)
    start = head.lstrip()[:5].lower()
    return next((name for magic, name in _TEXTS.items() if start.startswith(magic.lower())), "application/octet-stream")

"""Captures: originals kept byte for byte while they arrive, and opened under custody.

The durable order (design.md, section 4): the sealed file is on the disk, renamed and synced, before the entry that
refers to it is committed; only then does the sender get an answer. A file no entry refers to is swept.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import filetype

from covertops.actions.captures import already_kept
from covertops.actions.folding import entries
from covertops.actions.installation import Installation
from covertops.actions.operations import NotFound, scene, settled
from covertops.actions.recording import Outcome, record
from covertops.actions.schemas import numbers_in, read_answers, with_refs
from covertops.domain.decisions.activity import preserve_evidence
from covertops.domain.decisions.package import open_evidence
from covertops.domain.entries.activity import EvidencePreserved
from covertops.storage.errors import StorageBusy, StorageFull
from covertops.storage.files import ArrivalBroken, DiskFull, FileStoreError, FsyncFailed
from covertops.storage.ledger_read import read_stream
from covertops.storage.unit_of_work import ReadUnit
from covertops.vault.keys import CompartmentKey
from covertops.vault.stored_file import StoredFile

# What a sender may have to be told stands here too, so that the pages need not know the store.
__all__ = [
    "ArrivalBroken",
    "DiskFull",
    "FileStoreError",
    "OpenCapture",
    "media_type",
    "open_capture",
    "receive",
]

HEAD_BYTES: Final = 8192
HOUR: Final = timedelta(hours=1)
_TEXTS: Final = {
    b"WARC/": "application/warc",
    b"<!doc": "text/html",
    b"<html": "text/html",
    b"%PDF-": "application/pdf",
}


def receive(
    house: Installation,
    operation_id: str,
    person: str,
    chunks: Iterable[bytes],
    expected_size: int | None,
    given: Mapping[str, object],
    now: datetime,
    *,
    file_id: str | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Outcome:
    """Seal an arriving file and put it on record. Nothing of it stays where the act is refused or the line breaks.

    The act is decided and recorded when the last byte has arrived, at the moment ``clock`` then tells.

    A ``file_id`` that is on record already is a repetition: it is not read again, and its entry is returned.

    Raises NotFound, Refusal, and the file store's errors (ArrivalBroken, DiskFull, FsyncFailed).
    """
    with house.store.read() as unit:
        it = scene(house, unit, operation_id, person, now)
        preserve_evidence(it.operation, it.actor, it.facts, None)
        read_answers(EvidencePreserved, given, it.department.zone_name)
        known = already_kept(unit, it.operation, file_id) if file_id else None
        if known is not None:
            return Outcome(it.operation, (known,))
        key = unit.compartments.key(f"operation/{operation_id}")
    head = _Head(chunks)
    try:
        received = house.files.receive(key, head, file_id or secrets.token_hex(16), expected_size)
    except FsyncFailed as failed:
        house.store.failed = failed  # the disk under the files is the disk under the record: this process is to stop
        raise
    stored = received.stored
    made = {
        "file": received.path.name,
        "size": stored.size,
        "sha256": stored.sha256,
        "segment_root": stored.segment_root,
        "media_type": media_type(bytes(head.first)),
    }
    now = clock() if clock is not None else now
    return _put_on_record(house, operation_id, person, given, made, now)


def _put_on_record(
    house: Installation,
    operation_id: str,
    person: str,
    given: Mapping[str, object],
    made: Mapping[str, object],
    now: datetime,
) -> Outcome:
    """Record a file that is on the disk, decided on the record as it stands now; it goes where nothing was recorded.

    Sent again, it would find its own name taken. Only where the commit itself failed can an entry stand all the same:
    then the file stays, and is evidence, or is swept.
    """
    committing = False
    try:
        with house.store.write() as unit:
            it = settled(house, unit, scene(house, unit, operation_id, person, now), now)
            answers = read_answers(EvidencePreserved, given, it.department.zone_name)
            found = entries(unit, operation_id, numbers_in(EvidencePreserved, answers))
            asked: dict[str, Any] = {**with_refs(EvidencePreserved, answers, found), **made}
            decided = preserve_evidence(it.operation, it.actor, it.facts, asked)
            outcome = record(house, unit, it.operation, decided, it.department, now)
            committing = True
    except (StorageBusy, StorageFull):
        committing = False  # both mean that nothing was recorded, also where it was the commit that was refused
        raise
    finally:
        if not committing:
            with suppress(FileStoreError):
                house.files.remove(str(made["file"]))
    house.folds.keep(outcome.operation)
    return outcome


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


@dataclass(frozen=True)
class OpenCapture:
    """A capture being read; whoever opens it closes the file."""

    entry: EvidencePreserved
    file: StoredFile


def open_capture(house: Installation, operation_id: str, person: str, number: int, now: datetime) -> OpenCapture:
    """Open a capture for someone on the operation; a custody entry is made once per person, capture and hour.

    Raises NotFound and SealBroken.
    """
    with house.store.read() as unit:
        it = scene(house, unit, operation_id, person, now)
        capture = entries(unit, operation_id, (number,)).get(number)
        if capture is None or not isinstance(capture.entry, EvidencePreserved):
            raise NotFound(operation_id)
        key = unit.compartments.key(f"operation/{operation_id}")
        known = _opened_lately(unit, operation_id, person, number, now)
        decided = open_evidence(it.operation, it.actor, it.facts, number)
    if not known:
        with house.store.write() as unit:
            it = scene(house, unit, operation_id, person, now)
            outcome = record(house, unit, it.operation, decided, it.department, now)
        house.folds.keep(outcome.operation)
    return OpenCapture(capture.entry, house.files.open(capture.entry.file, _only(key)))


def _only(key: CompartmentKey) -> Any:
    def key_for(name: str) -> CompartmentKey:
        if name != key.name:
            raise NotFound(name)
        return key

    return key_for


def _opened_lately(unit: ReadUnit, operation_id: str, person: str, number: int, now: datetime) -> bool:
    """Whether this person's opening of this capture is on record within the last hour."""
    newest = read_stream(unit, operation_id, newest_first=True, limit=200)
    for raw in newest:
        if raw.time <= now - HOUR:
            return False
        if raw.kind == "evidence.opened" and raw.fields["by"] == person:
            evidence = raw.fields["evidence"]
            if isinstance(evidence, dict) and evidence["number"] == number:
                return True
    return False

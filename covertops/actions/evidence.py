"""Captures: originals kept byte for byte while they arrive, and opened under custody.

The durable order (design.md, section 4): the sealed file is on the disk, renamed and synced, before the entry that
refers to it is committed; only then does the sender get an answer. A file no entry refers to is swept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from covertops.actions.arriving import media_type, recorded_or_removed, sealed_file
from covertops.actions.captures import already_kept
from covertops.actions.folding import entries
from covertops.actions.installation import Installation
from covertops.actions.operations import NotFound, scene, settled
from covertops.actions.recording import Outcome, not_before, record
from covertops.actions.schemas import numbers_in, read_answers, with_refs
from covertops.domain.decisions.activity import preserve_evidence
from covertops.domain.decisions.package import open_evidence
from covertops.domain.entries.activity import SHEET, EvidencePreserved
from covertops.storage.files import ArrivalBroken, DiskFull, FileStoreError
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

HOUR: Final = timedelta(hours=1)


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
        preserve_evidence(it.operation, it.actor, it.facts, None, sheet=given.get("original") == SHEET)
        read_answers(EvidencePreserved, given, it.department.zone_name)
        known = already_kept(unit, it.operation, file_id) if file_id else None
        if known is not None:
            return Outcome(it.operation, (known,))
        key = unit.compartments.key(f"operation/{operation_id}")
    made = sealed_file(house, key, chunks, file_id, expected_size)
    now = clock() if clock is not None else now
    return _put_on_record(house, operation_id, person, given, made, now)


def _put_on_record(
    house: Installation,
    operation_id: str,
    person: str,
    given: Mapping[str, object],
    made: Mapping[str, Any],
    now: datetime,
) -> Outcome:
    """Record a file that is on the disk, decided on the record as it stands now; it goes where nothing was recorded."""
    with recorded_or_removed(house, made["file"]) as unit:
        now = not_before(unit, now)
        it = settled(house, unit, scene(house, unit, operation_id, person, now), now)
        answers = read_answers(EvidencePreserved, given, it.department.zone_name)
        found = entries(unit, operation_id, numbers_in(EvidencePreserved, answers))
        asked: dict[str, Any] = {**with_refs(EvidencePreserved, answers, found), **made}
        decided = preserve_evidence(it.operation, it.actor, it.facts, asked)
        outcome = record(house, unit, it.operation, decided, it.department, now)
    house.folds.keep(outcome.operation)
    return outcome


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
        known = opened_lately(unit, operation_id, person, number, now)
        decided = open_evidence(it.operation, it.actor, it.facts, number)
    if not known:
        with house.store.write() as unit:
            now = not_before(unit, now)
            it = scene(house, unit, operation_id, person, now)
            decided = open_evidence(it.operation, it.actor, it.facts, number)
            outcome = record(house, unit, it.operation, decided, it.department, now)
        house.folds.keep(outcome.operation)
    return OpenCapture(capture.entry, house.files.open(capture.entry.file, only(key)))


def only(key: CompartmentKey) -> Any:
    """The lookup of a key that has this one only."""

    def key_for(name: str) -> CompartmentKey:
        if name != key.name:
            raise NotFound(name)
        return key

    return key_for


def opened_lately(unit: ReadUnit, operation_id: str, person: str, number: int, now: datetime) -> bool:
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

"""What an attorney wrote: sealed under that attorney's own compartment while it arrives, read by few, in no package.

It is kept as captures are, in the same durable order; but its name, size, type and fingerprints are the attorney's too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from covertops.actions.arriving import recorded_or_removed, sealed_file
from covertops.actions.evidence import only, opened_lately
from covertops.actions.folding import entries
from covertops.actions.installation import Installation
from covertops.actions.operations import Scene, scene, settled
from covertops.actions.recording import Outcome, not_before, record
from covertops.actions.schemas import read_answers
from covertops.domain.decisions.counsel import WROTE, keep_writing, open_writing
from covertops.domain.declaration import Recorded
from covertops.domain.entries.counsel import CityAttorneyWrote, ProsecutorWrote
from covertops.domain.operation import Operation
from covertops.domain.vocabulary import Compartment, Office
from covertops.storage.unit_of_work import ReadUnit
from covertops.vault.stored_file import StoredFile

Wrote = ProsecutorWrote | CityAttorneyWrote
PART: Final = {Office.PROSECUTING_ATTORNEY: Compartment.PROSECUTOR, Office.CITY_ATTORNEY: Compartment.CITY}
LOOKED_BACK: Final = 50


def compartment(operation_id: str, office: Office) -> str:
    """The compartment in which a writing of an office is sealed, file and fields."""
    return f"operation/{operation_id}/{PART[office].value}"


def receive(
    house: Installation,
    operation_id: str,
    person: str,
    office: Office,
    chunks: Iterable[bytes],
    expected_size: int | None,
    given: Mapping[str, object],
    *,
    file_id: str,
    clock: Callable[[], datetime],
) -> Outcome:
    """Seal an arriving writing and put it on record; nothing of it stays where that is refused or the line breaks.

    A ``file_id`` that is on record already is a repetition: its entry is returned. Raises NotFound, Refusal, and the
    file store's errors.
    """
    with house.store.write() as unit:
        it = scene(house, unit, operation_id, person, clock())
        keep_writing(it.operation, it.actor, it.facts, office)
        read_answers(WROTE[office], given, it.department.zone_name)
        known = next((one for one in newest(unit, it.operation) if _entry(one).file == file_id), None)
        if known is not None:
            return Outcome(it.operation, (known,))
        key = unit.compartments.for_writing(compartment(operation_id, office))
    made = sealed_file(house, key, chunks, file_id, expected_size)
    with recorded_or_removed(house, made["file"]) as unit:
        now = not_before(unit, clock())
        it = settled(house, unit, scene(house, unit, operation_id, person, now), now)
        answers = read_answers(WROTE[office], given, it.department.zone_name)
        decided = keep_writing(it.operation, it.actor, it.facts, office, {**answers, **made})
        outcome = record(house, unit, it.operation, decided, it.department, now)
    house.folds.keep(outcome.operation)
    return outcome


def newest(unit: ReadUnit, operation: Operation) -> list[Recorded]:
    """The newest writings of an operation, opened; whether they may be shown is the caller's question."""
    numbers = [one.ref.number for one in operation.writings[-LOOKED_BACK:]]
    return list(entries(unit, operation.id, numbers, counsel=True).values())


def _entry(it: Recorded) -> Wrote:
    if not isinstance(it.entry, Wrote):
        raise TypeError(f"entry {it.number} is no writing")
    return it.entry


@dataclass(frozen=True)
class OpenWriting:
    """A writing being read; whoever opens it closes the file."""

    entry: Wrote
    file: StoredFile


def open_for(house: Installation, operation_id: str, person: str, number: int, now: datetime) -> OpenWriting:
    """Open a writing for somebody who may read the advice; that is on record once per person, writing and hour.

    Raises NotFound, NotYours and SealBroken.
    """
    with house.store.read() as unit:
        it = scene(house, unit, operation_id, person, now)
        decided = open_writing(it.operation, it.actor, it.facts, number)
        entry = _entry(entries(unit, operation_id, (number,), counsel=True)[number])
        key = unit.compartments.key(compartment(operation_id, _office(it, number)))
        known = opened_lately(unit, operation_id, person, number, now)
    if not known:
        with house.store.write() as unit:
            now = not_before(unit, now)
            it = scene(house, unit, operation_id, person, now)
            decided = open_writing(it.operation, it.actor, it.facts, number)
            outcome = record(house, unit, it.operation, decided, it.department, now)
        house.folds.keep(outcome.operation)
    return OpenWriting(entry, house.files.open(entry.file, only(key)))


def _office(it: Scene, number: int) -> Office:
    return next(one.office for one in it.operation.writings if one.ref.number == number)

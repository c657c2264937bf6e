"""What an attorney with an account may read and say: the contacts recorded with them, and nothing else of an operation.

They read the contact as it was recorded, exactly the entries that it says were shown, as they stood, and the advice of
their own office. The other office's compartment is not opened here, whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from covertops.actions.department_signing import Signing, signed
from covertops.actions.folding import opened
from covertops.actions.installation import Installation
from covertops.actions.intents import refuse_behind
from covertops.actions.operations import NotFound, Scene, could_be_an_operation, record_lapse
from covertops.actions.receipts import Receipt, give_receipt, newest_receipt
from covertops.actions.recording import not_before, record, record_access
from covertops.actions.schemas import read_answers
from covertops.domain.decisions.activation import lapse_at
from covertops.domain.decisions.counsel import confirm_consultation, consulted
from covertops.domain.decisions.frame import Actor, Facts, Written
from covertops.domain.declaration import Recorded
from covertops.domain.entries.access import OperationViewed
from covertops.domain.entries.counsel import ConsultationConfirmed, ConsultationLogged
from covertops.domain.operation import Contact
from covertops.domain.refusals import NotYours
from covertops.domain.vocabulary import Office
from covertops.storage.compartments import CITY, PROSECUTOR
from covertops.storage.ledger_read import OWN_PARTS, read_entries
from covertops.storage.queries import Viewer, operations_consulted_on
from covertops.storage.unit_of_work import ReadUnit

_OWN: Final = {Office.PROSECUTING_ATTORNEY: PROSECUTOR, Office.CITY_ATTORNEY: CITY}


@dataclass(frozen=True)
class Consultation:
    """A contact as its attorney reads it: what was put down, what was shown, and what they said of it since."""

    it: Scene
    contact: Contact
    entry: Recorded
    shown: tuple[Recorded, ...]
    said: Recorded | None


def contacts_with(house: Installation, person: str, now: datetime) -> list[tuple[str, Contact]]:
    """The contacts recorded with a person in an office they hold, each with its operation's reference and id."""
    found: list[tuple[str, Contact]] = []
    with house.store.read() as unit:
        offices = house.folds.department(unit).offices_of(person, now)
        for operation_id in operations_consulted_on(unit, Viewer(person, offices)):
            operation = house.folds.operation(unit, operation_id)
            mine = [one for one in operation.contacts if one.counsel == person and one.office in offices]
            found += [(operation.reference, one) for one in reversed(mine)]
    return found


def read_contact(house: Installation, operation_id: str, number: int, person: str, now: datetime) -> Consultation:
    """A contact for the attorney it was recorded with; that they looked is on record. Raises NotFound."""
    with house.store.read() as unit:
        it, contact = _scene(house, unit, operation_id, number, person, now)
        entry = _read(unit, operation_id, contact.office, (number,))[0]
        shown = _read(unit, operation_id, contact.office, _shown_in(entry))
        said = _read(unit, operation_id, contact.office, (contact.confirmed,)) if contact.confirmed else []
        known = house.views.seen(unit, person, operation_id, now)
    if not known:
        with house.store.write() as unit:
            if not house.views.seen(unit, person, operation_id, now):
                looked = OperationViewed(by=person, operation=operation_id)
                record_access(unit, [Written(contact.office, looked)], now)
    return Consultation(it, contact, entry, tuple(shown), said[0] if said else None)


def _shown_in(it: Recorded) -> tuple[int, ...]:
    entry = it.entry
    return tuple(ref.number for ref in entry.shown) if isinstance(entry, ConsultationLogged) else ()


def _read(unit: ReadUnit, operation_id: str, office: Office, numbers: Iterable[int]) -> list[Recorded]:
    """Entries with the compartment of one office opened, and never the other's."""
    return [opened(raw) for raw in read_entries(unit, operation_id, tuple(numbers), parts=(*OWN_PARTS, _OWN[office]))]


def _scene(
    house: Installation, unit: ReadUnit, operation_id: str, number: int, person: str, now: datetime
) -> tuple[Scene, Contact]:
    """What an attorney's word stands on. Raises NotFound for a contact that was not with them."""
    if not could_be_an_operation(unit, operation_id):
        raise NotFound(operation_id)
    department = house.folds.department(unit)
    operation = house.folds.operation(unit, operation_id)
    actor = Actor(person, department.offices_of(person, now))
    try:
        contact = consulted(operation, actor, number)
    except NotYours as refusal:
        raise NotFound(operation_id) from refusal
    return Scene(operation, department, actor, Facts(now, department.rules(house.policy), department)), contact


def confirm(
    house: Installation,
    operation_id: str,
    number: int,
    person: str,
    given: Mapping[str, object],
    how: Signing,
    now: datetime,
) -> Recorded:
    """Record, signed, whether a contact is put down right; an answer taken back suspends at once.

    Raises NotFound and Refusal, and what the signature raises.
    """
    with house.store.write() as unit:
        refuse_behind(unit, now)
        now = not_before(unit, now)
        it, _ = _scene(house, unit, operation_id, number, person, now)
        confirm_consultation(it.operation, it.actor, it.facts, number)
        asked = read_answers(ConsultationConfirmed, given, it.department.zone_name)
        (decided,) = confirm_consultation(it.operation, it.actor, it.facts, number, asked)
        written, salts = signed(unit, it, decided, how)
        outcome = record(house, unit, it.operation, (written,), it.department, now, salts)
    house.folds.keep(outcome.operation)
    if lapse_at(outcome.operation, now):
        record_lapse(house, operation_id, now)
    return outcome.entries[0]


def take_receipt(house: Installation, operation_id: str, number: int, person: str, now: datetime) -> Receipt:
    """The newest record receipt for an attorney to take along; to whom it was given is on record first.

    Raises NotFound.
    """
    with house.store.read() as unit:
        it, contact = _scene(house, unit, operation_id, number, person, now)
        receipt = newest_receipt(unit)
    if receipt is None:
        raise NotFound(operation_id)
    to = f"{it.department.name_of(person)}, {contact.office.value}, with a contact"
    give_receipt(house, person, receipt.size, {"to": to}, now)
    return receipt

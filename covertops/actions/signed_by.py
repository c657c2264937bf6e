"""Everything signed in a person's name, in every stream, whether or not they may look at the operation now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from covertops.actions.installation import Installation
from covertops.domain.declaration import Recorded
from covertops.domain.department import Department
from covertops.domain.membership import may_see
from covertops.domain.operation import Operation
from covertops.domain.signed_acts import SignedAct, given_after, signed_acts
from covertops.storage.lookups import all_streams, indexes_of
from covertops.storage.unit_of_work import ReadUnit


@dataclass(frozen=True)
class SignedLine:
    """A signed act. ``operation`` is None for one on the department, and where the signer may not see it now."""

    act: SignedAct
    of_department: bool
    operation: Operation | None
    not_after: datetime | None
    """When a record receipt that covers it was first given out; None while nobody outside has one."""


def signed_by(house: Installation, person: str, now: datetime) -> list[SignedLine]:
    """The acts that bear this person's signature, the newest first."""
    with house.store.read() as unit:
        department = house.folds.department(unit)
        offices = department.offices_of(person, now)
        found = _lines(house, unit, unit.streams.department, department.signed, person, None)
        for stream in all_streams(unit):
            operation = house.folds.operation(unit, stream)
            seen = operation if may_see(operation, person, offices) else None
            found += _lines(house, unit, stream, operation.signed, person, seen)
    return sorted(found, key=lambda one: (one.act.at, one.act.number), reverse=True)


def _lines(
    house: Installation,
    unit: ReadUnit,
    stream: str,
    acts: tuple[SignedAct, ...],
    person: str,
    operation: Operation | None,
) -> list[SignedLine]:
    mine = [one for one in acts if one.by == person]
    indexes = indexes_of(unit, stream, [one.number for one in mine]) if mine else {}
    of_department, receipts = stream == unit.streams.department, house.folds.department(unit).receipts
    lines = []
    for one in mine:
        receipt = given_after(receipts, indexes[one.number])
        lines.append(SignedLine(one, of_department, operation, receipt.at if receipt else None))
    return lines


@dataclass(frozen=True)
class Bracket:
    """Between what a signature was made: not before the record had ``size`` entries, not after a receipt was given."""

    size: int
    not_after: datetime | None


def bracket_of(unit: ReadUnit, department: Department, it: Recorded) -> Bracket | None:
    """The bracket of a signed entry; None for one that nobody signed."""
    acts = signed_acts(it)
    if not acts:
        return None
    receipt = given_after(department.receipts, indexes_of(unit, it.stream, [it.number])[it.number])
    return Bracket(acts[0].size, receipt.at if receipt else None)

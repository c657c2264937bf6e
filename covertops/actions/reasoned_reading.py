"""Reading an operation one is not on: by the Chief or an auditor, for a reason, until local midnight, on its record.

Who asks names the operation. That they asked is on the access stream whether there is such an operation or not, so that
trying references leaves a trace of each; where there is one, its own record says who reads it, why and until when, and
its supervisor has it as a task. Every page they then open is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from covertops.actions.installation import Installation
from covertops.actions.operations import NotFound
from covertops.actions.recording import not_before, record, record_access
from covertops.actions.schemas import read_answers
from covertops.domain.deadlines import end_of, local_date
from covertops.domain.decisions.frame import Written
from covertops.domain.entries.access import ReadingAsked, ReadingOpened
from covertops.domain.membership import READ_WITH_A_REASON, may_see, reads_with_a_reason
from covertops.storage.lookups import operation_called


def open_for_reading(house: Installation, person: str, given: Mapping[str, object], now: datetime) -> str | None:
    """Let somebody read one operation; its id, or None where none has this reference. Raises NotFound and Refusal."""
    with house.store.write() as unit:
        now = not_before(unit, now)
        department = house.folds.department(unit)
        offices = department.offices_of(person, now)
        office = next((one for one in sorted(READ_WITH_A_REASON) if one in offices), None)
        if office is None:
            raise NotFound(person)
        asked = read_answers(ReadingAsked, given, department.zone_name)
        found = operation_called(unit, asked["reference"])
        operation = house.folds.operation(unit, found) if found else None
        if operation is not None and may_see(operation, person, offices):
            return operation.id
        tried = ReadingAsked(by=person, operation=found, **asked)
        record_access(unit, [Written(office, tried)], now)
        if operation is None or reads_with_a_reason(operation, person, offices, now):
            return found
        until = end_of(local_date(now, department.zone), department.zone)
        entry = ReadingOpened(by=person, reason=asked["reason"], until_at=until)
        outcome = record(house, unit, operation, (Written(office, entry),), department, now)
    house.folds.keep(outcome.operation)
    return operation.id

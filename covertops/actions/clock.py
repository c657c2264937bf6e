"""A clock that fell behind the record: said on the record once for each fall, and for as long as it lasts to everybody.

Signed acts wait until the clock has caught up (`refuse_behind`); what happens by itself, and acts without a signature,
go on at the time of the record's last entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from covertops.actions.installation import Installation
from covertops.actions.intents import BEHIND
from covertops.actions.recording import record_department
from covertops.domain.decisions.frame import Written
from covertops.domain.department import Department
from covertops.domain.entries.department import ClockBehind
from covertops.domain.vocabulary import Office
from covertops.storage.lookups import last_time
from covertops.storage.times import moment
from covertops.storage.unit_of_work import ReadUnit


@dataclass(frozen=True)
class Behind:
    """The clock is behind the record's last entry, of this moment."""

    record_at: datetime
    told: bool
    """Whether this fall is on the record."""


def clock_behind(unit: ReadUnit, department: Department, now: datetime) -> Behind | None:
    """Whether the clock is behind the record now; None while it is not."""
    last = moment(last_time(unit))
    if now + BEHIND >= last:
        return None
    fall = department.clock_fall
    return Behind(last, fall is not None and fall.record_at == last)


def notice_clock(house: Installation, now: datetime) -> bool:
    """Put it on record that the clock fell behind, once for each fall; whether anything was recorded.

    While it is behind every entry bears the time of the last one before the fall, so that this time names the fall.
    """
    with house.store.read() as reading:
        found = clock_behind(reading, house.folds.department(reading), now)
    if found is None or found.told:
        return False
    with house.store.write() as unit:
        department = house.folds.department(unit)
        found = clock_behind(unit, department, now)
        if found is None or found.told:
            return False
        written = Written(Office.SYSTEM, ClockBehind(by=None, record_at=found.record_at, clock_at=now))
        department, _ = record_department(unit, department, (written,), now)
    house.folds.keep_department(department)
    return True

"""Who confirms the city's instrument after an administrator closed accounts: never whoever is left by that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from covertops.domain.decisions.frame import Written
from covertops.domain.decisions.offices import who_confirms
from covertops.domain.department import Appointment, Department
from covertops.domain.entries.department import AccountClosed
from covertops.domain.vocabulary import Office
from tests.domain.test_department import DAY, NOW, after
from tests.domain.test_offices import AUDITED, AUDITOR, entered
from tests.domain.world import ADMINISTRATOR, CHIEF, INVESTIGATOR_1, NOBODY, SUPERVISOR_1

VACANT: dict[str, Any] = {"ends_present": False, "person": CHIEF}
"""What the administrator enters while nobody is Chief."""


def closed(department: Department, *people: str, by: str = ADMINISTRATOR, at: datetime = NOW) -> Department:
    """The department after an administrator closed accounts."""
    for one in people:
        entry = AccountClosed(by=by, person=one, reason="Left.")
        department = after((Written(Office.ADMINISTRATOR, entry),), department, at)
    return department


def with_puppet() -> Department:
    """A department without a Chief, with an investigator whom the administrator appointed long ago."""
    department = AUDITED
    small = {one: department.people[one] for one in (CHIEF, ADMINISTRATOR, INVESTIGATOR_1, SUPERVISOR_1, NOBODY)}
    puppet = Appointment(Office.INVESTIGATOR, 900, NOW - 90 * DAY, None, by=ADMINISTRATOR)
    small[INVESTIGATOR_1] = replace(small[INVESTIGATOR_1], appointments=(puppet,))
    small[CHIEF] = replace(small[CHIEF], appointments=())
    return replace(department, people=small)


def confirming(department: Department, at: datetime = NOW) -> tuple[Office, list[str]]:
    """Who may confirm what waits, at a moment."""
    assert department.instrument is not None
    office, people = who_confirms(department, department.instrument, at)
    return office, [one.id for one in people]


def test_the_administrator_moves_the_confirmation_to_nobody_by_closing_accounts_while_it_waits():
    waiting = entered(with_puppet(), **VACANT)
    assert confirming(waiting) == (Office.AUDITOR, [AUDITOR])
    later = closed(waiting, AUDITOR, SUPERVISOR_1, by="administrator-2", at=NOW + DAY)
    assert confirming(later, NOW + 2 * DAY) == (Office.AUDITOR, [])
    assert confirming(later, NOW + 30 * DAY) == (Office.AUDITOR, [])
    assert confirming(later, NOW + 31 * DAY) == (Office.INVESTIGATOR, [INVESTIGATOR_1])  # never without a way


@pytest.mark.parametrize(
    ("by", "days", "office"),
    [
        (ADMINISTRATOR, 1, Office.AUDITOR),
        (ADMINISTRATOR, 30, Office.CHIEF),
        ("administrator-2", 1, Office.CHIEF),
    ],
)
def test_whom_the_administrator_has_only_just_put_out_still_keeps_those_below_from_confirming(
    by: str, days: int, office: Office
):
    department = closed(with_puppet(), AUDITOR, by=by, at=NOW - days * DAY)
    waiting = entered(department, **VACANT)
    assert confirming(waiting) == (office, [] if office is Office.AUDITOR else [SUPERVISOR_1])


def test_an_office_that_ran_out_by_its_own_date_while_an_instrument_waits_keeps_nobody_from_confirming():
    department = with_puppet()
    (term,) = department.people[AUDITOR].appointments
    auditor = replace(department.people[AUDITOR], appointments=(replace(term, until=NOW + DAY),))
    waiting = entered(replace(department, people={**department.people, AUDITOR: auditor}), **VACANT)
    assert confirming(waiting) == (Office.AUDITOR, [AUDITOR])
    assert confirming(waiting, NOW + DAY) == (Office.CHIEF, [SUPERVISOR_1])

"""Who is on an operation: the only people, besides the Chief, who learn that it exists."""

from __future__ import annotations

from datetime import datetime

from covertops.domain.operation import Operation
from covertops.domain.vocabulary import CHIEFS, Office

ROLES = {
    "requester": Office.INVESTIGATOR,
    "officer": Office.INVESTIGATOR,
    "supervisor": Office.SUPERVISOR,
    "relief": Office.SUPERVISOR,
}
"""Each role, and the office without which it gives nothing."""


def members(operation: Operation) -> frozenset[tuple[str, str]]:
    """The people on an operation now, as (person, role)."""
    found = {(operation.requester, "requester")} | {(one, "officer") for one in operation.officers}
    if operation.supervisor:
        found.add((operation.supervisor, "supervisor"))
    if operation.relief:
        found.add((operation.relief, "relief"))
    return frozenset(found)


COUNSEL = (Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY)
"""The offices whose attorneys learn of a contact that was recorded with them, and of nothing else."""


def consulted(operation: Operation) -> frozenset[tuple[str, Office]]:
    """The attorneys with an account with whom a contact was recorded, each in the office asked."""
    return frozenset((one.counsel, one.office) for one in operation.contacts if one.counsel)


def may_see(operation: Operation, person: str, offices: frozenset[Office]) -> bool:
    """Whether a person needs to know of the operation: the Chief, or a role with the office it takes."""
    if Office.CHIEF in offices:
        return True
    return any(one == person and ROLES[role] in offices for one, role in members(operation))


READ_WITH_A_REASON = frozenset({Office.AUDITOR, *CHIEFS})
"""The offices that are let read an operation they are not on: one at a time, for a reason, on its record."""


def reads_with_a_reason(operation: Operation, person: str, offices: frozenset[Office], now: datetime) -> bool:
    """Whether somebody who is not on the operation was let read it for a reason, and still is."""
    opened = any(one.person == person and one.covers(now) for one in operation.readings)
    return opened and bool(READ_WITH_A_REASON & offices)


def may_see_advice(operation: Operation, person: str, offices: frozenset[Office]) -> bool:
    """Whether a person may read counsel's advice: the assigned supervisor, the named relief and the Chief."""
    if Office.CHIEF in offices:
        return True
    return Office.SUPERVISOR in offices and person in (operation.supervisor, operation.relief)

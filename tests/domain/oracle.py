"""What an operation's raw list of entries says, worked out a second time and knowing nothing of the fold.

It reads entries only, newest last, and answers for the moment after the last of them. The walk compares both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from covertops.domain.declaration import Entry, Recorded
from covertops.domain.entries import authority as a
from covertops.domain.entries.counsel import ConsultationLogged
from covertops.domain.entries.ending import OperationEnded, OperationResumed, OperationSuspended
from covertops.domain.entries.paper import PaperConfirmed, PaperEntered
from covertops.domain.entries.people import AppointmentEnded
from covertops.domain.entries.request import ProfileDeclared, RequestSubmitted
from covertops.domain.entries.review import ReviewHeld

Record = Sequence[Recorded]
E = TypeVar("E", bound=Entry)
QUESTIONS = ("admissibility", "preservation", "open_government", "retention")
OWN = {"prosecuting attorney": QUESTIONS[:2], "city attorney": QUESTIONS[2:]}


def all_of(record: Record, kind: type[E]) -> list[tuple[Recorded, E]]:
    """Every entry of one kind."""
    return [(one, one.entry) for one in record if isinstance(one.entry, kind)]


def supervision(record: Record) -> list[str | None]:
    """Who the record says supervises, after each of its entries."""
    found: list[str | None] = [None]
    for one in record:
        now = found[-1]
        match one.entry:
            case a.SupervisorAssigned(supervisor=person) | a.AuthorizationGranted(supervisor=person):
                now = person
            case a.SupervisionTaken(by=person):
                now = person
            case AppointmentEnded(person=person, held="supervisor") if person == now:
                now = None
        found.append(now)
    return found


def supervisor(record: Record) -> str | None:
    """Who the record says supervises now."""
    return supervision(record)[-1]


def relief(record: Record) -> str | None:
    """Who the record says may take over."""
    found: str | None = None
    for one in record:
        match one.entry:
            case a.SupervisorAssigned(relief=person) | a.AuthorizationGranted(relief=person):
                found = person
            case a.SupervisionTaken():
                found = None
            case AppointmentEnded(person=person, held="supervisor"):
                found = None if found == person else found
    return found


def officers(record: Record) -> set[str]:
    """Who the record says may use the profile."""
    found: set[str] = set()
    for one in record:
        match one.entry:
            case a.AuthorizationGranted(officers=people):
                found = set(people)
            case a.OperatorAdded(officer=person):
                found.add(person)
            case a.OperatorRemoved(officer=person) | AppointmentEnded(person=person, held="investigator"):
                found.discard(person)
    return found


def promised(record: Record) -> set[str]:
    """Whose promise stands: made, and not removed or out of office since."""
    found: set[str] = set()
    for one in record:
        match one.entry:
            case a.PromiseMade(by=str(person)):
                found.add(person)
            case a.OperatorRemoved(officer=person) | AppointmentEnded(person=person, held="investigator"):
                found.discard(person)
    return found


def approved(record: Record, now: datetime) -> bool:
    """Whether the Chief's newest decision allows use at this moment."""
    granted = all_of(record, a.AuthorizationGranted)
    if not granted:
        return False
    starts, ends = granted[-1][1].starts_at, granted[-1][1].ends_at
    renewed = [entry.ends_at for one, entry in all_of(record, a.AuthorizationRenewed) if one.at >= granted[-1][0].at]
    return starts <= now < (renewed[-1] if renewed else ends)


def contacts(record: Record, office: str) -> list[ConsultationLogged]:
    """The answers of an attorney's office to the request as it now stands; none where it declined after them."""
    request = all_of(record, RequestSubmitted)[-1][0].number
    of_office = [entry for _, entry in all_of(record, ConsultationLogged) if entry.attorney_office == office]
    heard = [one for one in of_office if one.answer != "awaited" and any(ref.number >= request for ref in one.shown)]
    return [one for one in heard if one.answer == "given"] if heard and heard[-1].answer == "given" else []


def contacted(record: Record, office: str) -> bool:
    """Whether an office was contacted and no question is left open between the two."""
    mine = contacts(record, office)
    both = [contacts(record, one) for one in OWN]
    if not mine or not all(both):
        return bool(mine)
    settled = {name for found in both for one in found for name in QUESTIONS if getattr(one, name) == "determined"}
    return all(getattr(mine[-1], name) == "determined" or name in settled for name in QUESTIONS)


def answered_itself(record: Record, office: str) -> bool:
    """Whether an office determined its own two questions, and saw what the Chief changed."""
    mine = contacts(record, office)
    if not mine or any(getattr(mine[-1], name) != "determined" for name in OWN[office]):
        return False
    changed = [one.number for one, entry in all_of(record, a.AuthorizationGranted) if entry.changed == "yes"]
    return not changed or any(ref.number == changed[-1] for one in mine for ref in one.shown)


def policy_met(record: Record, now: datetime) -> bool:
    """Policy 2.8: the Chief's approval, a supervisor, both attorneys."""
    return approved(record, now) and supervisor(record) is not None and all(contacted(record, one) for one in OWN)


def gates_met(record: Record) -> bool:
    """The department's own gates before activation."""
    return bool(promised(record)) and all(answered_itself(record, one) for one in OWN) and paper_confirmed(record)


def paper_confirmed(record: Record) -> bool:
    """Whether the newest decision signed in ink, if there is any, was confirmed."""
    entered = [one.number for one, _ in all_of(record, PaperEntered)]
    confirmed = {entry.paper.number for _, entry in all_of(record, PaperConfirmed)}
    return not entered or entered[-1] in confirmed


def running(record: Record, now: datetime) -> bool:
    """Whether it was activated, is neither suspended nor ended, and no review is overdue."""
    turns = (a.OperationActivated, OperationSuspended, OperationResumed, OperationEnded)
    last = [one.entry for one in record if isinstance(one.entry, turns)]
    if not last or not isinstance(last[-1], a.OperationActivated | OperationResumed):
        return False
    due = [entry.review_due_at for _, entry in all_of(record, a.OperationActivated)]
    due += [entry.review_due_at for _, entry in all_of(record, OperationResumed)]
    due += [entry.next_due_at for _, entry in all_of(record, ReviewHeld)]
    return now < max(due)


def users(record: Record) -> set[str]:
    """Everybody who ever asked for it or was let use it."""
    found = {one.entry.by or "" for one in record if isinstance(one.entry, RequestSubmitted | ProfileDeclared)}
    for _, granted in all_of(record, a.AuthorizationGranted):
        found |= set(granted.officers)
    for _, declared in all_of(record, ProfileDeclared):
        found |= set(declared.used_by)
    return found | {entry.officer for _, entry in all_of(record, a.OperatorAdded)}


def supervisors(record: Record) -> set[str]:
    """Everybody who ever supervised it."""
    return {one for one in supervision(record) if one}


def chiefs(record: Record) -> set[str]:
    """Everybody who ever decided on it as the Chief or acting, other than to stop it."""
    as_chief = [one for one in record if one.office in ("chief", "acting chief") and one.entry.by]
    stops = (OperationSuspended, OperationEnded)
    return {one.entry.by or "" for one in as_chief if not isinstance(one.entry, stops)}


def told(record: Record, person: str, office: str) -> int:
    """How often the record says that somebody's office ended."""
    return sum(entry.person == person and entry.held == office for _, entry in all_of(record, AppointmentEnded))


def roles(record: Record, person: str, offices: frozenset[str]) -> set[str]:
    """What a person is to this operation, by the record and the offices held."""
    found = {"chief"} & offices
    if "investigator" in offices:
        asked = [one.entry.by for one in record if isinstance(one.entry, RequestSubmitted | ProfileDeclared)]
        found |= {"requester"} if person in asked else set()
        found |= {"officer"} if person in officers(record) else set()
        found |= {"former officer"} if person in users(record) - officers(record) - {*asked} else set()
    if "supervisor" in offices:
        found |= {"supervisor"} if person == supervisor(record) else set()
        found |= {"relief"} if person == relief(record) else set()
    return found

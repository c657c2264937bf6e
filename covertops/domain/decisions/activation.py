"""Promise, activation, suspension, resumption, ending, and what lapses by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from covertops.domain.authority import Authority, authority, taken_back
from covertops.domain.deadlines import review_due
from covertops.domain.decisions.frame import (
    DATES,
    Actor,
    Asked,
    Decided,
    Facts,
    Written,
    commanding_office,
    kept_apart,
    require_stage,
    require_supervisor,
    working_office,
)
from covertops.domain.declaration import Recorded
from covertops.domain.entries.authority import OperationActivated, PromiseMade
from covertops.domain.entries.ending import (
    LAPSES,
    AccountSettled,
    CeaseConfirmed,
    OperationEnded,
    OperationResumed,
    OperationSuspended,
)
from covertops.domain.entries.people import AppointmentEnded
from covertops.domain.evolve import evolve
from covertops.domain.operation import Operation
from covertops.domain.refusals import Missing, NotYours, Refusal, refuse
from covertops.domain.vocabulary import Office, Stage, policy, practice, setting

APPROVED = policy("IV.D.2", "Only the Chief approves it.")
STARTS = practice("Starting is an act of its own, by the assigned supervisor.")
STOPS = practice("The supervisor or the Chief stops it; what the Chief stopped, the Chief lets go on.")
PROMISE = setting("V.A.3, V.A.9, V.A.10.e.iii applied here")
RUNNING = (Stage.AUTHORIZED, Stage.ACTIVE, Stage.SUSPENDED)


def make_promise(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """An officer named by the Chief makes the promise before using the profile."""
    if actor.person not in operation.officers or Office.INVESTIGATOR not in actor.offices:
        raise NotYours(Missing("operator", "Only a named officer promises", PROMISE, "The Chief names the officers."))
    require_stage(operation, RUNNING, "There is no authorization to read", PROMISE, "The Chief decides first.")
    grant = operation.grant
    latest = max(
        (one.since for one in operation.promises if one.person == actor.person and one.until is None), default=None
    )
    if grant and latest and latest >= grant.recorded_at:
        raise refuse("promised", "You have made the promise", PROMISE, "Nothing is left to do.")
    if asked is None or grant is None:
        return ()
    if asked["device"] == "personal" and not operation.personal_device_asked:
        rule = setting("IV.B.5 applied here")
        remedy = "Use a department device, or ask the Chief first."
        raise refuse("device", "Your own device was not asked for", rule, remedy, "device")
    return (Written(Office.INVESTIGATOR, PromiseMade(by=actor.person, authorization=grant.ref, **asked)),)


def _all_gates(state: Authority) -> None:
    unmet = (*state.policy.unmet, *state.department.unmet)
    if unmet:
        raise Refusal(*(item.missing() for item in unmet))


def activate(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The assigned supervisor starts the operation once every gate of both answers is met."""
    require_supervisor(operation, actor, STARTS)
    message = "There is no authorized operation to activate"
    require_stage(
        operation, (Stage.AUTHORIZED,), message, APPROVED, "The Chief authorizes first; it is activated once."
    )
    state = authority(operation, facts.now, facts.rules, gates_only=True)
    _all_gates(state)
    grant = operation.grant
    if asked is None or grant is None:
        return ()
    met = (*state.policy.items, *state.department.items)
    entry = OperationActivated(
        by=actor.person,
        authorization=grant.ref,
        in_force=tuple(f"{item.words}{f' (entry {item.entry})' if item.entry else ''}" for item in met),
        review_due_at=review_due(facts.now, grant.review_days, facts.zone),
        **asked,
    )
    return (Written(Office.SUPERVISOR, entry),)


def suspend(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The supervisor or the Chief stops use for now."""
    office = commanding_office(operation, actor, STOPS)
    require_stage(operation, (Stage.ACTIVE,), "It is not active", STOPS, "Only an active operation is suspended.")
    if asked is None:
        return ()
    entry = OperationSuspended(by=actor.person, lapse=None, since_at=facts.now, **asked)
    return (Written(office, entry),)


def resume(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The assigned supervisor or the Chief resumes once everything is in force again."""
    office = commanding_office(operation, actor, STOPS)
    require_stage(operation, (Stage.SUSPENDED,), "It is not suspended", STOPS, "Nothing is left to do.")
    if operation.paused and operation.paused.by_chief and office is not Office.CHIEF:
        raise refuse("chief", "The Chief suspended it", STOPS, "The Chief resumes it.")
    if office is Office.CHIEF:
        kept_apart(operation, supervisor=None, officers=operation.officers, chief=actor.person)
    state = authority(operation, facts.now, facts.rules)
    unmet = [item for item in (*state.policy.unmet, *state.department.unmet) if item.code != "suspended"]
    if unmet:
        raise Refusal(*(item.missing() for item in unmet))
    grant, due = operation.grant, operation.review_due_at
    if asked is None or grant is None or due is None:
        return ()
    entry = OperationResumed(by=actor.person, review_due_at=due, **asked)
    return (Written(office, entry),)


def end_operation(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The supervisor or the Chief ends the operation; each officer then confirms having stopped."""
    rule = practice("A duty when grounds or supervision end.")
    office = commanding_office(operation, actor, rule)
    require_stage(operation, RUNNING, "There is nothing to end", rule, "A request is denied or withdrawn instead.")
    if asked is None:
        return ()
    due = facts.now + timedelta(hours=facts.rules.number("cease_hours"))
    return (Written(office, OperationEnded(by=actor.person, cease_due_at=due, **asked)),)


def confirm_cease(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """An officer confirms having stopped, after the operation ended."""
    rule = setting(f"{facts.rules.number('cease_hours')} hours")
    if actor.person not in operation.officers or Office.INVESTIGATOR not in actor.offices:
        raise NotYours(Missing("operator", "Only an officer who used it confirms", rule, "The officer confirms."))
    require_stage(operation, (Stage.ENDED,), "The operation has not ended", rule, "It is confirmed after the end.")
    if actor.person in {one.person for one in operation.ceased}:
        raise refuse("ceased", "You have confirmed it", rule, "Nothing is left to do.")
    if asked is None:
        return ()
    if asked["stopped_at"] > facts.now:
        raise refuse("future", "That lies in the future", DATES, "Enter when you stopped.", "stopped_at")
    return (Written(Office.INVESTIGATOR, CeaseConfirmed(by=actor.person, **asked)),)


def settle_account(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """What became of an account, with proof, after the end."""
    rule = practice("No account is left without an end.")
    office = working_office(operation, actor, rule)
    require_stage(operation, (Stage.ENDED,), "The operation has not ended", rule, "Accounts are settled after the end.")
    left = {one.ref.number for one in operation.accounts if one.settled is None}
    if not left:
        raise refuse("settled", "No account is left to settle", rule, "Nothing is left to do.")
    if asked is None:
        return ()
    if asked["account"].number not in left:
        raise refuse("settled", "This account is settled already", rule, "Choose another.", "account")
    return (Written(office, AccountSettled(by=actor.person, **asked)),)


def lapse_at(operation: Operation, facts_now: datetime) -> tuple[str, datetime] | None:
    """The lapse that stops an active operation and since when, or None while all is in force at ``facts_now``."""
    if operation.stage is not Stage.ACTIVE:
        return None
    found: list[tuple[datetime, str]] = []
    grant, due = operation.grant, operation.review_due_at
    if grant and grant.ends_at <= facts_now:
        found.append((grant.ends_at, "authorization ended"))
    if due and due <= facts_now:
        found.append((due, "review overdue"))
    last = operation.last_at or facts_now
    if operation.supervisor is None:
        gone = max((one.until for one in operation.supervision if one.until), default=last)
        found.append((gone, "supervisor gone"))
    if not any(one.until is None for one in operation.promises):
        gone = max((one.until for one in operation.promises if one.until), default=last)
        found.append((gone, "nobody promised"))
    for office in (Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY):
        back = taken_back(operation, office)
        if back is not None:
            found.append((back, "answer withdrawn"))
    if not found:
        return None
    since, lapse = min(found)
    return lapse, since


def next_lapse(operation: Operation) -> datetime | None:
    """The next moment at which time alone makes an active operation lapse."""
    if operation.stage is not Stage.ACTIVE:
        return None
    moments = [operation.grant.ends_at] if operation.grant else []
    if operation.review_due_at:
        moments.append(operation.review_due_at)
    return min(moments, default=None)


def ended_offices(operation: Operation, facts: Facts) -> Decided:
    """What an operation's record must tell of offices that ended in the department: one entry each, of the software.

    Whoever ends an appointment or closes an account records this in every operation; what runs out by date lapses.
    """
    held = [(one, Office.SUPERVISOR) for one in (operation.supervisor, operation.relief) if one]
    held += [(one, Office.INVESTIGATOR) for one in operation.officers]
    department, lost = facts.department, list[tuple[str, Office, datetime]]()
    for person, office in dict.fromkeys((*held, *_beside(operation))):
        if office in department.offices_of(person, facts.now):
            continue
        found = (person, office, department.office_ended_at(person, office, facts.now))
        # Whoever uses it or supervises it has no part any more once this is told; the others keep theirs.
        if (person, office) in held or found not in operation.offices_ended:
            lost.append(found)
    return tuple(
        Written(Office.SYSTEM, AppointmentEnded(person=person, held=office, ended_at=at, reason=None))
        for person, office, at in lost
    )


def _beside(operation: Operation) -> list[tuple[str, Office]]:
    """Those whose office the record names and authority does not rest on: requester, Chief, recipients of packages."""
    if operation.stage in (Stage.REFUSED, Stage.WITHDRAWN):
        return []
    found = [(operation.requester, Office.INVESTIGATOR)] if operation.requester else []
    if operation.grant and operation.grant.chief:
        found.append((operation.grant.chief, Office(operation.grant.office)))
    waiting = [one.recipient for one in operation.exports if one.released and one.received is None]
    return found + [(one, Office.PROSECUTING_ATTORNEY) for one in waiting]


def lapse(operation: Operation, facts: Facts) -> Decided:
    """Record by itself which offices have ended, and suspend what has lapsed; nothing when all is in force."""
    ended = ended_offices(operation, facts)
    for written in ended:
        at = Recorded(operation.id, operation.last_number + 1, facts.now, "", written.office, written.entry)
        operation = evolve(operation, at)
    found = lapse_at(operation, facts.now)
    if found is None:
        return ended
    name, since = found
    entry = OperationSuspended(by=None, lapse=name, since_at=since, ground=LAPSES[name] + ".")
    return (*ended, Written(Office.SYSTEM, entry))

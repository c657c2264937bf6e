"""The supervisor's contacts with both attorneys (Policy 2.8, IV.D.3) and the conflict check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from covertops.domain.authority import given_contacts, shows_request
from covertops.domain.decisions.frame import (
    APART,
    DATES,
    Actor,
    Asked,
    Decided,
    Facts,
    Written,
    require_holders,
    require_stage,
    require_supervisor,
    users_of,
)
from covertops.domain.entries.counsel import (
    AttorneyAttempted,
    CityAttorneyWrote,
    ConflictChecked,
    ConsultationConfirmed,
    ConsultationLogged,
    ProsecutorWrote,
)
from covertops.domain.entries.package import EvidenceOpened
from covertops.domain.membership import may_see_advice
from covertops.domain.operation import Contact, Operation
from covertops.domain.policy import DETERMINATIONS
from covertops.domain.refusals import Missing, NotYours, raise_if, refuse
from covertops.domain.vocabulary import CHIEFS, Office, Stage, policy, practice, setting

CONTACT = policy("IV.D.3", "The supervisor contacts both before operating.")
CONFIRMS = practice("Counsel says whether it is put down right.")
ADVICE = {Office.PROSECUTING_ATTORNEY: "prosecutor_advice", Office.CITY_ATTORNEY: "city_attorney_advice"}
"""The field in which each office's advice stands; the two never meet."""
WROTE: Mapping[Office, type[ProsecutorWrote] | type[CityAttorneyWrote]] = {
    Office.PROSECUTING_ATTORNEY: ProsecutorWrote,
    Office.CITY_ATTORNEY: CityAttorneyWrote,
}
"""The kind of entry that keeps a writing of each office."""
OPEN_STAGES = (Stage.REQUESTED, Stage.AUTHORIZED, Stage.ACTIVE, Stage.SUSPENDED)


def _may_contact(operation: Operation, actor: Actor) -> None:
    require_supervisor(operation, actor, CONTACT)
    message = "There is nothing to ask an attorney about"
    require_stage(operation, OPEN_STAGES, message, CONTACT, "A request comes first.")


def check_conflict(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The supervisor records a check with a regional deconfliction system."""
    rule = practice("Two operations must not meet unknown.")
    require_supervisor(operation, actor, rule)
    require_stage(operation, OPEN_STAGES, "There is nothing to check", rule, "A request comes first.")
    if asked is None:
        return ()
    return (Written(Office.SUPERVISOR, ConflictChecked(by=actor.person, **asked)),)


def attempt_attorney(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The supervisor records an attempt that brought no answer."""
    _may_contact(operation, actor)
    if asked is None:
        return ()
    if asked["attempted_at"] > facts.now:
        raise refuse("future", "The attempt lies in the future", DATES, "Enter when you tried.", "attempted_at")
    return (Written(Office.SUPERVISOR, AttorneyAttempted(by=actor.person, **asked)),)


def log_consultation(operation: Operation, actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The assigned supervisor records the contact with one attorney and the four determinations (IV.D.3)."""
    _may_contact(operation, actor)
    if asked is None:
        return ()
    if asked["held_at"] > facts.now:
        raise refuse("future", "The contact lies in the future", DATES, "Enter when it took place.", "held_at")
    if asked["counsel"]:
        _check_counsel(operation, facts, asked["counsel"], Office(asked["attorney_office"]))
    if asked["answer"] == "given":
        raise_if(_incomplete(operation, facts, asked))
    return (Written(Office.SUPERVISOR, ConsultationLogged(by=actor.person, **asked)),)


def keep_writing(operation: Operation, actor: Actor, facts: Facts, office: Office, asked: Asked = None) -> Decided:
    """The assigned supervisor keeps what an attorney wrote, apart; the contact that is recorded next refers to it."""
    _may_contact(operation, actor)
    if asked is None:
        return ()
    return (Written(Office.SUPERVISOR, WROTE[office](by=actor.person, **asked)),)


def open_writing(operation: Operation, actor: Actor, facts: Facts, number: int) -> Decided:
    """Somebody who may read an attorney's advice opens a writing of theirs: a custody entry."""
    writing = next((one for one in operation.writings if one.ref.number == number), None)
    if writing is None or not may_see_advice(operation, actor.person, actor.offices):
        raise NotYours(Missing("writing", "No such writing", CONTACT, "Open it from the contact."))
    office = next(one for one in (*reversed(CHIEFS), Office.SUPERVISOR) if one in actor.offices)
    return (Written(office, EvidenceOpened(by=actor.person, evidence=writing.ref)),)


def _check_counsel(operation: Operation, facts: Facts, counsel: str, office: Office) -> None:
    """The contact is put before an attorney of that office who has no other part in the operation."""
    require_holders(facts, office, (counsel,), "counsel")
    part = users_of(operation) | {one.person for one in operation.supervision} | {one.chief for one in operation.grants}
    if counsel in part:
        message = "This attorney asked for it, uses the profile, supervises it or decided on it"
        raise refuse("apart.counsel", message, APART, "Choose another attorney of the office.", "counsel")


def consulted(operation: Operation, actor: Actor, number: int) -> Contact:
    """The contact that was recorded with this attorney in an entry; any other is refused as not theirs."""
    for one in operation.contacts:
        if one.ref.number == number and one.counsel == actor.person and one.office in actor.offices:
            return one
    raise NotYours(Missing("contact", "No such contact", CONFIRMS, "Open it from My work."))


def confirm_consultation(operation: Operation, actor: Actor, facts: Facts, number: int, asked: Asked = None) -> Decided:
    """The attorney confirms or corrects what the supervisor recorded of the newest contact with their office."""
    contact = consulted(operation, actor, number)
    if any(one.office == contact.office and one.ref.number > number for one in operation.contacts):
        remedy = "The supervisor records the next contact; that one is put before you."
        raise refuse("later", "Something later stands in the place of this contact", CONFIRMS, remedy)
    if asked is None:
        return ()
    (other,) = (name for office, name in ADVICE.items() if office is not contact.office)
    if asked[other]:
        message = "This is the other office’s compartment"
        raise refuse("apart", message, CONFIRMS, "Leave it empty.", other)
    entry = ConsultationConfirmed(
        by=actor.person, consultation=contact.ref, attorney_office=contact.office.value, **asked
    )
    return (Written(contact.office, entry),)


def _incomplete(operation: Operation, facts: Facts, asked: Mapping[str, Any]) -> list[Missing]:
    office = Office(asked["attorney_office"])
    required = next((one for one in facts.rules.consultations if one.office == office), None)
    missing = []
    if not shows_request(operation, (ref.number for ref in asked["shown"])):
        remedy = "Show the request as it now stands, or the authorization."
        missing.append(Missing("shown", "The attorney saw an earlier request", CONTACT, remedy, "shown"))
    for name in DETERMINATIONS:
        words = facts.rules.determinations[name]
        if asked[name] == "referred" and required and name in required.must_answer:
            rule = setting(f"The {office.value} must answer this itself.")
            remedy = f"Ask the {office.value}; until then the answer is “awaited”."
            missing.append(Missing(f"own.{name}", f"{words}: the {office.value} must answer this", rule, remedy, name))
    return missing


def offices_without_answer(operation: Operation, facts: Facts) -> tuple[Office, ...]:
    """The required offices that have not given an answer yet."""
    required = facts.rules.consultations
    return tuple(one.office for one in required if not given_contacts(operation, one.office, facts.now))

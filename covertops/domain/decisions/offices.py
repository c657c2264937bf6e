"""Decisions about who holds which office: appointments, the acting Chief, the city's instrument, the review of people.

There is one Chief at a time, and nobody gives that office in this house. The city's instrument does: the administrator
enters it, a second person who has read it confirms it, and only then does anything change. An acting Chief does what
the Chief does from one day to another and says so in every act; naming who is to be Chief is not among it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from covertops.domain.deadlines import end_of, local_date, start_of
from covertops.domain.decisions.frame import Actor, Asked, Decided, Facts, Written, require_office
from covertops.domain.department import Appointment, CityInstrument, Department, Member
from covertops.domain.entries.department import (
    ACTING,
    CITY,
    REVIEWED,
    ActingChiefNamed,
    CityInstrumentAnswered,
    CityInstrumentEntered,
    OfficeAppointed,
    OfficeEnded,
    PeopleReviewed,
)
from covertops.domain.refusals import Missing, NotYours, refuse
from covertops.domain.vocabulary import CHIEFS, Office, practice

ACCOUNTS = practice("The administrator opens accounts; the Chief gives offices.")
AGENCY = practice("Another agency’s officer serves by written agreement, and is not Chief or administrator here.")
APPROVED_THERE = (Office.INVESTIGATOR, Office.SUPERVISOR)
"""Who comes from another agency in these offices comes with that agency's own approval beside the agreement."""

# Who confirms the city's instrument: an auditor. Where there is none, whoever else is not below a supervisor; and where
# there is nobody of those either, an investigator, so that a department is never left without a way to its next Chief.
CONFIRMS: tuple[tuple[Office, ...], ...] = (
    (Office.AUDITOR,),
    (
        *CHIEFS,
        Office.CITY_ATTORNEY,
        Office.PROSECUTING_ATTORNEY,
        Office.RECORDS_CUSTODIAN,
        Office.SUPERVISOR,
    ),
    (Office.INVESTIGATOR,),
)
SETTLED = timedelta(days=30)
"""Whom the administrator appointed so long before may confirm what that administrator enters; nobody newer.

And whoever was put out of an office so lately still keeps the offices below from confirming in its place.
"""


# Appointments --------------------------------------------------------------------------------------------------------


def appoint(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief gives an office; the administrator may appoint investigators only."""
    office = _appointer(actor)
    if asked is None:
        return ()
    held = Office(asked["held"])
    if office is Office.ADMINISTRATOR and held is not Office.INVESTIGATOR:
        remedy = "The Chief makes this appointment."
        raise refuse("above", "The administrator appoints investigators only", ACCOUNTS, remedy, "held")
    if held in CHIEFS:
        remedy = "The city’s instrument names a Chief; the Chief names an acting Chief."
        raise refuse("chief", "The Chief’s office is not given by an appointment", CITY, remedy, "held")
    member = _open_account_of(facts, asked["person"])
    if held in member.offices(facts.now):
        raise refuse("held", "This person holds that office", ACCOUNTS, "Nothing is left to do.", "held")
    _check_apart(member, facts.now, held)
    _check_agency(member, facts.now, held, asked.get("agency"))
    if asked.get("agency"):
        _check_agreement(held, asked.get("agreement"), asked.get("agency_approval"))
    until = asked["until_on"]
    if until is not None and until < max(asked["from_on"], local_date(facts.now, facts.zone)):
        raise refuse("term", "It ends before it begins", ACCOUNTS, "Enter a later day.", "until_on")
    return (Written(office, OfficeAppointed(by=actor.person, **asked)),)


def _appointer(actor: Actor) -> Office:
    for office in (Office.CHIEF, Office.ADMINISTRATOR):
        if office in actor.offices:
            return office
    raise NotYours(Missing("office", "Only the Chief gives offices", ACCOUNTS, "Ask the Chief."))


def _open_account_of(facts: Facts, person: str) -> Member:
    member = facts.department.people.get(person)
    if member is None or member.closed_at is not None:
        raise refuse("person", "There is no open account of this person", ACCOUNTS, "Open the account first.", "person")
    return member


def _check_apart(member: Member, now: datetime, held: Office, field: str = "held") -> None:
    """Nobody is Chief and administrator, and the administrator is nothing else; later appointments count too."""
    pair = {held, *(one.office for one in member.standing(now))}
    if Office.ADMINISTRATOR in pair and pair & {*CHIEFS}:
        rule = practice("Chief and administrator are two people.")
        raise refuse("two", "Chief and administrator are two people", rule, "Choose another person.", field)
    if Office.ADMINISTRATOR in pair and len(pair) > 1:
        rule = practice("The administrator runs the machine and reads no operation.")
        raise refuse("two", "The administrator holds no other office", rule, "Choose another person.", field)


def _check_agency(member: Member, now: datetime, held: Office, agency: str | None, field: str = "held") -> None:
    """A person of another agency leads nothing here: not as the Chief, not acting, not as the administrator."""
    own = {*CHIEFS, Office.ADMINISTRATOR}
    standing = member.standing(now)
    if held in own and (agency or any(one.agency for one in standing)):
        message = f"{member.name} belongs to another agency"
        raise refuse("agency", message, AGENCY, "Choose a person of this department.", field)
    if agency and any(one.office in own for one in standing):
        message = f"{member.name} holds an office that only this department’s own people hold"
        raise refuse("agency", message, AGENCY, "Choose another person.", "of_another_agency")


def _check_agreement(held: Office, agreement: str | None, approval: str | None) -> None:
    if not agreement:
        message, remedy = "There is no written agreement with that agency", "Name the agreement, or appoint nobody."
        raise refuse("agreement", message, AGENCY, remedy, "agreement")
    if held in APPROVED_THERE and not approval:
        message = "That agency’s own approval is not named"
        raise refuse("approval", message, AGENCY, "Name it; it stands beside the Chief’s.", "agency_approval")


def end_office(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief ends an appointment; every operation it affects records it."""
    require_office(actor, Office.CHIEF, ACCOUNTS)
    if asked is None:
        return ()
    member = facts.department.people.get(asked["person"])
    held = Office(asked["held"])
    if member is None:
        raise refuse("person", "There is no account of this person", ACCOUNTS, "Choose a person of the list.", "person")
    if held not in member.offices(facts.now):
        raise refuse("held", "This person does not hold that office", ACCOUNTS, "Choose another.", "held")
    if held is Office.CHIEF:
        message = "The Chief’s office ends by the city’s instrument"
        raise refuse("chief", message, CITY, "The administrator enters it.", "held")
    if held is Office.ACTING_CHIEF and Office.ACTING_CHIEF in actor.offices:
        raise refuse("acting", "You are the acting Chief yourself", ACTING, "The Chief ends it, or the city.", "held")
    if held is Office.ADMINISTRATOR and len(facts.department.holding(held, facts.now)) == 1:
        message = "Nobody else is administrator"
        raise refuse("last", message, ACCOUNTS, "Appoint another administrator first.", "held")
    return (Written(Office.CHIEF, OfficeEnded(by=actor.person, **asked)),)


# The Chief's office --------------------------------------------------------------------------------------------------


def name_acting_chief(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The Chief names who acts as the Chief from one day to another, with the city attorney's view (local setting)."""
    require_office(actor, Office.CHIEF, ACTING)
    if Office.ACTING_CHIEF in actor.offices:
        message = "An acting Chief names no acting Chief"
        raise NotYours(Missing("acting", message, ACTING, "The Chief does, or the city."))
    if asked is None:
        return ()
    member = _open_account_of(facts, asked["person"])
    if member.id == actor.person:
        raise refuse("self", "You are the Chief", ACTING, "Choose another person.", "person")
    _check_leader(member, facts, Office.ACTING_CHIEF)
    _check_term(facts, asked["from_on"], asked["until_on"])
    since, until = start_of(asked["from_on"], facts.zone), end_of(asked["until_on"], facts.zone)
    others = [
        one
        for other in facts.department.people.values()
        for one in other.standing(facts.now)
        if one.office is Office.ACTING_CHIEF and one.since < until and (one.until is None or one.until > since)
    ]
    if others:
        raise refuse(
            "one", "Somebody acts as the Chief in that time", ACTING, "That appointment ends first.", "from_on"
        )
    return (Written(Office.CHIEF, ActingChiefNamed(by=actor.person, **asked)),)


def _check_leader(member: Member, facts: Facts, held: Office) -> None:
    _check_apart(member, facts.now, held, "person")
    _check_agency(member, facts.now, held, None, "person")


def _check_term(facts: Facts, first: date, last: date) -> None:
    if last < max(first, local_date(facts.now, facts.zone)):
        raise refuse("term", "It ends before it begins", ACTING, "Enter a later day.", "until_on")


def enter_city_instrument(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The administrator enters what the city decided about the Chief's office; it waits for a second person."""
    require_office(actor, Office.ADMINISTRATOR, CITY)
    if facts.department.instrument is not None:
        message = "An instrument waits to be confirmed"
        raise refuse("waiting", message, CITY, "It is confirmed first, or found not to say this.")
    if asked is None:
        return ()
    chief, takes = facts.department.chief(facts.now), asked["held"] != "nobody"
    if asked["ends_present"] and chief is None:
        raise refuse("vacant", "Nobody is Chief now", CITY, "Leave the tick off.", "ends_present")
    if not takes and not asked["ends_present"]:
        raise refuse("nothing", "It changes nothing", CITY, "Say whose office ends, or who takes it.", "ends_present")
    if takes:
        _check_named(facts, Office(asked["held"]), asked)
    elif asked["person"]:
        raise refuse("person", "Nobody takes the office", CITY, "Take the person out, or choose the office.", "person")
    outgoing = chief.id if chief and asked["ends_present"] else None
    return (Written(Office.ADMINISTRATOR, CityInstrumentEntered(by=actor.person, outgoing=outgoing, **asked)),)


def _is_chief(member: Member, facts: Facts) -> bool:
    """Whether somebody is Chief or is to be; acting as the Chief is not meant."""
    return any(one.office is Office.CHIEF for one in member.standing(facts.now))


def _check_named(facts: Facts, held: Office, asked: Asked) -> None:
    """The person whom the city's instrument names can hold the office."""
    given = asked or {}
    if not given["person"]:
        raise refuse("person", "Nobody is named", CITY, "Choose who takes the office.", "person")
    member = _open_account_of(facts, given["person"])
    if _is_chief(member, facts):
        raise refuse("held", "This person is the Chief", CITY, "Choose another person.", "person")
    _check_leader(member, facts, held)
    if held is Office.ACTING_CHIEF:
        _check_term(facts, given["from_on"], given["until_on"])
        return
    named = [one for one in facts.department.people.values() if _is_chief(one, facts)]
    if named and not given["ends_present"]:
        message = f"There is one Chief at a time, and {named[0].name} is"
        raise refuse("one", message, CITY, "Tick that the present Chief’s office ends, if it does.", "ends_present")


def who_confirms(department: Department, waiting: CityInstrument, now: datetime) -> tuple[Office, tuple[Member, ...]]:
    """The people who may confirm the city's instrument, and the first of the offices in which they do.

    Never who entered it, never whom it names, never an administrator, and nobody whom the one who entered it has only
    just appointed. :data:`CONFIRMS` says in which order offices are asked; the first that somebody holds decides, or
    would hold had they not been put out of it: since it was entered, or by the one who entered it not long before
    (:data:`SETTLED`). Then nobody confirms for a while, rather than whoever the one who entered it left there.
    """
    barred = {waiting.says.by, waiting.says.person}
    able = [one for one in department.people.values() if one.id not in barred and one.closed_at is None]
    for offices in CONFIRMS:
        found = tuple(
            one
            for one in able
            if any(it.covers(now) and _is_independent(it, offices, waiting) for it in one.appointments)
        )
        if found or any(_was_put_out(one, offices, waiting, now) for one in department.people.values()):
            return offices[0], found
    return Office.AUDITOR, ()


def _is_independent(one: Appointment, offices: tuple[Office, ...], waiting: CityInstrument) -> bool:
    """Whether an appointment makes somebody a second person: the first did not give it to them for this."""
    given_for_this = one.by is not None and one.by == waiting.says.by and one.since > waiting.at - SETTLED
    return one.office in offices and not given_for_this


def _was_put_out(member: Member, offices: tuple[Office, ...], waiting: CityInstrument, now: datetime) -> bool:
    """Whether somebody could confirm in these offices, had they not lately been ended for them.

    By anybody since the instrument was entered; before that, by the one who entered it, who closes accounts. An office
    that ran out by its own date was not taken away.
    """
    if member.id in {waiting.says.by, waiting.says.person}:
        return False
    return any(
        one.ended_by is not None
        and one.until is not None
        and one.since < one.until
        and one.until > now - SETTLED
        and ((one.since <= waiting.at < one.until) or one.ended_by == waiting.says.by)
        and _is_independent(one, offices, waiting)
        for one in member.appointments
    )


def answer_city_instrument(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """A second person confirms the city's instrument, and it takes effect; or says that it does not say this."""
    waiting = facts.department.instrument
    able = who_confirms(facts.department, waiting, facts.now)[1] if waiting else ()
    if waiting is None or actor.person not in {one.id for one in able}:
        raise NotYours(
            Missing("confirms", "This is for another office", CITY, "Ask the administrator who confirms it.")
        )
    if asked is None:
        return ()
    if asked["answer"] == "confirmed":
        _still_fits(facts, waiting)
    office = next(one for offices in CONFIRMS for one in offices if one in actor.offices)
    return (Written(office, CityInstrumentAnswered(by=actor.person, entered=waiting.ref, **asked)),)


def _still_fits(facts: Facts, waiting: CityInstrument) -> None:
    """What was entered can still take effect: people and offices may have changed while it waited."""
    says, chief = waiting.says, facts.department.chief(facts.now)
    if says.ends_present and (chief.id if chief else None) != says.outgoing:
        message, remedy = "The Chief is another person by now", "Answer that it does not say this; it is entered anew."
        raise refuse("moved", message, CITY, remedy, "answer")
    if says.person:
        given = {"person": says.person, "from_on": says.from_on, "until_on": says.until_on}
        _check_named(facts, Office(says.held), {**given, "ends_present": says.ends_present})


# The review ----------------------------------------------------------------------------------------------------------


def review_people(actor: Actor, facts: Facts, asked: Asked = None) -> Decided:
    """The auditor or the Chief puts on record that every account and office was looked through."""
    office = next((one for one in (Office.AUDITOR, Office.CHIEF) if one in actor.offices), None)
    if office is None:
        raise NotYours(Missing("office", "Only the auditor or the Chief reviews this", REVIEWED, "Ask the auditor."))
    if asked is None:
        return ()
    return (Written(office, PeopleReviewed(by=actor.person, to_number=facts.department.last_number, **asked)),)


def people_review_due(facts: Facts) -> datetime | None:
    """When people and offices are to be reviewed next; None before the record begins."""
    begun = facts.department.reviewed.at if facts.department.reviewed else facts.department.begun_at
    if begun is None:
        return None
    days = timedelta(days=facts.rules.number("people_review_days"))
    return end_of(local_date(begun + days, facts.zone), facts.zone)

"""People and offices: the administrator opens accounts, the Chief gives and ends offices; both see everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from covertops.actions import department as acts
from covertops.actions import recoveries
from covertops.actions.department import Invited
from covertops.actions.department_signing import Signing
from covertops.actions.installation import Installation
from covertops.actions.signing import PASSWORD
from covertops.domain.declaration import Entry, Recorded
from covertops.domain.department import Department, Member
from covertops.domain.entries.department import (
    APPOINTED,
    AccountClosed,
    AccountInvited,
    AccountOpened,
    AccountReleased,
    AccountReopened,
    ActingChiefNamed,
    CityInstrumentEntered,
    OfficeAppointed,
    OfficeEnded,
)
from covertops.domain.entries.sign_in import FactorReset
from covertops.domain.vocabulary import Office
from covertops.web.forms import Option
from covertops.web.installed import installed
from covertops.web.page import Act, Cell, Column, Crumb, Page, Table, Tag
from covertops.web.pages.asking import Looking, looking, number_in, times_of
from covertops.web.pages.department_form import DepartmentForm, chosen_from, done_words, opened, people_of, sent
from covertops.web.pages.department_signing import to_sign
from covertops.web.pages.invited import invited_page
from covertops.web.presenting.offices import chief_words, instrument_words
from covertops.web.presenting.reading import listed
from covertops.web.presenting.times import LocalTime
from covertops.web.security import audience
from covertops.web.show import show

CHIEF, ADMINISTRATOR, ACTING = Office.CHIEF.value, Office.ADMINISTRATOR.value, Office.ACTING_CHIEF.value
PEOPLE: Final = "People"

pages = Blueprint("people", __name__)


@dataclass(frozen=True)
class PeopleAct:
    """An act on an account or an office: who may do it, what it asks, and what it says."""

    name: str
    title: str
    words: str
    submit: str
    kind: type[Entry]
    offices: frozenset[str]
    run: Callable[..., Recorded] | None = None
    barred: str = ""
    """An office whose holder does not do it."""
    read_back: bool = False
    """Whether it is read back and signed on a page of its own."""

    def is_of(self, offices: Set[str]) -> bool:
        """Whether somebody in these offices does it."""
        return bool(self.offices & offices) and self.barred not in offices


def _reset_factor(
    house: Installation, person: str, given: Mapping[str, object], level: Signing, now: datetime
) -> Recorded:
    return recoveries.reset(house, installed().services.derive, person, given, level, now)


_ACTS: Final = {
    one.name: one
    for one in (
        PeopleAct(
            "open-account",
            "Open an account",
            "It gives no office yet. You get a one-time code to hand over in person.",
            "Open the account",
            AccountOpened,
            frozenset({ADMINISTRATOR}),
        ),
        PeopleAct(
            "appoint",
            "Appoint",
            "Gives a person an office by a named instrument. The person signs in anew.",
            "Appoint",
            OfficeAppointed,
            frozenset({CHIEF, ADMINISTRATOR}),
            acts.appoint,
        ),
        PeopleAct(
            "end-office",
            "End an office",
            "Every operation it affects records it and stops by itself where nobody else carries it.",
            "End the office",
            OfficeEnded,
            frozenset({CHIEF}),
            acts.end_office,
        ),
        PeopleAct(
            "acting-chief",
            "Name an acting Chief",
            "Between two days, by a dated instrument, with the city attorney’s view. It ends by itself at midnight.",
            "Name the acting Chief",
            ActingChiefNamed,
            frozenset({CHIEF}),
            barred=ACTING,
            read_back=True,
        ),
        PeopleAct(
            "city-instrument",
            "Enter the city’s instrument",
            "Who is Chief, the city decides. The auditor, or where there is none another office holder, confirms it.",
            "Enter it",
            CityInstrumentEntered,
            frozenset({ADMINISTRATOR}),
            read_back=True,
        ),
        PeopleAct(
            "invite",
            "Make a new one-time code",
            "For someone who lost theirs, or their password. Password and sessions end; the second factor stays.",
            "Make a new code",
            AccountInvited,
            frozenset({ADMINISTRATOR}),
        ),
        PeopleAct(
            "reset-factor",
            "Let somebody set up a second factor again",
            "For anybody who lost phone or sheet. Every supervisor and auditor is told; their sessions end.",
            "Take the lost one away",
            FactorReset,
            frozenset({CHIEF}),
            _reset_factor,
        ),
        PeopleAct(
            "release-account",
            "Release a locked account",
            "After five wrong attempts. Ask the person whether the attempts were theirs.",
            "Release the account",
            AccountReleased,
            frozenset({ADMINISTRATOR}),
            acts.release_account,
        ),
        PeopleAct(
            "close-account",
            "Close an account",
            "Offices end with it, in every operation they affect.",
            "Close the account",
            AccountClosed,
            frozenset({ADMINISTRATOR}),
            acts.close_account,
        ),
        PeopleAct(
            "reopen-account",
            "Open a closed account again",
            "For someone who is back: what they were part of stays theirs. It gives no office.",
            "Open it again",
            AccountReopened,
            frozenset({ADMINISTRATOR}),
        ),
    )
}


@pages.get("/people")
@audience(CHIEF, ADMINISTRATOR)
def people() -> Response:
    """Everybody with an account, and what can be done."""
    at = looking()
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
    mine = {one.value for one in department.offices_of(at.person, at.now)}
    number = number_in("entry")
    return show(
        "reading/people.html",
        Page(PEOPLE, PEOPLE, (Crumb("My work", "/"), Crumb(PEOPLE))),
        notice=done_words(department, at, number) if number else "",
        told=_told(department, at),
        table=_table(department, at, shows_sign_in=ADMINISTRATOR in mine),
        acts=[Act(one.name, one.title, f"/people/{one.name}", one.words) for one in _ACTS.values() if one.is_of(mine)],
    )


@pages.route("/people/<name>", methods=["GET", "POST"])
@audience(CHIEF, ADMINISTRATOR)
def people_act(name: str) -> Response:
    """The page of an act on people."""
    at, one = looking(), _ACTS.get(name)
    with at.house.store.read() as unit:
        department = at.house.folds.department(unit)
    mine = {office.value for office in department.offices_of(at.person, at.now)}
    if one is None or not one.is_of(mine):
        abort(404)
    # Whoever has a passkey reads back what they sign, and may sign with it.
    read_back = one.read_back or bool(department.passkeys.in_force_of(at.person)) or department.passkeys.only
    form = replace(_form(one, department, at, only_investigators=CHIEF not in mine), signed=not read_back)
    if request.method != "POST":
        return opened(form, at, department)
    if read_back:
        return sent(form, at, department, partial(to_sign, at, one.name))
    made: list[Invited] = []
    result = sent(form, at, department, partial(_run, one, at, made))
    if isinstance(result, Response):
        return result
    if made:
        return invited_page(made[0], department, at)
    return redirect(f"/people?entry={result.number}", 303)


def _run(one: PeopleAct, at: Looking, made: list[Invited], given: Mapping[str, object]) -> Recorded:
    if one.run is not None:
        return one.run(at.house, at.person, given, PASSWORD, at.now)
    invited = _INVITES[one.kind](at.house, installed().services.derive, at.person, given, PASSWORD, at.now)
    made.append(invited)
    return invited.entry


_INVITES: Final[Mapping[type[Entry], Callable[..., Invited]]] = {
    AccountOpened: acts.open_account,
    AccountInvited: acts.invite,
    AccountReopened: acts.reopen_account,
}


def _form(one: PeopleAct, department: Department, at: Looking, *, only_investigators: bool) -> DepartmentForm:
    everybody = chosen_from(people_of(department, at, closed=one.kind is AccountReopened))
    layout = {"person": everybody}
    if one.kind in (OfficeAppointed, OfficeEnded):
        offices = [Office.INVESTIGATOR.value] if only_investigators else _offices_of(one.kind)
        layout["held"] = chosen_from([Option(office, APPOINTED[office]) for office in offices])
    today = times_of(department, at.now).today.isoformat()
    crumbs = (Crumb("My work", "/"), Crumb(PEOPLE, "/people"), Crumb(one.title))
    return DepartmentForm(
        one.title,
        one.kind,
        f"/people/{one.name}",
        one.submit,
        PEOPLE,
        crumbs,
        one.words,
        signed=not one.read_back,
        layout=layout,
        defaults={"from_on": today} if one.kind in (OfficeAppointed, ActingChiefNamed, CityInstrumentEntered) else {},
    )


def _offices_of(kind: type[Entry]) -> list[str]:
    """The offices an act is about: nobody appoints a Chief here, and only an acting Chief's term is ended here."""
    barred = {CHIEF, ACTING} if kind is OfficeAppointed else {CHIEF}
    return [office for office in APPOINTED if office not in barred]


def _told(department: Department, at: Looking) -> list[str]:
    """What stands about the Chief's office, and about the city's instrument that waits."""
    times, waiting = times_of(department, at.now), department.instrument
    said = chief_words(department, at.now, times)
    return [*said, *(instrument_words(waiting, department, at.now, times) if waiting else [])]


# The list ------------------------------------------------------------------------------------------------------------


def _table(department: Department, at: Looking, *, shows_sign_in: bool) -> Table:
    times = times_of(department, at.now)
    columns = [Column("Name"), Column("Offices"), Column("Account")]
    if shows_sign_in:
        columns.insert(1, Column("Name for signing in", "Signs in as"))
    members = sorted(department.people.values(), key=lambda one: (_is_closed(one, at), one.name.casefold()))
    rows = []
    for one in members:
        cells = [Cell(one.name), _offices(one, at, times), _account(one, at, times)]
        if shows_sign_in:
            cells.insert(1, Cell(one.sign_in_name))
        rows.append(tuple(cells))
    return Table("Everybody with an account", columns, rows)


def _is_closed(member: Member, at: Looking) -> bool:
    return member.closed_at is not None and member.closed_at <= at.now


def _offices(member: Member, at: Looking, times: LocalTime) -> Cell:
    if _is_closed(member, at):
        return Cell("None")
    held = [one for one in member.appointments if one.covers(at.now)]
    coming = [one for one in member.standing(at.now) if one.since > at.now]
    words = [one.office.title + (f", of {one.agency}" if one.agency else "") for one in held]
    words += [f"{one.office.title} from {times.day(one.since)}" for one in coming]
    since = listed([f"since {times.full_day(one.since)}" + _until(one.until, times) for one in held])
    return Cell(listed(words) or "None", small=since[:1].upper() + since[1:])


def _until(until: datetime | None, times: LocalTime) -> str:
    return f" until {times.last_day(until)}" if until else ""


def _account(member: Member, at: Looking, times: LocalTime) -> Cell:
    if _is_closed(member, at) and member.closed_at:
        return Cell(tag=Tag(f"Closed {times.day(member.closed_at)}"))
    return Cell(tag=Tag("Open", "ok", "check"))

"""The Chief’s office in words: who is Chief, who acts, what the city’s instrument says, what waits for the reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from covertops.domain.decisions.offices import SETTLED, who_confirms
from covertops.domain.department import CityInstrument, Department
from covertops.domain.entries.department import CITY, REVIEWED, CityInstrumentEntered
from covertops.domain.office_turns import CONFIRM, OfficeTask
from covertops.domain.vocabulary import Office
from covertops.web.page import Tag
from covertops.web.presenting.reading import listed
from covertops.web.presenting.times import LocalTime
from covertops.web.presenting.turns import NO_DATE
from covertops.web.presenting.work import Row

CLOCK_BEHIND = "The machine’s clock is behind the last entry of the record, of {last}."
NEITHER = "it takes a person who neither entered it nor is named in it"
LATER = f"others may confirm it in their place {SETTLED.days} days later"
CLOCK_WAITS = "Signed acts wait until it has caught up. The administrator sets the clock."


def chief_words(department: Department, now: datetime, times: LocalTime) -> list[str]:
    """What everybody is told of the Chief's office: that somebody acts, or that it is vacant."""
    said = []
    for member in department.holding(Office.ACTING_CHIEF, now):
        term = next(one for one in member.appointments if one.office is Office.ACTING_CHIEF and one.covers(now))
        until = f" until {times.deadline(term.until)}" if term.until else ""
        said.append(f"{member.name} is Acting Chief{until}. What is decided so says so.")
    if department.chief(now) is None and not said:
        said.append("The Chief’s office is vacant. What is authorized goes on; what the Chief decides waits.")
    return said


def instrument_words(waiting: CityInstrument, department: Department, now: datetime, times: LocalTime) -> list[str]:
    """What was entered, sentence by sentence, and who can confirm it."""
    says = waiting.says
    entered = f"“{says.instrument}”, entered by {department.name_of(says.by)} on {times.stamp(waiting.at)}."
    said = [entered, *_effects(says, department, times)]
    if says.city_attorney_view:
        said.append(f"The city attorney’s view: {says.city_attorney_view}")
    return [*said, confirms_words(waiting, department, now)]


def _effects(says: CityInstrumentEntered, department: Department, times: LocalTime) -> list[str]:
    day, said = times.full_day(says.from_on), []
    if says.outgoing:
        said.append(f"The office of {department.name_of(says.outgoing)} as Chief of Police ends on {day}.")
    if says.held == Office.CHIEF:
        said.append(f"{department.name_of(says.person)} becomes Chief of Police on {day}.")
    elif says.held == Office.ACTING_CHIEF and says.until_on:
        who, last = department.name_of(says.person), times.full_day(says.until_on)
        said.append(f"{who} is Acting Chief from {day} until the end of {last}.")
    else:
        said.append("Nobody takes the office yet: what the Chief decides waits.")
    return [*said, "It takes effect when it is confirmed, and not before that day."]


def confirms_words(waiting: CityInstrument, department: Department, now: datetime) -> str:
    """Who can confirm an instrument, and why they, where it is not the auditor."""
    office, people = who_confirms(department, waiting, now)
    names = listed([one.name for one in people])
    if not people:
        return f"Nobody here can confirm it now: {NEITHER}. Where such a person’s office was just ended, {LATER}."
    if office is Office.AUDITOR:
        return f"The auditor confirms it: {names}."
    return f"There is no auditor who could. Anyone of these confirms it in the auditor’s place: {names}."


def office_rows(found: Sequence[OfficeTask], times: LocalTime) -> list[Row]:
    """What waits for the reader, as rows of their work."""
    return [_row(one, times) for one in found]


def _row(one: OfficeTask, times: LocalTime) -> Row:
    if one.what == CONFIRM:
        sentence = "Read the instrument itself. Then say whether it says what was entered."
        heading, href = "The city’s instrument waits for a second person", "/city-instrument"
        return Row(
            Tag(NO_DATE),
            f"Since {times.day(one.since)}",
            "",
            "",
            heading,
            "",
            sentence,
            "Read and answer",
            href,
            (CITY,),
        )
    late = one.until is not None and one.until <= times.now
    tag = Tag("Late", "stop", "warn") if late else Tag("Due soon", "wait", "wait")
    words = times.deadline(one.until) if one.until else ""
    iso = times.iso(one.until) if one.until else ""
    heading, sentence = "People and offices are to be reviewed", "Look through every account and office."
    return Row(tag, words, "", iso, heading, "", sentence, "Review", "/people/review", (REVIEWED,))

"""What is done about the Chief's office, and the review of people and offices. One transaction a function."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from covertops.actions.department import Done, do_on_department, end_in_operations, record_lapses_of
from covertops.actions.department_signing import Signing
from covertops.actions.installation import Installation
from covertops.domain.decisions import offices
from covertops.domain.declaration import Recorded
from covertops.domain.entries.department import (
    ActingChiefNamed,
    CityInstrumentAnswered,
    CityInstrumentEntered,
    PeopleReviewed,
)
from covertops.storage import sign_in_store


def name_acting_chief(
    house: Installation, person: str, given: Mapping[str, object], how: Signing, now: datetime
) -> Recorded:
    """Name who acts as the Chief between two days; who does signs in anew. Raises Refusal."""
    record_lapses_of(house, str(given.get("person", "")), now)

    def keep(done: Done) -> None:
        sign_in_store.end_sessions_of(done.unit, done.person, now)

    return do_on_department(house, person, ActingChiefNamed, given, now, offices.name_acting_chief, keep, how)


def enter_city_instrument(
    house: Installation, person: str, given: Mapping[str, object], how: Signing, now: datetime
) -> Recorded:
    """Enter what the city decided about the Chief's office; nothing changes before it is confirmed. Raises Refusal."""
    decide = offices.enter_city_instrument
    return do_on_department(house, person, CityInstrumentEntered, given, now, decide, None, how)


def answer_city_instrument(
    house: Installation, person: str, given: Mapping[str, object], how: Signing, now: datetime
) -> Recorded:
    """Confirm the city's instrument, which then takes effect, or say that it does not say this. Raises Refusal.

    Who held the Chief's office, acted or takes it signs in anew. What a Chief authorized stays; every operation that
    rests on it records that the office ended.
    """
    with house.store.read() as reading:
        waiting = house.folds.department(reading).instrument
    for one in (waiting.says.person, waiting.says.outgoing) if waiting else ():
        if one:
            record_lapses_of(house, one, now)

    def keep(done: Done) -> None:
        if done.department.instrument is None:
            _follow(house, done, now)

    decide = offices.answer_city_instrument
    return do_on_department(house, person, CityInstrumentAnswered, given, now, decide, keep, how)


def _follow(house: Installation, done: Done, now: datetime) -> None:
    """End the sessions, and tell the operations, of everybody whose Chief's office the instrument changed."""
    answer = done.entry.entry
    if not isinstance(answer, CityInstrumentAnswered) or answer.answer != "confirmed":
        return
    for member in done.department.people.values():
        touched = [one for one in member.appointments if one.entry == done.entry.number or one.until == done.entry.at]
        if touched:
            sign_in_store.end_sessions_of(done.unit, member.id, now)
            end_in_operations(house, done, member.id)


def review_people(
    house: Installation, person: str, given: Mapping[str, object], how: Signing, now: datetime
) -> Recorded:
    """Put on record that every account and office was looked through. Raises Refusal."""
    return do_on_department(house, person, PeopleReviewed, given, now, offices.review_people, None, how)

"""Somebody with every key of the server and one passkey of their own, who signs in an office that is not theirs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from covertops.actions.intents import intent_text, salts_for
from covertops.actions.operations import NotFound, Scene
from covertops.actions.proving import signature_over
from covertops.actions.reasoned_reading import open_for_reading
from covertops.actions.recording import record_department
from covertops.actions.signing import Intent
from covertops.domain.deadlines import local_date
from covertops.domain.decisions.frame import Actor, Facts, Written
from covertops.domain.declaration import Entry
from covertops.domain.entries.department import (
    ActingChiefNamed,
    CityInstrumentAnswered,
    CityInstrumentEntered,
    OfficeAppointed,
    OfficeEnded,
)
from covertops.domain.operation import Operation
from covertops.domain.vocabulary import Office
from covertops.ledger.canonical import canonical
from covertops.ledger.entry import Field
from covertops.ledger.intent import challenge_of
from tests.hostile.forging import House, found_house
from tests.hostile.test_signatures import authorization
from tests.signing import proof_of


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A small house whose people sign with what they alone hold."""
    return found_house(tmp_path)


def made_by(house: House, intent: Intent, short: str, office: Office) -> Intent:
    """The same act, made by another person in some office."""
    first, who = intent.decided[0], house.town.people[short]
    members = json.loads(intent.text) | {"office": office.value}
    members["fields"]["by"] = Field(intent.salts["by"], "by", who).digest
    written = Written(office, replace(first.entry, by=who))
    return replace(intent, decided=(written, *intent.decided[1:]), text=canonical(members))


@pytest.mark.parametrize(
    ("office", "in_package", "what"),
    [
        (Office.CHIEF, False, "did not hold the office “chief”"),
        (Office.SUPERVISOR, True, "is signed in the office “supervisor”"),
        (Office.SYSTEM, False, "is signed in the office “system”"),
    ],
)
def test_an_authorization_truly_signed_by_somebody_who_is_not_the_chief_is_named(
    house: House, office: Office, *, in_package: bool, what: str
) -> None:
    operation, intent = authorization(house)
    other = made_by(house, intent, "supervisor-1", office)
    number = house.forge(operation, other, house.signature(other, house.held["supervisor-1"], "supervisor-1"))
    if in_package:
        house.expect_named(number, what, operation)
    else:
        found = house.problems()
        assert [one for one in found if f"entry {number} of stream {operation}: " in one and what in one], found


def test_whoever_acts_as_the_chief_does_not_sign_as_the_chief(house: House) -> None:
    town = house.town
    today = local_date(town.clock(), town.department().zone)
    named = ActingChiefNamed(
        by=town.people["chief"],
        person=town.people["supervisor-1"],
        instrument="Order 7",
        from_on=today,
        until_on=today + timedelta(days=9),
        city_attorney_view="The city attorney agrees.",
    )
    signed_on_department(house, "chief", Office.CHIEF, named)
    for office, expected in ((Office.ACTING_CHIEF, 0), (Office.CHIEF, 1)):
        operation, intent = authorization(house)
        other = made_by(house, intent, "supervisor-1", office)
        house.forge(operation, other, house.signature(other, house.held["supervisor-1"], "supervisor-1"))
        assert len([one for one in house.problems() if "did not hold the office “chief”" in one]) == expected


def signed_on_department(house: House, short: str, office: Office, entry: Entry) -> int:
    """An entry of the department, past every rule and truly signed by one person; its number."""
    town, who = house.town, house.town.people[short]
    town.clock.advance(timedelta(minutes=1))
    now = town.clock()
    with town.house.store.write() as unit:
        department = town.house.folds.department(unit)
        facts = Facts(now, department.rules(town.house.policy), department)
        it = Scene(Operation(unit.streams.department), department, Actor(who, frozenset({office})), facts)
        salts = salts_for(entry)
        text = intent_text(unit, it, Written(office, entry), salts)
        proof = proof_of(house.held[short], challenge_of(text))
        signature = signature_over(unit, department, who, text, proof, now)
        written = Written(office, replace(entry, signature=signature))
        department, entries = record_department(unit, department, (written,), now, salts)
    town.house.folds.keep_department(department)
    return entries[0].number


def problems_of_department(house: House, number: int) -> list[str]:
    """What is found of an entry of the department."""
    with house.town.house.store.read() as unit:
        where = f"entry {number} of stream {unit.streams.department}: "
    return [one.removeprefix(where) for one in house.problems() if one.startswith(where)]


@pytest.mark.parametrize(
    ("short", "office", "held", "what"),
    [
        ("supervisor-1", Office.SUPERVISOR, Office.AUDITOR, "is none of that office’s"),
        ("administrator", Office.CHIEF, Office.SUPERVISOR, "did not hold the office “chief”"),
        ("administrator", Office.ADMINISTRATOR, Office.SUPERVISOR, "is not one that “administrator” gives"),
        ("chief", Office.CHIEF, Office.CHIEF, "is not one that “chief” gives"),
    ],
)
def test_nobody_gives_an_office_that_is_not_theirs_to_give(
    house: House, short: str, office: Office, held: Office, what: str
) -> None:
    who, town = house.town.people[short], house.town
    today = local_date(town.clock(), town.department().zone)
    entry = OfficeAppointed(
        by=who, person=who, held=held.value, instrument="Order 7", from_on=today, until_on=None, agency=None
    )
    found = problems_of_department(house, signed_on_department(house, short, office, entry))
    assert [what in one for one in found] == [True], found


def test_nobody_answers_the_citys_instrument_who_may_not(house: House) -> None:
    who, town = house.town.people["administrator"], house.town
    today = local_date(town.clock(), town.department().zone)
    entered = CityInstrumentEntered(
        by=who,
        held=Office.CHIEF.value,
        person=who,
        ends_present=True,
        outgoing=town.people["chief"],
        instrument="Resolution 7",
        from_on=today,
        until_on=None,
        city_attorney_view=None,
    )
    number = signed_on_department(house, "administrator", Office.ADMINISTRATOR, entered)
    assert problems_of_department(house, number) == []
    waiting = town.department().instrument
    assert waiting is not None
    # A supervisor answers it where there is no auditor, and here there is one.
    answered = CityInstrumentAnswered(by=town.people["supervisor-1"], entered=waiting.ref, answer="confirmed", note="")
    found = problems_of_department(house, signed_on_department(house, "supervisor-1", Office.SUPERVISOR, answered))
    assert found == ["whoever answered the city’s instrument is not one of those who may"]


def test_a_clock_that_was_set_back_revives_no_office(house: House) -> None:
    town, auditor = house.town, house.town.people["auditor"]
    given = {"reference": town.operation(house.operation).reference, "reason": "The yearly audit."}
    ended = OfficeEnded(by=town.people["chief"], person=auditor, held=Office.AUDITOR.value, reason="It is over.")
    before = town.clock()
    assert problems_of_department(house, signed_on_department(house, "chief", Office.CHIEF, ended)) == []
    with pytest.raises(NotFound):
        open_for_reading(town.house, auditor, given, before)

"""Whoever changes office launders nothing: what they were to an operation stays, and its record tells of the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from covertops.domain.decisions.activation import ended_offices
from covertops.domain.department import evolve_department
from covertops.domain.entries.department import OfficeAppointed
from covertops.domain.entries.people import AppointmentEnded
from covertops.domain.vocabulary import Office, Stage
from tests.domain.playing import declared, lapsed, make_world, play
from tests.domain.refusing import PRACTICE, refused, refused_for
from tests.domain.world import (
    CHIEF,
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    INVESTIGATOR_3,
    PROSECUTOR,
    SUPERVISOR_1,
    SUPERVISOR_2,
    SUPERVISOR_3,
    World,
    end_office,
    recorded,
)

DAY = timedelta(days=1)


def moved(world: World, person: str, old: Office | None, new: Office) -> World:
    """The world after somebody gave up one office and was given another, a day later."""
    world = lapsed(end_office(world, person, old)) if old else world
    entry = OfficeAppointed(person=person, held=new, instrument="Order 9", from_on=world.today, until_on=None)
    number = world.department.last_number + 1
    it = recorded("department", number, world.now, Office.CHIEF, entry)
    return replace(world, department=evolve_department(world.department, it)).after(DAY)


def new_chief(world: World, person: str, old: Office | None) -> World:
    """The world in which somebody else is Chief now."""
    return moved(lapsed(end_office(world, CHIEF, Office.CHIEF)), person, old, Office.CHIEF)


def ended(world: World) -> list[tuple[str, str]]:
    """Whose office ended, and which, by the operation's own record."""
    return [(one.entry.person, one.entry.held) for one in world.entries if isinstance(one.entry, AppointmentEnded)]


# What was is not forgotten -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["grant-authorization", "return-request", "refuse-request", "assign-supervisor"])
def test_who_asked_for_it_does_not_decide_on_it_as_the_new_chief(act: str):
    world = new_chief(make_world(Stage.REQUESTED), INVESTIGATOR_1, Office.INVESTIGATOR)
    assert "apart.chief" in refused_for(world, act, INVESTIGATOR_1)


@pytest.mark.parametrize("act", ["add-operator", "resume"])
def test_who_used_it_lets_nothing_go_on_as_the_new_chief(act: str):
    world = new_chief(make_world(Stage.SUSPENDED), INVESTIGATOR_2, Office.INVESTIGATOR)
    assert "apart.chief" in refused_for(world, act, INVESTIGATOR_2, officer=INVESTIGATOR_3)


def test_who_used_it_renews_and_releases_nothing_as_the_new_chief():
    world = play(play(make_world(Stage.ACTIVE), "request-renewal", INVESTIGATOR_1), "prepare-export", SUPERVISOR_1)
    world = new_chief(world, INVESTIGATOR_2, Office.INVESTIGATOR)
    for act in ("renew-authorization", "refuse-renewal", "release-export"):
        assert "apart.chief" in refused_for(world, act, INVESTIGATOR_2), act


def test_who_used_it_stops_it_as_the_new_chief():
    world = new_chief(make_world(Stage.ACTIVE), INVESTIGATOR_2, Office.INVESTIGATOR)
    assert play(world, "suspend", INVESTIGATOR_2).operation.stage is Stage.SUSPENDED
    assert play(world, "end-operation", INVESTIGATOR_2).operation.stage is Stage.ENDED


def test_who_supervised_it_decides_nothing_on_it_as_the_new_chief():
    world = play(make_world(Stage.ACTIVE), "assign-supervisor", CHIEF, {"supervisor": SUPERVISOR_2, "relief": None})
    world = play(world, "request-renewal", INVESTIGATOR_1)
    world = new_chief(world, SUPERVISOR_1, Office.SUPERVISOR)
    assert refused(world, "renew-authorization", SUPERVISOR_1)[:2] == ("apart.chief", PRACTICE)


def test_who_used_a_profile_before_this_system_answers_no_request_for_it_as_the_chief():
    world = declared(World())
    world = play(world, "submit-request", INVESTIGATOR_1, {"officers": (INVESTIGATOR_3,)})
    world = replace(world, operation=replace(world.operation, used_before=(INVESTIGATOR_2,)))
    world = new_chief(world, INVESTIGATOR_2, Office.INVESTIGATOR)
    for act in ("return-request", "refuse-request"):
        assert refused(world, act, INVESTIGATOR_2)[0] == "apart.chief"


@pytest.mark.parametrize("act", ["return-request", "assign-supervisor"])
def test_who_answered_it_as_the_chief_neither_uses_nor_supervises_it_later(act: str):
    world = play(make_world(Stage.REQUESTED), act, CHIEF)
    if act == "return-request":
        world = play(world, "submit-request", INVESTIGATOR_1)
    world = new_chief(world, SUPERVISOR_3, Office.SUPERVISOR)
    world = moved(moved(world, CHIEF, None, Office.INVESTIGATOR), CHIEF, None, Office.SUPERVISOR)
    officers = {"officers": (INVESTIGATOR_1, CHIEF), "relief": None}
    assert "apart.officers" in refused_for(world, "grant-authorization", SUPERVISOR_3, **officers)
    supervisor = {"supervisor": CHIEF, "relief": None}
    assert "apart.supervisor" in refused_for(world, "grant-authorization", SUPERVISOR_3, **supervisor)
    relief = {"supervisor": SUPERVISOR_1, "relief": CHIEF}
    assert "apart.relief" in refused_for(world, "grant-authorization", SUPERVISOR_3, **relief)


def test_a_chief_who_only_stopped_it_is_not_taken_for_its_decider():
    world = new_chief(make_world(Stage.ACTIVE), SUPERVISOR_3, Office.SUPERVISOR)
    world = play(world, "suspend", SUPERVISOR_3)
    assert SUPERVISOR_3 not in world.operation.chiefs
    assert CHIEF in world.operation.chiefs


# The record tells of the end -----------------------------------------------------------------------------------------


def test_the_chiefs_end_is_told_once_and_what_was_authorized_stays():
    world = lapsed(end_office(make_world(Stage.ACTIVE), CHIEF, Office.CHIEF))
    assert ended(world) == [(CHIEF, Office.CHIEF)]
    assert world.operation.stage is Stage.ACTIVE
    assert ended(lapsed(world.after(DAY))) == [(CHIEF, Office.CHIEF)]


def test_the_requesters_end_is_told_while_the_request_waits_and_not_once_it_was_denied():
    world = make_world(Stage.REQUESTED)
    assert ended(lapsed(end_office(world, INVESTIGATOR_1, Office.INVESTIGATOR))) == [
        (INVESTIGATOR_1, Office.INVESTIGATOR)
    ]
    assert ended(lapsed(end_office(make_world(Stage.REFUSED), INVESTIGATOR_1, Office.INVESTIGATOR))) == []


def test_an_office_given_again_and_ended_again_is_told_again():
    world = lapsed(end_office(make_world(Stage.ACTIVE), INVESTIGATOR_1, Office.INVESTIGATOR))
    world = moved(world, INVESTIGATOR_1, None, Office.INVESTIGATOR)
    assert ended_offices(world.operation, world.facts()) == ()
    world = lapsed(end_office(world, INVESTIGATOR_1, Office.INVESTIGATOR))
    assert ended(world) == [(INVESTIGATOR_1, Office.INVESTIGATOR)] * 2


def test_the_end_of_an_attorney_who_has_not_confirmed_a_package_is_told():
    world = play(make_world(Stage.ACTIVE), "prepare-export", SUPERVISOR_1, {"recipient": PROSECUTOR})
    assert ended(lapsed(end_office(world, PROSECUTOR, Office.PROSECUTING_ATTORNEY))) == []
    world = play(world, "release-export", CHIEF)
    assert ended(lapsed(end_office(world, PROSECUTOR, Office.PROSECUTING_ATTORNEY))) == [
        (PROSECUTOR, Office.PROSECUTING_ATTORNEY)
    ]


@pytest.mark.parametrize(
    ("person", "office"),
    [
        (INVESTIGATOR_2, Office.INVESTIGATOR),
        (SUPERVISOR_1, Office.SUPERVISOR),
        (SUPERVISOR_2, Office.SUPERVISOR),
    ],
)
def test_the_end_of_whoever_uses_supervises_or_relieves_is_told_once(person: str, office: Office):
    world = lapsed(end_office(make_world(Stage.ACTIVE), person, office))
    assert ended(lapsed(world.after(DAY))) == [(person, office)]

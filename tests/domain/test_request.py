"""Asking for a profile, and what becomes of the request before it is authorized."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covertops.domain.decisions.request import declare_profile
from covertops.domain.entries.request import ProfileDeclared, RequestSubmitted
from covertops.domain.vocabulary import Office, Stage
from tests.domain.playing import decide, declared, make_world, play
from tests.domain.refusing import POLICY, PRACTICE, SETTING, line, refused, refused_by
from tests.domain.world import (
    CHIEF,
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    PROSECUTOR,
    SUPERVISOR_1,
    World,
    a_department,
    end_office,
)

ASK = "Ask the investigator."
DECIDED = "It waits for the requester, or was decided."


def test_only_an_investigator_asks():
    assert refused(World(), "submit-request", SUPERVISOR_1) == ("office", PRACTICE, None, ASK)


def test_a_request_takes_the_next_reference_and_keeps_it_after_a_return():
    returned = make_world(Stage.RETURNED)
    again = play(returned, "submit-request", INVESTIGATOR_1)
    assert again.operation.stage is Stage.REQUESTED
    assert [entry.entry.reference for entry in again.entries if isinstance(entry.entry, RequestSubmitted)] == [
        "2026-0001",
        "2026-0001",
    ]


def test_look_only_excludes_contact():
    said = refused(World(), "submit-request", INVESTIGATOR_1, conduct=("look", "contact"))
    assert said == ("conduct", PRACTICE, "conduct", "Untick “Look only”, or tick nothing else.")


def test_a_request_for_longer_than_the_setting_is_refused_as_a_setting():
    said = refused(World(), "submit-request", INVESTIGATOR_1, days=91)
    assert said == ("days", SETTING, "days", "Longer takes a renewal, with fresh facts.")
    assert play(World(), "submit-request", INVESTIGATOR_1, {"days": 90}).operation.stage is Stage.REQUESTED


def test_a_request_does_not_start_in_the_past():
    yesterday = World().today - timedelta(days=1)
    said = refused(World(), "submit-request", INVESTIGATOR_1, start_on=yesterday)
    assert said == ("start", PRACTICE, "start_on", "Enter today or a later day.")


def test_the_officers_of_a_request_are_investigators():
    said = refused(World(), "submit-request", INVESTIGATOR_1, officers=(SUPERVISOR_1,))
    assert said == ("holder", PRACTICE, "officers", "Choose another.")


def test_the_proposed_supervisor_holds_that_office():
    said = refused(World(), "submit-request", INVESTIGATOR_1, proposed_supervisor=CHIEF)
    assert said == ("holder", PRACTICE, "proposed_supervisor", "Choose another.")


@pytest.mark.parametrize("person", [INVESTIGATOR_1, INVESTIGATOR_2])
def test_nobody_proposes_themselves_or_an_officer_as_supervisor(person: str):
    world = World(department=a_department(((person, Office.SUPERVISOR),)))
    said = refused(world, "submit-request", INVESTIGATOR_1, proposed_supervisor=person)
    remedy = "Propose someone who neither asks for it nor uses it."
    assert said == ("apart.supervisor", PRACTICE, "proposed_supervisor", remedy)


def test_only_the_requester_asks_again():
    said = refused(make_world(Stage.RETURNED), "submit-request", INVESTIGATOR_2)
    assert said == ("requester", PRACTICE, None, "The requester does it.")


def test_a_request_that_is_with_the_chief_is_not_sent_twice():
    said = refused(make_world(Stage.REQUESTED), "submit-request", INVESTIGATOR_1)
    assert said == ("stage", PRACTICE, None, "A new matter is a new request.")


@pytest.mark.parametrize("name", ["return-request", "refuse-request", "grant-authorization"])
def test_only_the_chief_decides_on_a_request_by_policy(name: str):
    assert refused(make_world(Stage.REQUESTED), name, SUPERVISOR_1) == ("office", POLICY, None, "Ask the chief.")


@pytest.mark.parametrize("name", ["return-request", "refuse-request", "grant-authorization"])
def test_a_request_is_decided_once(name: str):
    assert refused(make_world(Stage.REFUSED), name, CHIEF) == ("stage", POLICY, None, DECIDED)


@pytest.mark.parametrize("name", ["return-request", "refuse-request", "grant-authorization"])
def test_the_chief_does_not_decide_on_their_own_request(name: str):
    world = World(department=a_department(((CHIEF, Office.INVESTIGATOR),)))
    world = play(world, "submit-request", CHIEF)
    assert refused(world, name, CHIEF) == ("apart.chief", PRACTICE, None, "The acting Chief decides.")


def test_a_returned_request_waits_for_its_requester():
    assert make_world(Stage.RETURNED).operation.stage is Stage.RETURNED


def test_only_the_requester_withdraws():
    said = refused(make_world(Stage.REQUESTED), "withdraw-request", INVESTIGATOR_2)
    assert said == ("requester", PRACTICE, None, "The requester does it.")


def test_a_requester_without_the_office_withdraws_nothing():
    world = end_office(make_world(Stage.REQUESTED), INVESTIGATOR_1, Office.INVESTIGATOR)
    assert refused(world, "withdraw-request", INVESTIGATOR_1)[0] == "requester"


def test_what_is_authorized_is_ended_and_not_withdrawn():
    said = refused(make_world(Stage.AUTHORIZED), "withdraw-request", INVESTIGATOR_1)
    assert said == ("stage", PRACTICE, None, "An operation that runs is ended.")


def test_a_case_number_is_added_by_those_who_work_on_it_in_their_own_office():
    world = make_world(Stage.ACTIVE)
    by_officer = play(world, "number-case", INVESTIGATOR_2)
    by_supervisor = play(world, "number-case", SUPERVISOR_1)
    assert (by_officer.operation.case_number, by_officer.entries[-1].office) == ("26-1234", "investigator")
    assert by_supervisor.entries[-1].office == "supervisor"
    assert refused(world, "number-case", PROSECUTOR) == ("role", PRACTICE, None, "Ask the supervisor.")


def test_a_denied_request_takes_no_case_number():
    said = refused(make_world(Stage.REFUSED), "number-case", INVESTIGATOR_1)
    assert said == ("stage", PRACTICE, None, "A new matter is a new request.")


def declare(world: World, person: str = INVESTIGATOR_1, **answers: object) -> World:
    given = {
        "matter": "An older profile",
        "platform": "Marketplace Example",
        "identity": "A buyer",
        "in_use_since": world.today,
        "used_by": (INVESTIGATOR_1,),
        "earlier_approval": "not shown",
        **answers,
    }
    return world.append(decide(world, declare_profile, ProfileDeclared, person, given))


def test_only_an_investigator_declares_an_older_profile():
    said = line(refused_by(lambda: declare(World(), SUPERVISOR_1)).missing[0])
    assert said == ("office", PRACTICE, None, "Ask the officer who used it.")


def test_a_declaration_begins_a_record_of_its_own():
    said = line(refused_by(lambda: declare(make_world(Stage.REQUESTED))).missing[0])
    assert said == ("stage", PRACTICE, None, "Declare it from My work.")


def test_a_profile_is_not_in_use_since_tomorrow():
    said = line(refused_by(lambda: declare(World(), in_use_since=World().today + timedelta(days=1))).missing[0])
    assert said == ("since", PRACTICE, "in_use_since", "Enter the day of its first use.")


def test_those_who_used_a_declared_profile_are_people_of_the_department():
    said = line(refused_by(lambda: declare(World(), used_by=("stranger",))).missing[0])
    assert said == ("holder", PRACTICE, "used_by", "Choose people of the list.")


def test_a_declared_profile_is_not_used_until_it_is_requested_and_authorized():
    world = declared(World())
    assert (world.operation.stage, world.operation.grant) == (Stage.DECLARED, None)
    assert play(world, "submit-request", INVESTIGATOR_1).operation.stage is Stage.REQUESTED


def test_who_used_a_profile_before_the_system_does_not_supervise_it():
    world = World(department=a_department(((INVESTIGATOR_2, Office.SUPERVISOR),)))
    world = declare(world, used_by=(INVESTIGATOR_1, INVESTIGATOR_2))
    world = play(world, "submit-request", INVESTIGATOR_1, {"officers": (INVESTIGATOR_1,)})
    said = refused(world, "assign-supervisor", CHIEF, supervisor=INVESTIGATOR_2, relief=None)
    assert said[:3] == ("apart.supervisor", PRACTICE, "supervisor")

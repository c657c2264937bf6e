"""The Chief's decisions: authorizing, assigning supervision, renewing, naming officers; and relief taking over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from covertops.domain.deadlines import end_of
from covertops.domain.decisions.authorization import repeats_request
from covertops.domain.vocabulary import Office, Stage
from tests.clock import A_MORNING
from tests.domain.playing import consulted, make_world, play
from tests.domain.refusing import POLICY, PRACTICE, SETTING, refused, refused_for
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
    a_department,
)

REQUESTED = make_world(Stage.REQUESTED)
AUTHORIZED = make_world(Stage.AUTHORIZED)
ACTIVE = make_world(Stage.ACTIVE)
NEW = "A new matter is a new request."


def day(world: World, count: int) -> object:
    return world.today + timedelta(days=count)


def test_an_authorization_starts_when_it_is_signed_and_ends_at_local_midnight():
    grant = AUTHORIZED.operation.grant
    assert grant is not None
    assert grant.starts_at == A_MORNING + timedelta(minutes=1)
    assert grant.ends_at == end_of(A_MORNING.date() + timedelta(days=59), AUTHORIZED.department.zone)


def test_an_authorization_for_a_later_day_starts_at_that_days_midnight():
    world = play(REQUESTED, "grant-authorization", CHIEF, {"starts_on": day(REQUESTED, 3)})
    grant = world.operation.grant
    assert grant is not None
    assert grant.starts_at == A_MORNING.replace(day=23, hour=6)


def test_an_authorization_of_more_than_ninety_days_is_refused_as_a_setting():
    said = refused(REQUESTED, "grant-authorization", CHIEF, ends_on=day(REQUESTED, 90))
    assert said == ("days", SETTING, "ends_on", "Enter an earlier last day; renew later.")
    assert play(REQUESTED, "grant-authorization", CHIEF, {"ends_on": day(REQUESTED, 89)}).operation.grant is not None


def test_an_authorization_does_not_end_before_it_begins():
    said = refused(REQUESTED, "grant-authorization", CHIEF, ends_on=day(REQUESTED, -1))
    assert said == ("term", PRACTICE, "ends_on", "Enter a later last day.")


def test_reviews_may_be_closer_than_the_setting_and_not_wider():
    said = refused(REQUESTED, "grant-authorization", CHIEF, review_days=31)
    assert said == ("review_days", SETTING, "review_days", "Reviews can be closer, not wider.")
    assert play(REQUESTED, "grant-authorization", CHIEF, {"review_days": 7}).operation.grant is not None


def test_the_officers_named_are_investigators():
    said = refused(REQUESTED, "grant-authorization", CHIEF, officers=(PROSECUTOR,))
    assert said == ("holder", PRACTICE, "officers", "Choose another.")


@pytest.mark.parametrize("field", ["supervisor", "relief"])
@pytest.mark.parametrize("name", ["grant-authorization", "assign-supervisor"])
def test_the_supervisor_and_the_relief_hold_that_office(name: str, field: str):
    said = refused(REQUESTED, name, CHIEF, **{field: INVESTIGATOR_3})
    assert said == ("holder", PRACTICE, field, "Choose another.")


def test_a_personal_device_takes_the_chiefs_words():
    asks = {"personal_device": True, "personal_device_detail": "The department’s cannot install it."}
    world = play(World(), "submit-request", INVESTIGATOR_1, asks)
    said = refused(world, "grant-authorization", CHIEF)
    assert said == ("device", SETTING, "device", "Write your permission and its limits, or that you give none.")


@pytest.mark.parametrize("name", ["grant-authorization", "assign-supervisor"])
def test_the_requester_does_not_supervise(name: str):
    world = World(department=a_department(((INVESTIGATOR_1, Office.SUPERVISOR),)))
    world = play(world, "submit-request", INVESTIGATOR_1)
    said = refused(world, name, CHIEF, supervisor=INVESTIGATOR_1, relief=None)
    assert said == ("apart.supervisor", PRACTICE, "supervisor", "Choose another supervisor.")


@pytest.mark.parametrize("name", ["grant-authorization", "assign-supervisor"])
def test_the_relief_is_somebody_else_again(name: str):
    said = refused(REQUESTED, name, CHIEF, supervisor=SUPERVISOR_1, relief=SUPERVISOR_1)
    assert said == ("apart.relief", PRACTICE, "relief", "Choose another relief.")


def test_an_officer_named_by_the_chief_is_not_one_who_supervised():
    world = World(department=a_department(((SUPERVISOR_1, Office.INVESTIGATOR),)))
    world = play(play(world, "submit-request", INVESTIGATOR_1), "assign-supervisor", CHIEF)
    answers = {"officers": (SUPERVISOR_1,), "supervisor": SUPERVISOR_3, "relief": None}
    said = refused(world, "grant-authorization", CHIEF, **answers)
    assert said == ("apart.officers", PRACTICE, "officers", "Choose other officers.")


def test_a_chief_who_supervised_it_as_a_supervisor_does_not_authorize_it():
    world = World(department=a_department(((SUPERVISOR_3, Office.CHIEF),)))
    world = play(world, "submit-request", INVESTIGATOR_1)
    world = play(world, "assign-supervisor", CHIEF, {"supervisor": SUPERVISOR_3, "relief": None})
    said = refused(world, "grant-authorization", SUPERVISOR_3)
    assert said == ("apart.chief", PRACTICE, None, "The acting Chief decides.")


def test_only_the_chief_assigns_a_supervisor():
    assert refused(REQUESTED, "assign-supervisor", SUPERVISOR_1) == ("office", POLICY, None, "Ask the chief.")


def test_a_supervisor_may_be_assigned_before_the_decision_and_after_the_end():
    for stage in (Stage.REQUESTED, Stage.AUTHORIZED, Stage.ENDED):
        world = play(make_world(stage), "assign-supervisor", CHIEF, {"supervisor": SUPERVISOR_3, "relief": None})
        assert world.operation.supervisor == SUPERVISOR_3


def test_there_is_nothing_to_supervise_once_a_request_is_denied():
    said = refused(make_world(Stage.REFUSED), "assign-supervisor", CHIEF)
    assert said == ("stage", POLICY, None, NEW)


def test_the_same_supervisor_and_relief_are_not_assigned_twice():
    said = refused(AUTHORIZED, "assign-supervisor", CHIEF)
    assert said == ("same", POLICY, "supervisor", "Choose another.")


def test_the_contacts_stand_when_the_supervisor_changes():
    world = consulted(AUTHORIZED)
    world = play(world, "take-over-supervision", SUPERVISOR_2).after(timedelta(minutes=1))
    world = play(world, "make-promise", INVESTIGATOR_1)
    assert play(world, "activate", SUPERVISOR_2).operation.stage is Stage.ACTIVE


def test_relief_is_taken_by_the_one_the_chief_named():
    said = refused(ACTIVE, "take-over-supervision", SUPERVISOR_3)
    assert said == ("relief", PRACTICE, None, "The Chief names a relief.")


def test_relief_says_that_the_answers_were_read():
    assert refused(ACTIVE, "take-over-supervision", SUPERVISOR_2, answers_read=False)[:1] == ("tick",)


def test_relief_takes_over_a_running_operation_only():
    said = refused(make_world(Stage.ENDED), "take-over-supervision", SUPERVISOR_2)
    assert said == ("stage", POLICY, None, "The Chief decides on the request first.")


def test_periods_of_supervision_stay_on_record():
    world = play(ACTIVE, "take-over-supervision", SUPERVISOR_2)
    periods = world.operation.supervision
    assert [(one.person, one.until is None) for one in periods] == [(SUPERVISOR_1, False), (SUPERVISOR_2, True)]


def test_a_current_officer_asks_for_a_renewal_and_nobody_else():
    said = refused(ACTIVE, "request-renewal", SUPERVISOR_1)
    assert said == ("operator", PRACTICE, None, "An officer asks.")
    removed = play(ACTIVE, "remove-operator", SUPERVISOR_1, {"officer": INVESTIGATOR_2})
    assert refused(removed, "request-renewal", INVESTIGATOR_2)[0] == "operator"


def test_a_renewal_is_asked_for_once_at_a_time():
    world = play(ACTIVE, "request-renewal", INVESTIGATOR_1)
    said = refused(world, "request-renewal", INVESTIGATOR_1)
    assert said == ("renewal", PRACTICE, None, "Wait for the Chief’s decision.")


def test_a_renewal_is_asked_for_within_the_setting():
    said = refused(ACTIVE, "request-renewal", INVESTIGATOR_1, days=91)
    assert said == ("days", SETTING, "days", "Ask again later.")


def test_what_has_ended_is_not_renewed():
    assert refused(make_world(Stage.ENDED), "request-renewal", INVESTIGATOR_1) == ("stage", POLICY, None, NEW)


@pytest.mark.parametrize("name", ["renew-authorization", "refuse-renewal"])
def test_the_chief_decides_on_a_renewal_that_was_asked_for(name: str):
    said = refused(ACTIVE, name, CHIEF)
    assert said == ("renewal", PRACTICE, None, "An officer asks, with fresh facts.")
    world = play(ACTIVE, "request-renewal", INVESTIGATOR_1)
    assert refused(world, name, SUPERVISOR_1) == ("office", POLICY, None, "Ask the chief.")
    assert play(world, name, CHIEF).operation.renewal is None


@pytest.mark.parametrize("name", ["renew-authorization", "refuse-renewal"])
def test_nothing_is_renewed_once_it_has_ended(name: str):
    assert refused(make_world(Stage.ENDED), name, CHIEF) == ("stage", POLICY, None, NEW)


@pytest.mark.parametrize("name", ["renew-authorization", "refuse-renewal", "add-operator"])
def test_a_chief_who_uses_the_profile_decides_nothing_on_it(name: str):
    department = a_department(((INVESTIGATOR_2, Office.CHIEF),))
    world = replace(play(ACTIVE, "request-renewal", INVESTIGATOR_1), department=department)
    assert refused(world, name, INVESTIGATOR_2) == ("apart.chief", PRACTICE, None, "The acting Chief decides.")


def test_a_relief_who_decided_on_it_as_chief_does_not_take_over():
    department = a_department(((SUPERVISOR_2, Office.CHIEF),))
    world = replace(play(ACTIVE, "request-renewal", INVESTIGATOR_1), department=department)
    world = play(world, "renew-authorization", SUPERVISOR_2)
    assert refused(world, "take-over-supervision", SUPERVISOR_2)[:2] == ("apart.supervisor", PRACTICE)


def test_nobody_is_removed_once_it_has_ended():
    said = refused(make_world(Stage.ENDED), "remove-operator", SUPERVISOR_1, officer=INVESTIGATOR_1)
    assert said == ("stage", POLICY, None, "There is no officer to remove.")


def test_a_denied_renewal_leaves_the_end_as_it_was():
    world = play(play(ACTIVE, "request-renewal", INVESTIGATOR_1), "refuse-renewal", CHIEF)
    assert world.operation.grant == ACTIVE.operation.grant
    assert play(world, "request-renewal", INVESTIGATOR_1).operation.renewal is not None


def test_a_renewal_ends_at_local_midnight_within_the_setting():
    world = play(ACTIVE, "request-renewal", INVESTIGATOR_1)
    said = refused(world, "renew-authorization", CHIEF, ends_on=day(world, 90))
    assert said == ("days", SETTING, "ends_on", "Enter an earlier last day; renew later.")
    renewed = play(world, "renew-authorization", CHIEF, {"ends_on": day(world, 89)}).operation.grant
    assert renewed is not None
    assert renewed.ends_at == end_of(world.today + timedelta(days=89), world.department.zone)


def test_a_renewal_needs_the_tick_that_the_consultations_still_fit():
    world = play(ACTIVE, "request-renewal", INVESTIGATOR_1)
    said = refused(world, "renew-authorization", CHIEF, still_current=False)
    assert said == ("tick", PRACTICE, "still_current", "Tick it, or do not go on.")


def test_a_renewal_does_not_bring_a_later_start_forward():
    world = play(REQUESTED, "grant-authorization", CHIEF, {"starts_on": day(REQUESTED, 10)})
    world = play(play(world, "request-renewal", INVESTIGATOR_1), "renew-authorization", CHIEF)
    grant = world.operation.grant
    assert grant is not None
    assert not grant.covers(world.now + timedelta(days=1))
    assert grant.covers(world.now + timedelta(days=11))


def test_the_chief_adds_an_officer_and_a_supervisor_removes_one():
    assert refused(ACTIVE, "add-operator", SUPERVISOR_1) == ("office", PRACTICE, None, "Ask the chief.")
    assert refused(ACTIVE, "remove-operator", CHIEF)[0] == "supervisor"
    world = play(play(ACTIVE, "add-operator", CHIEF), "remove-operator", SUPERVISOR_1, {"officer": INVESTIGATOR_1})
    assert world.operation.officers == (INVESTIGATOR_2, INVESTIGATOR_3)


def test_an_officer_is_added_once():
    said = refused(ACTIVE, "add-operator", CHIEF, officer=INVESTIGATOR_2)
    assert said == ("same", PRACTICE, "officer", "Choose another.")


def test_an_officer_is_an_investigator():
    assert refused(ACTIVE, "add-operator", CHIEF, officer=SUPERVISOR_3)[:3] == ("holder", PRACTICE, "officer")


@pytest.mark.parametrize("person", [SUPERVISOR_1, SUPERVISOR_2, CHIEF])
def test_an_officer_is_not_the_supervisor_the_relief_or_the_chief(person: str):
    world = make_world_with(person)
    said = refused(world, "add-operator", CHIEF, officer=person)
    assert said == ("apart.officers", PRACTICE, "officer", "Choose another.")


def make_world_with(person: str) -> World:
    """An active world in which one more person is an investigator too."""
    world = World(department=a_department(((person, Office.INVESTIGATOR),)))
    return play(play(world, "submit-request", INVESTIGATOR_1), "grant-authorization", CHIEF)


def test_nothing_is_added_before_the_chief_decided():
    assert refused(REQUESTED, "add-operator", CHIEF)[:2] == ("stage", POLICY)


def test_an_officer_who_may_not_use_it_is_not_removed():
    said = refused(ACTIVE, "remove-operator", SUPERVISOR_1, officer=INVESTIGATOR_3)
    assert said == ("nobody", PRACTICE, "officer", "Choose an officer who may.")


def test_the_last_officer_can_be_removed_and_then_nobody():
    world = ACTIVE
    for officer in (INVESTIGATOR_1, INVESTIGATOR_2):
        world = play(world, "remove-operator", SUPERVISOR_1, {"officer": officer})
    said = refused(world, "remove-operator", SUPERVISOR_1, officer=INVESTIGATOR_1)
    assert said == ("nobody", PRACTICE, None, "The Chief adds an officer.")


def test_an_empty_decision_is_no_decision():
    assert refused_for(REQUESTED, "grant-authorization", CHIEF, decision="  \n ") == ["missing"]


REQUEST = ("Theft. Three owners recognized their tools in the listings of one seller.", "Members only.")


@pytest.mark.parametrize(
    "decision",
    [
        "Three owners recognized their tools in the listings of one seller.",
        "THEFT: three owners recognized their tools in the listings of one seller. Granted.",
        "Members only",
    ],
)
def test_a_decision_that_repeats_the_request_is_noticed(decision: str):
    assert repeats_request(decision, REQUEST)


@pytest.mark.parametrize(
    "decision",
    [
        "I rely on the owners’ statements and on the receipts; looking is enough, so I allow nothing else.",
        "Granted.",
        "",
    ],
)
def test_a_decision_in_the_chiefs_own_words_is_not_taken_for_a_repetition(decision: str):
    assert not repeats_request(decision, REQUEST)

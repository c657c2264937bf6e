"""Whose turn it is: every task an operation waits for, from its first request to its last receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from covertops.domain.decisions import DECISIONS
from covertops.domain.turns import Task, tasks
from covertops.domain.vocabulary import Office, Stage
from tests.domain.canned import consultation
from tests.domain.playing import declared, lapsed, make_world, play, ready
from tests.domain.world import (
    CHIEF,
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    PROSECUTOR,
    SUPERVISOR_1,
    World,
    end_office,
    policy_2_8,
    refs,
)

ACTIVE = make_world()
AUTHORIZED = make_world(Stage.AUTHORIZED)


def of(world: World) -> tuple[Task, ...]:
    return tasks(world.operation, policy_2_8(), world.department.zone)


def turns(world: World) -> list[tuple[str, str]]:
    """What the operation waits for, and for whom."""
    return [(one.code, one.person or (one.office.value if one.office else "")) for one in of(world)]


def task(world: World, code: str) -> Task:
    (found,) = [one for one in of(world) if one.code == code]
    return found


@pytest.mark.parametrize(
    ("stage", "found"),
    [
        (Stage.DECLARED, [("declared", INVESTIGATOR_1)]),
        (Stage.REQUESTED, [("decide", "chief")]),
        (Stage.RETURNED, [("returned", INVESTIGATOR_1)]),
        (Stage.REFUSED, []),
        (Stage.WITHDRAWN, []),
        (Stage.ACTIVE, [("review", SUPERVISOR_1)]),
        (Stage.SUSPENDED, [("review", SUPERVISOR_1), ("resume", SUPERVISOR_1)]),
    ],
)
def test_each_stage_waits_for_somebody(stage: Stage, found: list[tuple[str, str]]):
    assert turns(make_world(stage)) == found


def test_what_is_authorized_waits_for_promises_and_contacts():
    assert turns(AUTHORIZED) == [
        ("promise", INVESTIGATOR_1),
        ("promise", INVESTIGATOR_2),
        ("contact.prosecuting attorney", SUPERVISOR_1),
        ("contact.city attorney", SUPERVISOR_1),
    ]


def test_once_every_gate_is_met_the_supervisor_activates():
    assert turns(ready(AUTHORIZED)) == [("activate", SUPERVISOR_1)]


def test_a_later_start_is_waited_for():
    world = make_world(Stage.REQUESTED)
    world = ready(play(world, "grant-authorization", CHIEF, {"starts_on": world.today + timedelta(days=3)}))
    assert task(world, "activate").since == world.operation.grants[0].starts_at


def test_an_operation_without_a_supervisor_waits_for_the_chief():
    world = lapsed(end_office(AUTHORIZED, SUPERVISOR_1, Office.SUPERVISOR))
    assert ("unsupervised", "chief") in turns(world)


def test_the_chief_is_told_of_an_attorney_silent_for_three_whole_working_days():
    friday = AUTHORIZED
    world = play(friday, "attempt-attorney", SUPERVISOR_1)
    told = task(world, "silent.city attorney")
    assert (told.office, told.since.isoformat()) == (Office.CHIEF, "2026-11-26T06:00:00+00:00")
    answered = play(world, "log-consultation", SUPERVISOR_1, consultation(world, Office.CITY_ATTORNEY))
    assert not [one for one in of(answered) if one.code.startswith("silent")]


def test_an_activity_outside_the_scope_waits_for_the_supervisor_until_reviewed():
    world = play(ACTIVE, "log-activity", INVESTIGATOR_1, {"outside": "yes", "outside_detail": "A neighbor’s page."})
    assert ("flagged", SUPERVISOR_1) in turns(world)
    assert ("flagged", SUPERVISOR_1) not in turns(play(world, "review-entry", SUPERVISOR_1))


def test_a_question_waits_for_its_author_until_a_local_midnight():
    world = play(play(ACTIVE, "log-activity", INVESTIGATOR_2), "question-entry", SUPERVISOR_1)
    found = task(world, "answer")
    assert found.person == INVESTIGATOR_2
    assert found.until is not None
    assert found.until.isoformat() == "2026-11-28T06:00:00+00:00"


def test_a_question_about_anything_else_waits_for_every_officer():
    world = play(ACTIVE, "add-account", INVESTIGATOR_1)
    about = refs(world, "AccountAdded")[0]
    world = play(world, "question-entry", SUPERVISOR_1, {"questioned": about})
    assert [person for code, person in turns(world) if code == "answer"] == [INVESTIGATOR_1, INVESTIGATOR_2]


def test_a_renewal_waits_for_the_chief_until_the_authorization_ends():
    world = play(ACTIVE, "request-renewal", INVESTIGATOR_1)
    assert task(world, "renew").until == ACTIVE.operation.grants[0].ends_at
    assert "renew" not in [code for code, _ in turns(play(world, "end-operation", CHIEF))]


def test_each_officer_named_at_the_end_confirms_and_the_chief_is_told_when_late():
    world = play(ACTIVE, "remove-operator", SUPERVISOR_1, {"officer": INVESTIGATOR_2})
    world = play(world, "end-operation", CHIEF)
    assert turns(world) == [("cease", INVESTIGATOR_1), (f"cease.late.{INVESTIGATOR_1}", "chief")]
    assert task(world, f"cease.late.{INVESTIGATOR_1}").since == world.operation.cease_due_at
    assert turns(play(world, "confirm-cease", INVESTIGATOR_1)) == []


def test_an_account_left_open_waits_for_the_officers():
    world = play(play(ACTIVE, "add-account", INVESTIGATOR_1), "end-operation", CHIEF)
    assert ("settle", INVESTIGATOR_2) in turns(world)
    assert "settle" not in [code for code, _ in turns(play(world, "settle-account", INVESTIGATOR_1))]


def test_an_account_whose_officers_are_gone_waits_for_the_supervisor():
    world = play(play(ACTIVE, "add-account", INVESTIGATOR_1), "end-operation", CHIEF)
    for officer in (INVESTIGATOR_1, INVESTIGATOR_2):
        world = lapsed(end_office(world, officer, Office.INVESTIGATOR))
    assert turns(world) == [("settle", SUPERVISOR_1)]


def test_a_package_waits_for_the_chief_and_then_for_its_recipient():
    prepared = play(ACTIVE, "prepare-export", SUPERVISOR_1)
    assert ("release", "chief") in turns(prepared)
    again = play(prepared.after(timedelta(hours=1)), "prepare-export", SUPERVISOR_1)
    assert task(again, "release").since == again.now
    released = play(again, "release-export", CHIEF)
    assert [one for one in turns(released) if one[0] in ("release", "receive")] == [("receive", PROSECUTOR)]


def test_every_task_names_an_act_or_only_tells():
    worlds = [make_world(stage) for stage in Stage] + [declared(World()), play(ACTIVE, "prepare-export", SUPERVISOR_1)]
    for world in worlds:
        for one in of(replace(world)):
            assert one.decision in {*DECISIONS, ""}
            assert (one.person is None) != (one.office is None)

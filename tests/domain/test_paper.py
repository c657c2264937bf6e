"""A decision signed in ink gives no authority and is never backdated; once entered, it waits for the Chief."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from covertops.domain.authority import authority
from covertops.domain.decisions import DECISIONS
from covertops.domain.declaration import WITHHELD
from covertops.domain.entries.activity import SHEET
from covertops.domain.entries.paper import PaperEntered
from covertops.domain.evolve import evolve
from covertops.domain.refusals import NotYours, Refusal
from covertops.domain.turns import tasks
from covertops.domain.vocabulary import Office, Stage
from tests.domain.playing import consulted, make_world, play, preserve, ready
from tests.domain.world import (
    CHIEF,
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    INVESTIGATOR_3,
    SUPERVISOR_1,
    World,
    policy_2_8,
    refs,
)

LATER = timedelta(minutes=1)


def on_paper(world: World, days_ago: int = 2) -> World:
    """The world after the requester entered a decision that was signed in ink some days ago."""
    world = preserve(world, INVESTIGATOR_1, original=SHEET).after(LATER)
    answers = {"signed_at": world.now - timedelta(days=days_ago)}
    return play(world, "enter-paper", INVESTIGATOR_1, answers).after(LATER)


def department_rules(world: World) -> dict[str, bool | None]:
    state = authority(world.operation, world.now, world.facts().rules, gates_only=True)
    return {item.code: item.met for item in state.department.items}


def test_an_operation_decided_on_paper_is_not_activated_before_the_chief_confirmed_the_scan():
    world = ready(play(on_paper(make_world(Stage.REQUESTED)), "grant-authorization", CHIEF).after(LATER))
    assert department_rules(world)["paper"] is False
    with pytest.raises(Refusal, match="Decision on paper confirmed by the Chief") as refused:
        play(world, "activate", SUPERVISOR_1)
    (missing,) = refused.value.missing
    number = refs(world, "PaperEntered")[-1].number
    assert missing.remedy == f"The Chief compares the scan of entry {number} with what was signed, and confirms it."
    world = play(world, "confirm-paper", CHIEF).after(LATER)
    assert play(world, "activate", SUPERVISOR_1).operation.stage is Stage.ACTIVE


def test_nothing_signed_on_paper_is_backdated():
    world = on_paper(make_world(Stage.REQUESTED))
    signed = world.operation.papers[-1].signed_at
    world = play(world, "confirm-paper", CHIEF).after(LATER)
    assert authority(world.operation, world.now, policy_2_8()).policy.met is False
    granted = world.now
    world = consulted(play(world, "grant-authorization", CHIEF).after(LATER))
    for at in (signed, granted - LATER):
        assert authority(world.operation, at, policy_2_8()).policy.items[0].met is False
    assert authority(world.operation, granted, policy_2_8()).policy.items[0].met is True


def test_an_operation_without_paper_has_no_such_line():
    assert "paper" not in department_rules(make_world(Stage.AUTHORIZED))


def test_a_newer_scan_takes_the_place_of_the_confirmed_one_and_is_confirmed_itself():
    world = play(on_paper(make_world(Stage.REQUESTED)), "confirm-paper", CHIEF).after(LATER)
    assert department_rules(world)["paper"] is True
    with pytest.raises(Refusal, match="No decision on paper waits"):
        play(world, "confirm-paper", CHIEF)
    assert department_rules(on_paper(world))["paper"] is False


def test_the_chief_is_asked_to_confirm_it():
    world = on_paper(make_world(Stage.REQUESTED))

    def asked(one: World) -> list[Office | None]:
        found = tasks(one.operation, policy_2_8(), one.department.zone)
        return [task.office for task in found if task.decision == "confirm-paper"]

    assert asked(world) == [Office.CHIEF]
    assert asked(play(world, "confirm-paper", CHIEF)) == []


def test_only_those_who_work_on_it_enter_paper_and_only_the_chief_confirms():
    world = on_paper(make_world(Stage.AUTHORIZED))
    for person in (INVESTIGATOR_1, SUPERVISOR_1):
        with pytest.raises(NotYours):
            play(world, "confirm-paper", person)
    for person in (CHIEF, INVESTIGATOR_3):
        with pytest.raises(NotYours):
            play(world, "enter-paper", person)
    assert DECISIONS["confirm-paper"].signed


def test_an_officer_who_was_removed_may_still_hand_in_the_sheets():
    world = preserve(make_world(Stage.AUTHORIZED), INVESTIGATOR_1, original=SHEET)
    world = play(world, "remove-operator", SUPERVISOR_1, {"officer": INVESTIGATOR_2})
    assert play(world, "enter-paper", INVESTIGATOR_2).operation.papers


def test_a_scan_is_kept_before_activation_and_a_capture_after_it():
    for stage in (Stage.REQUESTED, Stage.AUTHORIZED):
        assert preserve(make_world(stage), INVESTIGATOR_1, original=SHEET).operation.captures[-1].sheet
        with pytest.raises(Refusal, match="has not been activated"):
            preserve(make_world(stage), INVESTIGATOR_1)
    with pytest.raises(Refusal, match="belong before activation"):
        preserve(make_world(Stage.ACTIVE), INVESTIGATOR_1, original=SHEET)


def test_paper_names_a_scan_and_a_time_that_has_passed():
    world = preserve(make_world(Stage.REQUESTED), INVESTIGATOR_1, original=SHEET)
    with pytest.raises(Refusal, match="lies in the future"):
        play(world, "enter-paper", INVESTIGATOR_1, {"signed_at": world.now + LATER})
    with pytest.raises(Refusal, match="no scan of signed sheets"):
        play(make_world(Stage.REQUESTED), "enter-paper", INVESTIGATOR_1)
    with pytest.raises(Refusal, match="belongs before activation"):
        play(make_world(Stage.ACTIVE), "enter-paper", INVESTIGATOR_1)


def test_a_copy_that_withholds_when_it_was_signed_cannot_answer():
    world = on_paper(make_world(Stage.REQUESTED))
    it = world.last(PaperEntered)
    hidden = replace(it, entry=replace(it.entry, signed_at=WITHHELD))  # type: ignore[call-arg]
    assert evolve(make_world(Stage.REQUESTED).operation, hidden).withheld_at == it.at

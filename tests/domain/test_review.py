"""The supervisor's monitoring: the review of a period, single entries, questions and answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covertops.domain.decisions.review import first_day_to_review
from covertops.domain.entries.ending import OperationSuspended
from covertops.domain.entries.review import ReviewHeld
from covertops.domain.vocabulary import Stage
from tests.domain.canned import NOWHERE
from tests.domain.playing import make_world, play
from tests.domain.refusing import POLICY, PRACTICE, refused
from tests.domain.world import CHIEF, INVESTIGATOR_1, INVESTIGATOR_3, SUPERVISOR_1, SUPERVISOR_2, refs

ACTIVE = make_world(Stage.ACTIVE)
LOGGED = play(ACTIVE, "log-activity", INVESTIGATOR_1).after(timedelta(minutes=1))
DAY = timedelta(days=1)
MONITORING = ("hold-review", "review-entry", "question-entry")


@pytest.mark.parametrize("name", MONITORING)
def test_only_the_assigned_supervisor_monitors_by_policy(name: str):
    for person in (SUPERVISOR_2, CHIEF, INVESTIGATOR_1):
        assert refused(LOGGED, name, person)[:2] == ("supervisor", POLICY)


@pytest.mark.parametrize("name", MONITORING)
def test_there_is_nothing_to_monitor_before_activation(name: str):
    said = refused(make_world(Stage.AUTHORIZED), name, SUPERVISOR_1)
    assert said == ("stage", POLICY, None, "It is reviewed once it is active.")


def test_a_review_moves_the_next_one_by_the_interval_from_the_last_day_it_covers():
    world = ACTIVE.after(10 * DAY)
    answers = {"period_from": ACTIVE.today, "period_to": ACTIVE.today + 8 * DAY}
    reviewed = play(world, "hold-review", SUPERVISOR_1, answers)
    entry = reviewed.entries[-1].entry
    assert isinstance(entry, ReviewHeld)
    assert entry.next_due_at.isoformat() == "2026-12-29T06:00:00+00:00"
    assert reviewed.operation.review_due_at == entry.next_due_at


def test_a_review_of_an_old_period_does_not_bring_the_next_one_forward():
    world = play(ACTIVE.after(10 * DAY), "hold-review", SUPERVISOR_1, {"period_from": ACTIVE.today})
    again = play(world, "hold-review", SUPERVISOR_1, {"period_from": ACTIVE.today, "period_to": ACTIVE.today})
    assert again.operation.review_due_at == world.operation.review_due_at


def test_no_day_is_left_out_between_two_reviews():
    world = ACTIVE.after(10 * DAY)
    assert first_day_to_review(world.operation, world.department.zone) == ACTIVE.today
    said = refused(world, "hold-review", SUPERVISOR_1, period_from=ACTIVE.today + DAY)
    assert said == ("gap", PRACTICE, "period_from", "Begin the period on 2026-11-20 or earlier.")
    reviewed = play(world, "hold-review", SUPERVISOR_1, {"period_from": ACTIVE.today}).after(5 * DAY)
    assert refused(reviewed, "hold-review", SUPERVISOR_1, period_from=world.today + DAY)[0] == "gap"
    assert play(reviewed, "hold-review", SUPERVISOR_1, {"period_from": world.today}) is not None


def test_a_review_runs_forward_and_not_into_the_future():
    said = refused(ACTIVE, "hold-review", SUPERVISOR_1, period_to=ACTIVE.today - DAY)
    assert said == ("order", PRACTICE, "period_to", "Enter a later day.")
    said = refused(ACTIVE, "hold-review", SUPERVISOR_1, period_to=ACTIVE.today + DAY)
    assert said == ("future", PRACTICE, "period_to", "Enter today or an earlier day.")


def test_a_review_outside_the_scope_says_what_was_done():
    said = refused(ACTIVE, "hold-review", SUPERVISOR_1, in_scope="no")
    assert said == ("breaches", POLICY, "breaches", "Fill in the breaches.")


def test_a_review_can_suspend_in_the_same_act():
    world = play(ACTIVE, "hold-review", SUPERVISOR_1, {"result": "suspend"})
    assert [type(one.entry) for one in world.entries[-2:]] == [ReviewHeld, OperationSuspended]
    assert world.operation.stage is Stage.SUSPENDED
    again = play(world, "hold-review", SUPERVISOR_1, {"result": "suspend"})
    assert isinstance(again.entries[-1].entry, ReviewHeld)


def test_a_review_marks_the_entries_it_examined():
    ref = refs(LOGGED, "ActivityLogged")[0]
    world = play(LOGGED, "hold-review", SUPERVISOR_1, {"entries": (ref,)})
    assert ref.number in world.operation.reviewed


def test_an_entry_is_marked_reviewed_once():
    world = play(LOGGED, "review-entry", SUPERVISOR_1)
    assert refused(world, "review-entry", SUPERVISOR_1) == ("reviewed", POLICY, "reviewed", "Choose another.")


def test_a_question_expects_its_answer_today_or_later():
    said = refused(LOGGED, "question-entry", SUPERVISOR_1, answer_by=LOGGED.today - DAY)
    assert said == ("past", PRACTICE, "answer_by", "Enter today or a later day.")


def test_a_question_goes_to_the_author_of_the_sitting_and_is_answered_once():
    world = play(LOGGED, "question-entry", SUPERVISOR_1)
    assert world.operation.questions[0].to == INVESTIGATOR_1
    answered = play(world, "answer-question", INVESTIGATOR_1)
    assert answered.operation.questions[0].answered is not None
    said = refused(answered, "answer-question", INVESTIGATOR_1)
    assert said == ("questions", PRACTICE, None, "Nothing is left to do.")


def test_an_answer_names_an_open_question():
    world = play(LOGGED, "question-entry", SUPERVISOR_1)
    said = refused(world, "answer-question", INVESTIGATOR_1, question=NOWHERE)
    assert said == ("questions", PRACTICE, "question", "Choose an open one.")


def test_nobody_answers_who_is_no_officer():
    world = play(LOGGED, "question-entry", SUPERVISOR_1)
    assert refused(world, "answer-question", INVESTIGATOR_3)[:2] == ("operator", PRACTICE)

"""What officers record: accounts, captures, activity, corrections. Out of scope is flagged, never refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covertops.domain.authority import authority_during
from covertops.domain.decisions.activity import correctable_fields
from covertops.domain.entries.activity import EntryCorrected, EvidencePreserved
from covertops.domain.vocabulary import Office, Stage
from tests.domain.canned import NOWHERE, consultation
from tests.domain.playing import make_world, play, preserve
from tests.domain.refusing import POLICY, PRACTICE, SETTING, line, refused, refused_by
from tests.domain.world import (
    CHIEF,
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    INVESTIGATOR_3,
    PROSECUTOR,
    SUPERVISOR_1,
    refs,
)

ACTIVE = make_world(Stage.ACTIVE)
LOGGED = play(ACTIVE, "log-activity", INVESTIGATOR_1).after(timedelta(minutes=1))
DAY = timedelta(days=1)
USES = ("log-activity", "log-no-activity", "record-held-material", "add-account")


@pytest.mark.parametrize("name", [*USES, "keep-access", "answer-question"])
def test_only_officers_named_in_the_authorization_record_use(name: str):
    for person in (SUPERVISOR_1, CHIEF, INVESTIGATOR_3):
        assert refused(ACTIVE, name, person) == ("operator", PRACTICE, None, "The Chief adds the officer.")


@pytest.mark.parametrize("name", USES)
def test_nothing_is_used_before_activation(name: str):
    said = refused(make_world(Stage.AUTHORIZED), name, INVESTIGATOR_1)
    assert said == ("stage", PRACTICE, None, "The supervisor activates it once every gate is met.")


@pytest.mark.parametrize("name", USES)
def test_use_is_recorded_late_also_while_suspended_and_after_the_end(name: str):
    for stage in (Stage.SUSPENDED, Stage.ENDED):
        world = make_world(stage)
        assert play(world, name, INVESTIGATOR_1).operation.last_number > world.operation.last_number


@pytest.mark.parametrize("name", ["log-activity", "add-account"])
def test_what_is_outside_the_scope_is_saved_and_flagged(name: str):
    answers = {"outside": "yes", "outside_detail": "A neighbor’s page.", "in_scope": "no"}
    world = play(ACTIVE, name, INVESTIGATOR_1, answers)
    flags = [one.flagged for one in world.operation.activities] + [not one.in_scope for one in world.operation.accounts]
    assert flags == [True]


def test_a_sitting_does_not_end_before_it_begins():
    said = refused(ACTIVE, "log-activity", INVESTIGATOR_1, ended_at=ACTIVE.now - timedelta(hours=1))
    assert said == ("order", PRACTICE, "ended_at", "Enter a later time.")


def test_a_sitting_does_not_lie_in_the_future():
    said = refused(ACTIVE, "log-activity", INVESTIGATOR_1, ended_at=ACTIVE.now + timedelta(minutes=1))
    assert said == ("future", PRACTICE, "ended_at", "Enter it after it happened.")


def test_nobody_was_at_the_keyboard_who_was_never_named():
    said = refused(ACTIVE, "log-activity", INVESTIGATOR_1, keyboard=INVESTIGATOR_3)
    assert said == ("keyboard", PRACTICE, "keyboard", "Choose an officer of this operation.")


def test_use_by_an_officer_who_had_been_removed_is_saved_and_not_authorized():
    world = play(ACTIVE, "remove-operator", SUPERVISOR_1, {"officer": INVESTIGATOR_2}).after(timedelta(hours=1))
    world = play(world, "log-activity", INVESTIGATOR_1, {"keyboard": INVESTIGATOR_2})
    sitting = world.operation.activities[-1]
    span = sitting.started_at, sitting.ended_at
    state = authority_during(world.operation, *span, world.facts().rules, sitting.keyboard)
    assert (state.policy.met, state.department.met) == (True, False)
    assert {one.code for one in state.department.unmet} == {"promise", "officer"}


@pytest.mark.parametrize("name", ["log-activity", "keep-access"])
def test_an_account_named_is_one_of_this_operation(name: str):
    world = play(ACTIVE, "add-account", INVESTIGATOR_1)
    assert refused(world, name, INVESTIGATOR_1, account=NOWHERE)[:3] == ("account", PRACTICE, "account")
    assert play(world, name, INVESTIGATOR_1, {"account": refs(world, "AccountAdded")[0]}) is not None


def test_a_capture_named_is_on_record():
    said = refused(ACTIVE, "log-activity", INVESTIGATOR_1, captures=(NOWHERE,))
    assert said == ("captures", PRACTICE, "captures", "Add it again.")


def test_access_is_kept_for_an_account_that_is_on_record():
    said = refused(ACTIVE, "keep-access", INVESTIGATOR_1)
    assert said == ("accounts", PRACTICE, None, "Add the account first.")


@pytest.mark.parametrize(
    ("name", "field", "text"),
    [
        ("keep-access", "where", "Password: hunter2"),
        ("log-activity", "happened", "Logged in, the passcode is 4711."),
        ("log-activity", "headline", "pw=abc"),
        ("add-account", "handle", "toolbuyer40, PIN: 1234"),
    ],
)
def test_nothing_that_looks_like_a_password_is_recorded(name: str, field: str, text: str):
    world = play(ACTIVE, "add-account", INVESTIGATOR_1)
    said = refused(world, name, INVESTIGATOR_1, **{field: text})
    assert said == ("secret", PRACTICE, field, "Take it out. Record only where access is kept.")


@pytest.mark.parametrize(("name", "field"), [("add-account", "created_on"), ("log-no-activity", "to_on")])
def test_no_day_lies_in_the_future(name: str, field: str):
    assert refused(ACTIVE, name, INVESTIGATOR_1, **{field: ACTIVE.today + DAY})[:3] == ("future", PRACTICE, field)


def test_material_was_not_seen_in_the_future():
    said = refused(ACTIVE, "record-held-material", INVESTIGATOR_1, seen_at=ACTIVE.now + DAY)
    assert said == ("future", PRACTICE, "seen_at", "Enter when it was seen.")


def test_a_period_of_no_activity_runs_forward():
    said = refused(ACTIVE, "log-no-activity", INVESTIGATOR_1, to_on=ACTIVE.today - DAY)
    assert said == ("order", PRACTICE, "to_on", "Enter a later day.")


def test_captures_are_numbered_as_they_come():
    world = preserve(preserve(ACTIVE, INVESTIGATOR_1), SUPERVISOR_1)
    assert [one.reference for one in world.operation.captures] == ["EV-0001", "EV-0002"]
    assert [one.office for one in world.entries if isinstance(one.entry, EvidencePreserved)] == [
        "investigator",
        "supervisor",
    ]


def test_a_capture_is_kept_by_those_who_work_on_it():
    assert line(refused_by(lambda: preserve(ACTIVE, PROSECUTOR)).missing[0])[:2] == ("role", POLICY)
    assert refused_by(lambda: preserve(make_world(Stage.AUTHORIZED), INVESTIGATOR_1)).code == "stage"
    assert refused_by(lambda: preserve(ACTIVE, INVESTIGATOR_1, account=NOWHERE)).code == "account"
    with_account = play(ACTIVE, "add-account", INVESTIGATOR_1)
    assert preserve(with_account, INVESTIGATOR_1, account=refs(with_account, "AccountAdded")[0]).operation.captures


def test_a_correction_keeps_what_stood_there():
    world = play(LOGGED, "correct-entry", INVESTIGATOR_1, {"new": "Looked at four listings"})
    entry = world.entries[-1].entry
    assert isinstance(entry, EntryCorrected)
    assert (entry.old, entry.new) == ("Looked at three listings", "Looked at four listings")
    assert world.entries[:-1] == LOGGED.entries


def test_only_the_author_corrects_an_entry():
    ref = refs(LOGGED, "ActivityLogged")[0]
    said = refused(LOGGED, "correct-entry", INVESTIGATOR_2, corrected=ref, field="headline")
    assert said == ("author", SETTING, "corrected", "Ask its author, or raise a question about it.")


def test_only_those_who_work_on_it_correct_entries():
    assert refused(LOGGED, "correct-entry", PROSECUTOR) == ("role", SETTING, None, "Ask the supervisor.")


@pytest.mark.parametrize("field", ["outside", "captures", "by", "unknown"])
def test_only_a_clerical_field_is_corrected(field: str):
    said = refused(LOGGED, "correct-entry", INVESTIGATOR_1, field=field)
    assert said == ("field", SETTING, "field", "A wrong scope is decided anew by the Chief.")


def test_a_correction_changes_something():
    said = refused(LOGGED, "correct-entry", INVESTIGATOR_1, new="Looked at three listings")
    assert said == ("same", SETTING, "new", "Write what it should read.")


def test_a_review_is_not_corrected():
    world = play(ACTIVE, "hold-review", SUPERVISOR_1)
    ref = refs(world, "ReviewHeld")[0]
    assert refused(world, "correct-entry", SUPERVISOR_1, corrected=ref, field="findings")[0] == "field"


def test_counsels_advice_is_nowhere_copied_by_a_correction():
    answers = {**consultation(ACTIVE, Office.PROSECUTING_ATTORNEY), "prosecutor_advice": "Fine."}
    world = play(ACTIVE, "log-consultation", SUPERVISOR_1, answers)
    assert "prosecutor_advice" not in correctable_fields(world.entries[-1])
    assert "attorney" in correctable_fields(world.entries[-1])


def test_a_removed_officer_corrects_what_was_theirs():
    world = play(ACTIVE, "log-activity", INVESTIGATOR_2)
    world = play(world, "remove-operator", SUPERVISOR_1, {"officer": INVESTIGATOR_2})
    assert play(world, "correct-entry", INVESTIGATOR_2).entries[-1].office == "investigator"

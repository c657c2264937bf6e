"""Packages: the supervisor prepares, the Chief releases, the prosecutor receives."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covertops.domain.decisions.package import (
    download_export,
    export_named,
    open_evidence,
    receive_export,
    seal_export,
    unreleased,
)
from covertops.domain.entries.activity import ActivityLogged, EntryCorrected
from covertops.domain.entries.package import ExportPrepared, ExportReleased, ExportSealed
from covertops.domain.vocabulary import Office, Stage
from tests.domain.playing import make_world, play, preserve, ready
from tests.domain.refusing import PRACTICE, SETTING, refused, refused_by
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

ACTIVE = make_world(Stage.ACTIVE)
PREPARED = play(ACTIVE, "prepare-export", SUPERVISOR_1).after(timedelta(minutes=1))
RELEASED = play(PREPARED, "release-export", CHIEF).after(timedelta(minutes=1))
NAME = "EXP-2026-0001-1"


def test_only_the_assigned_supervisor_prepares():
    for person in (SUPERVISOR_2, CHIEF, INVESTIGATOR_1):
        assert refused(ACTIVE, "prepare-export", person)[:2] == ("supervisor", SETTING)


def test_there_is_nothing_to_hand_over_before_activation():
    said = refused(make_world(Stage.AUTHORIZED), "prepare-export", SUPERVISOR_1)
    assert said == ("stage", SETTING, None, "It is prepared after activation.")


def test_a_package_is_for_a_prosecuting_attorney():
    said = refused(ACTIVE, "prepare-export", SUPERVISOR_1, recipient=INVESTIGATOR_1)
    assert said == ("holder", PRACTICE, "recipient", "Choose another.")


def test_a_package_goes_to_nobody_who_worked_on_the_operation():
    world = World(department=a_department(((INVESTIGATOR_2, Office.PROSECUTING_ATTORNEY),)))
    world = play(play(world, "submit-request", INVESTIGATOR_1), "grant-authorization", CHIEF)
    world = play(ready(world), "activate", SUPERVISOR_1)
    said = refused(world, "prepare-export", SUPERVISOR_1, recipient=INVESTIGATOR_2)
    assert said == ("apart.recipient", SETTING, "recipient", "Choose the prosecutor of the case.")


def test_what_a_correction_says_of_a_withheld_field_is_withheld_with_it():
    world = play(ACTIVE, "log-activity", INVESTIGATOR_1, {"counterpart": "seller77"}).after(timedelta(minutes=1))
    about = world.last(ActivityLogged)
    corrected = {"corrected": about.ref, "field": "counterpart", "new": "seller78"}
    world = play(world, "correct-entry", INVESTIGATOR_1, corrected).after(timedelta(minutes=1))
    number = world.last(EntryCorrected).number
    line = f"{about.number} counterpart: not involved"
    entry = play(world, "prepare-export", SUPERVISOR_1, {"withheld": (line,)}).last(ExportPrepared).entry
    assert isinstance(entry, ExportPrepared)
    assert entry.withheld == (line, f"{number} old: not involved", f"{number} new: not involved")
    other = f"{about.number} headline: not involved"
    entry = play(world, "prepare-export", SUPERVISOR_1, {"withheld": (other,)}).last(ExportPrepared).entry
    assert isinstance(entry, ExportPrepared)
    assert entry.withheld == (other,)


def test_what_was_added_after_the_preparation_does_not_leave_with_it():
    world = play(PREPARED, "log-activity", INVESTIGATOR_1)
    remedy = "The supervisor prepares it again, and looks at what was added."
    assert refused(world, "release-export", CHIEF) == ("moved", SETTING, None, remedy)
    assert refused(preserve(PREPARED, INVESTIGATOR_1), "release-export", CHIEF)[0] == "moved"


def test_opening_a_capture_after_the_preparation_holds_nothing_up():
    world = play(WITH_CAPTURE, "prepare-export", SUPERVISOR_1)
    world = world.append(open_evidence(world.operation, world.actor(CHIEF), world.facts(), CAPTURE))
    assert play(world, "release-export", CHIEF).operation.exports[0].released is not None


def test_a_package_reaches_up_to_the_entry_that_prepares_it():
    entry = PREPARED.last(ExportPrepared)
    assert isinstance(entry.entry, ExportPrepared)
    assert (entry.entry.reference, entry.entry.to_number) == (NAME, entry.number)


@pytest.mark.parametrize("line", ["hide it all", "999 conduct: too far", "0 conduct: no entry", "1 conduct:"])
def test_a_line_that_names_no_entry_and_field_is_refused(line: str):
    code, mark, field, remedy = refused(ACTIVE, "prepare-export", SUPERVISOR_1, withheld=(line,))
    assert (code, mark, field) == ("withheld", SETTING, "withheld")
    assert remedy.startswith("Write the entry’s number")


@pytest.mark.parametrize(
    "line", ["1 by: an officer", "1 signature: x", "1 nothing: x", "2 designation: x", "1 officers/7: x"]
)
def test_a_line_that_withholds_nothing_or_who_acted_is_refused(line: str):
    code, _, field, remedy = refused(ACTIVE, "prepare-export", SUPERVISOR_1, withheld=(line,))
    assert (code, field) == ("withheld", "withheld")
    assert remedy.startswith("Name a field as the entry’s page does")


def test_an_open_field_may_be_withheld():
    world = play(ACTIVE, "prepare-export", SUPERVISOR_1, {"withheld": ("1 start_on: not for this case",)})
    assert unreleased(world.operation) is not None


def test_a_package_prepared_anew_takes_the_place_of_one_not_released():
    again = play(PREPARED, "prepare-export", SUPERVISOR_1)
    waiting = unreleased(again.operation)
    assert waiting is not None
    assert waiting.reference == "EXP-2026-0001-2"
    released = play(again, "release-export", CHIEF)
    assert [one.released is not None for one in released.operation.exports] == [False, True]


def test_only_the_chief_releases_what_was_prepared():
    assert refused(PREPARED, "release-export", SUPERVISOR_1) == ("office", SETTING, None, "Ask the chief.")
    assert refused(ACTIVE, "release-export", CHIEF) == ("nothing", SETTING, None, "The supervisor prepares one.")
    assert refused(RELEASED, "release-export", CHIEF)[0] == "nothing"


def test_a_chief_who_supervised_it_does_not_release_what_they_prepared():
    world = World(department=a_department(((SUPERVISOR_3, Office.CHIEF),)))
    world = play(play(world, "submit-request", INVESTIGATOR_1), "grant-authorization", CHIEF)
    world = play(world, "assign-supervisor", CHIEF, {"supervisor": SUPERVISOR_3, "relief": None})
    world = play(play(world, "end-operation", CHIEF), "prepare-export", SUPERVISOR_3)
    assert refused(world, "release-export", SUPERVISOR_3)[:2] == ("apart.chief", PRACTICE)


def test_a_release_names_the_policy_and_whose_record_it_is():
    entry = RELEASED.last(ExportReleased).entry
    assert isinstance(entry, ExportReleased)
    assert (entry.policy, entry.zone) == (ACTIVE.facts().rules.digest, "America/Chicago")
    assert entry.department == "Example Police Department"


def test_the_entry_after_a_release_names_its_manifest():
    world = RELEASED.append(seal_export(RELEASED.operation, RELEASED.actor(CHIEF), "d" * 64, 40))
    assert isinstance(world.entries[-1].entry, ExportSealed)
    assert world.operation.exports[0].sealed == world.entries[-1].number


def test_the_recipient_confirms_the_arrival_once():
    asked = {"fingerprint_compared": "yes", "note": None}
    args = RELEASED.operation, RELEASED.actor(PROSECUTOR), RELEASED.facts(), NAME
    world = RELEASED.append(receive_export(*args, asked))
    assert world.operation.exports[0].received == world.entries[-1].number
    again = refused_by(lambda: receive_export(world.operation, world.actor(PROSECUTOR), world.facts(), NAME))
    assert (again.code, again.missing[0].rule.mark) == ("received", SETTING)


@pytest.mark.parametrize("person", [CHIEF, SUPERVISOR_1, INVESTIGATOR_1])
def test_nobody_else_confirms_an_arrival(person: str):
    refusal = refused_by(lambda: receive_export(RELEASED.operation, RELEASED.actor(person), RELEASED.facts(), NAME))
    assert refusal.code == "package"


@pytest.mark.parametrize(
    ("person", "office"),
    [(PROSECUTOR, Office.PROSECUTING_ATTORNEY), (CHIEF, Office.CHIEF), (SUPERVISOR_1, Office.SUPERVISOR)],
)
def test_each_copy_fetched_is_custody(person: str, office: Office):
    (written,) = download_export(RELEASED.operation, RELEASED.actor(person), RELEASED.facts(), NAME)
    assert written.office is office


@pytest.mark.parametrize("person", [INVESTIGATOR_1, SUPERVISOR_3])
def test_a_package_is_fetched_by_nobody_else(person: str):
    refusal = refused_by(lambda: download_export(RELEASED.operation, RELEASED.actor(person), RELEASED.facts(), NAME))
    assert refusal.code == "package"


def test_a_package_that_was_not_released_is_unknown():
    assert refused_by(lambda: export_named(PREPARED.operation, NAME)).code == "package"
    assert export_named(RELEASED.operation, NAME).recipient == PROSECUTOR


WITH_CAPTURE = preserve(ACTIVE, INVESTIGATOR_1)
CAPTURE = WITH_CAPTURE.entries[-1].number


@pytest.mark.parametrize(
    ("person", "office"),
    [(CHIEF, Office.CHIEF), (SUPERVISOR_1, Office.SUPERVISOR), (INVESTIGATOR_1, Office.INVESTIGATOR)],
)
def test_opening_a_capture_is_custody(person: str, office: Office):
    (written,) = open_evidence(WITH_CAPTURE.operation, WITH_CAPTURE.actor(person), WITH_CAPTURE.facts(), CAPTURE)
    assert written.office is office


@pytest.mark.parametrize("person", [PROSECUTOR, INVESTIGATOR_3, SUPERVISOR_3])
def test_a_capture_is_opened_by_those_on_the_operation_only(person: str):
    args = WITH_CAPTURE.operation, WITH_CAPTURE.actor(person), WITH_CAPTURE.facts(), CAPTURE
    assert refused_by(lambda: open_evidence(*args)).code == "office"


def test_an_entry_that_is_no_capture_is_not_opened():
    args = WITH_CAPTURE.operation, WITH_CAPTURE.actor(CHIEF), WITH_CAPTURE.facts(), 1
    assert refused_by(lambda: open_evidence(*args)).code == "capture"

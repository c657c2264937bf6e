"""How people are called in an operation's record, and who learns that it exists."""

from __future__ import annotations

from dataclasses import replace

from covertops.domain.department import Department
from covertops.domain.entries.people import PersonIntroduced
from covertops.domain.introductions import introductions
from covertops.domain.membership import may_see, may_see_advice, members
from covertops.domain.vocabulary import Office, Stage
from tests.domain.playing import make_world, play
from tests.domain.world import (
    ADMINISTRATOR,
    CHIEF,
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    INVESTIGATOR_3,
    PEOPLE,
    PROSECUTOR,
    SUPERVISOR_1,
    SUPERVISOR_2,
    SUPERVISOR_3,
    World,
    a_department,
    end_office,
)

ACTIVE = make_world()


def called(world: World) -> dict[str, str]:
    return {one.person: one.designation for one in world.operation.people}


def test_people_are_numbered_by_office_in_the_order_in_which_they_appear():
    assert called(ACTIVE) == {
        INVESTIGATOR_1: "Investigator 1",
        INVESTIGATOR_2: "Investigator 2",
        SUPERVISOR_1: "Supervisor 1",
        SUPERVISOR_2: "Supervisor 2",
        CHIEF: "Chief of Police",
    }


def test_numbers_follow_the_record_and_not_the_department():
    world = play(World(), "submit-request", INVESTIGATOR_3, {"officers": (INVESTIGATOR_2,)})
    assert called(world)[INVESTIGATOR_3] == "Investigator 1"
    assert called(world)[INVESTIGATOR_2] == "Investigator 2"


def test_each_person_is_introduced_once():
    people = [one.entry.person for one in ACTIVE.entries if isinstance(one.entry, PersonIntroduced)]
    assert len(people) == len(set(people))
    again = play(ACTIVE, "suspend", SUPERVISOR_1)
    assert not isinstance(again.entries[-1].entry, PersonIntroduced)


def test_a_recipient_of_a_package_is_introduced_by_office():
    assert called(play(ACTIVE, "prepare-export", SUPERVISOR_1))[PROSECUTOR] == "Prosecuting attorney 1"


def test_a_second_chief_is_numbered():
    department = a_department(((SUPERVISOR_3, Office.CHIEF),))
    world = play(replace(ACTIVE, department=department), "suspend", SUPERVISOR_3)
    assert called(world)[SUPERVISOR_3] == "Chief of Police 2"


def test_a_person_keeps_the_first_designation_in_another_office():
    department = a_department(((SUPERVISOR_3, Office.INVESTIGATOR),))
    world = play(replace(ACTIVE, department=department), "add-operator", CHIEF, {"officer": SUPERVISOR_3})
    world = play(world, "make-promise", SUPERVISOR_3)
    assert called(world)[SUPERVISOR_3] == "Investigator 3"


def test_an_introduction_holds_the_true_name_and_is_the_softwares_own():
    it = ACTIVE.last(PersonIntroduced)
    assert isinstance(it.entry, PersonIntroduced)
    assert (it.entry.name, it.entry.by, it.office) == ("Supervisor 2", None, "system")


def test_nobody_is_introduced_by_what_the_software_does_alone():
    assert introductions(ACTIVE.operation, (), Department()) == ()


def seen_by(world: World) -> set[str]:
    return {one for one in PEOPLE if may_see(world.operation, one, world.actor(one).offices)}


def test_an_operation_is_known_to_those_on_it_and_to_the_chief():
    assert seen_by(ACTIVE) == {INVESTIGATOR_1, INVESTIGATOR_2, SUPERVISOR_1, SUPERVISOR_2, CHIEF}
    assert ADMINISTRATOR not in seen_by(ACTIVE)
    assert seen_by(make_world(Stage.REQUESTED)) == {INVESTIGATOR_1, CHIEF}


def test_who_was_removed_or_left_the_office_knows_of_it_no_more():
    removed = play(ACTIVE, "remove-operator", SUPERVISOR_1, {"officer": INVESTIGATOR_2})
    assert INVESTIGATOR_2 not in seen_by(removed)
    assert SUPERVISOR_1 not in seen_by(end_office(ACTIVE, SUPERVISOR_1, Office.SUPERVISOR))


def test_advice_is_read_by_the_supervisor_the_relief_and_the_chief():
    found = {one for one in PEOPLE if may_see_advice(ACTIVE.operation, one, ACTIVE.actor(one).offices)}
    assert found == {SUPERVISOR_1, SUPERVISOR_2, CHIEF}


def test_every_member_has_a_role():
    assert members(ACTIVE.operation) == {
        (INVESTIGATOR_1, "requester"),
        (INVESTIGATOR_1, "officer"),
        (INVESTIGATOR_2, "officer"),
        (SUPERVISOR_1, "supervisor"),
        (SUPERVISOR_2, "relief"),
    }

"""An attorney with an account confirms or corrects the contact recorded with them, and can take the answer back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from covertops.domain.authority import authority
from covertops.domain.membership import consulted, may_see
from covertops.domain.refusals import Refusal
from covertops.domain.turns import tasks
from covertops.domain.vocabulary import Office, Stage
from tests.domain.canned import consultation
from tests.domain.playing import confirmed, lapsed, make_world, play
from tests.domain.world import CHIEF, CITY_ATTORNEY, INVESTIGATOR_1, PROSECUTOR, SUPERVISOR_1, World, refs

HOUR = timedelta(hours=1)
PROSECUTING, CITY = Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY
ATTORNEYS = {PROSECUTING: PROSECUTOR, CITY: CITY_ATTORNEY}
BACK = {"result": "corrects", "correction": "I was shown less than that.", "answer_stands": "no"}


def contacted(world: World, office: Office, **answers: Any) -> World:
    """The world after a contact that is put before the office's attorney."""
    given = consultation(world, office, counsel=ATTORNEYS[office], **answers)
    return play(world, "log-consultation", SUPERVISOR_1, given)


def refused(world: World, person: str, answers: dict[str, Any], number: int = 0) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as refusal:
        confirmed(world, person, answers, number)
    return refusal.value.missing[0].code, refusal.value.missing[0].field


ACTIVE = contacted(make_world(Stage.ACTIVE), CITY)


@pytest.mark.parametrize("office", ATTORNEYS)
def test_a_contact_waits_for_the_word_of_its_attorney_and_of_nobody_else(office: Office):
    world = contacted(make_world(Stage.AUTHORIZED), office)
    zone = world.department.zone
    waiting = [one for one in tasks(world.operation, world.facts().rules, zone) if one.code == "counsel"]
    assert [(one.person, one.office) for one in waiting] == [(ATTORNEYS[office], None)]
    assert consulted(world.operation) == {(ATTORNEYS[office], office)}
    done = confirmed(world, ATTORNEYS[office], {"result": "agrees"})
    assert not [one for one in tasks(done.operation, done.facts().rules, zone) if one.code == "counsel"]
    assert (done.operation.contacts[-1].agreed, done.entries[-1].office) == (True, office)


def test_to_be_asked_is_not_to_be_on_the_operation():
    assert not may_see(ACTIVE.operation, CITY_ATTORNEY, frozenset({CITY}))
    assert not may_see(ACTIVE.operation, CITY_ATTORNEY, frozenset({CITY, Office.INVESTIGATOR, Office.SUPERVISOR}))


@pytest.mark.parametrize("person", [PROSECUTOR, SUPERVISOR_1, CHIEF, INVESTIGATOR_1])
def test_nobody_confirms_a_contact_that_was_not_with_them(person: str):
    assert refused(ACTIVE, person, {"result": "agrees"}) == ("contact", None)
    assert refused(ACTIVE, CITY_ATTORNEY, {"result": "agrees"}, number=1) == ("contact", None)


def test_a_contact_is_put_before_an_attorney_of_the_office_that_was_asked():
    world = make_world(Stage.AUTHORIZED)
    for person in (PROSECUTOR, SUPERVISOR_1, INVESTIGATOR_1):
        with pytest.raises(Refusal) as refusal:
            play(world, "log-consultation", SUPERVISOR_1, consultation(world, CITY, counsel=person))
        assert (refusal.value.missing[0].code, refusal.value.missing[0].field) == ("holder", "counsel")


def test_the_other_offices_compartment_takes_nothing():
    answers = {"result": "agrees", "prosecutor_advice": "Between us."}
    assert refused(ACTIVE, CITY_ATTORNEY, answers) == ("apart", "prosecutor_advice")
    confirmed(ACTIVE, CITY_ATTORNEY, {"result": "agrees", "city_attorney_advice": "Between us."})


def test_a_contact_with_a_later_one_in_its_place_is_confirmed_no_more():
    later = contacted(ACTIVE, CITY)
    first = refs(ACTIVE, "ConsultationLogged")[-1].number
    assert refused(later, CITY_ATTORNEY, {"result": "agrees"}, first) == ("later", None)


def test_a_correction_that_leaves_the_answer_standing_changes_no_gate():
    world = confirmed(ACTIVE, CITY_ATTORNEY, {**BACK, "answer_stands": "yes"})
    assert authority(world.operation, world.now, world.facts().rules).met
    assert lapsed(world).operation.stage is Stage.ACTIVE


@pytest.mark.parametrize("office", ATTORNEYS)
def test_an_answer_taken_back_shuts_the_gate_and_suspends_until_the_office_answers_again(office: Office):
    world = confirmed(contacted(make_world(Stage.ACTIVE), office).after(HOUR), ATTORNEYS[office], BACK)
    state = authority(world.operation, world.now, world.facts().rules)
    assert f"contact.{office.value}" in {one.code for one in state.policy.unmet}
    before = authority(world.operation, world.entries[-2].at, world.facts().rules)
    assert before.policy.met
    world = lapsed(world)
    assert (world.operation.stage, world.operation.pauses[-1].lapse) == (Stage.SUSPENDED, "answer withdrawn")
    with pytest.raises(Refusal):
        play(world, "resume", SUPERVISOR_1)
    again = contacted(world, office)
    assert play(again, "resume", SUPERVISOR_1).operation.stage is Stage.ACTIVE


def test_an_office_that_declines_while_it_is_active_suspends_too():
    world = lapsed(contacted(ACTIVE, CITY, answer="declined"))
    assert (world.operation.stage, world.operation.pauses[-1].lapse) == (Stage.SUSPENDED, "answer withdrawn")

"""The supervisor's contacts with both attorneys, and the conflict check."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from covertops.domain.answers import kept
from covertops.domain.authority import authority
from covertops.domain.decisions.counsel import log_consultation, offices_without_answer
from covertops.domain.entries.counsel import ConsultationLogged
from covertops.domain.vocabulary import Office, Stage
from tests.domain.canned import consultation
from tests.domain.playing import consulted, make_world, play
from tests.domain.refusing import POLICY, PRACTICE, SETTING, refused, refused_for
from tests.domain.world import CHIEF, INVESTIGATOR_1, SUPERVISOR_1, SUPERVISOR_2, World, refs

AUTHORIZED = make_world(Stage.AUTHORIZED)
PROSECUTING, CITY = Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY
LOOSE = [replace(one, must_answer=()) for one in AUTHORIZED.facts().rules.consultations]
REASSIGN = "The assigned supervisor does it, or the Chief reassigns."


def contact(world: World, office: Office, **answers: object) -> World:
    return play(world, "log-consultation", SUPERVISOR_1, consultation(world, office, **answers))


def unmet(world: World) -> set[str]:
    state = authority(world.operation, world.now, world.facts().rules, gates_only=True)
    return {one.code for one in (*state.policy.unmet, *state.department.unmet)}


@pytest.mark.parametrize("name", ["log-consultation", "attempt-attorney"])
def test_only_the_assigned_supervisor_contacts_the_attorneys_by_policy(name: str):
    for person in (SUPERVISOR_2, CHIEF, INVESTIGATOR_1):
        assert refused(AUTHORIZED, name, person) == ("supervisor", POLICY, None, REASSIGN)


@pytest.mark.parametrize("name", ["log-consultation", "attempt-attorney"])
def test_there_is_nothing_to_ask_about_once_it_has_ended(name: str):
    assert refused(make_world(Stage.ENDED), name, SUPERVISOR_1) == ("stage", POLICY, None, "A request comes first.")


@pytest.mark.parametrize(("name", "field"), [("log-consultation", "held_at"), ("attempt-attorney", "attempted_at")])
def test_a_contact_does_not_lie_in_the_future(name: str, field: str):
    said = refused(AUTHORIZED, name, SUPERVISOR_1, **{field: AUTHORIZED.now + timedelta(minutes=1)})
    assert said[:3] == ("future", PRACTICE, field)


def test_an_answer_tells_all_four_questions():
    asked = dict.fromkeys(("admissibility", "preservation", "open_government", "retention"))
    codes = refused_for(AUTHORIZED, "log-consultation", SUPERVISOR_1, **asked)
    assert codes == ["missing"] * 4


@pytest.mark.parametrize(
    ("office", "question"),
    [(PROSECUTING, "admissibility"), (PROSECUTING, "preservation"), (CITY, "open_government"), (CITY, "retention")],
)
def test_each_attorney_answers_its_own_questions_by_local_setting(office: Office, question: str):
    said = refused(
        AUTHORIZED, "log-consultation", SUPERVISOR_1, **consultation(AUTHORIZED, office, **{question: "referred"})
    )
    remedy = f"Ask the {office.value}; until then the answer is “awaited”."
    assert said == (f"own.{question}", SETTING, question, remedy)


@pytest.mark.parametrize("answer", ["awaited", "declined"])
def test_the_gate_stays_shut_while_an_answer_is_awaited_or_declined(answer: str):
    world = contact(AUTHORIZED, PROSECUTING, answer=answer)
    assert "contact.prosecuting attorney" in unmet(world)
    assert offices_without_answer(world.operation, world.facts()) == (PROSECUTING, CITY)


def test_another_attorney_of_the_office_may_answer():
    world = contact(AUTHORIZED, PROSECUTING, answer="declined").after(timedelta(days=1))
    world = contact(world, PROSECUTING, attorney="Another attorney on duty")
    assert offices_without_answer(world.operation, world.facts()) == (CITY,)


def test_an_office_that_declines_after_it_answered_has_no_answer():
    world = consulted(AUTHORIZED)
    declined = contact(world, CITY, answer="declined").after(timedelta(days=1))
    assert unmet(declined) == {"promise", "contact.city attorney", "own.city attorney"}
    assert unmet(contact(world, CITY, answer="awaited")) == {"promise"}
    assert unmet(contact(declined, CITY)) == {"promise"}


def test_both_attorneys_may_determine_everything():
    world = contact(AUTHORIZED, PROSECUTING, open_government="determined", retention="determined")
    world = contact(world, CITY, admissibility="determined", preservation="determined")
    assert unmet(world) == {"promise"}


def test_a_question_both_refer_to_the_other_stays_open():
    """Only where a policy file lets both offices refer everything can it come to this."""
    world = AUTHORIZED
    loose = replace(world.facts().rules, consultations=tuple(LOOSE))
    for office in (PROSECUTING, CITY):
        referred = consultation(world, office, admissibility="referred", retention="referred")
        decided = log_consultation(
            world.operation,
            world.actor(SUPERVISOR_1),
            replace(world.facts(), rules=loose),
            kept(ConsultationLogged, referred),
        )
        world = world.append(decided)
    state = authority(world.operation, world.now, loose, gates_only=True)
    notes = [one.note for one in state.policy.unmet]
    assert notes == ["not determined: admissibility, records retention"] * 2


def test_an_answer_to_an_earlier_request_opens_nothing():
    world = make_world(Stage.REQUESTED)
    world = consulted(play(world, "assign-supervisor", CHIEF))
    earlier = refs(world, "RequestSubmitted")
    again = play(play(world, "return-request", CHIEF), "submit-request", INVESTIGATOR_1, {"conduct": ("contact",)})
    granted = play(again, "grant-authorization", CHIEF)
    assert {"contact.prosecuting attorney", "contact.city attorney"} <= unmet(granted)
    said = refused(granted, "log-consultation", SUPERVISOR_1, **consultation(granted, CITY, shown=tuple(earlier)))
    assert said == ("shown", POLICY, "shown", "Show the request as it now stands, or the authorization.")
    assert unmet(consulted(granted)) == {"promise"}


def test_counsel_may_be_asked_before_the_chief_decides_when_nothing_changes():
    world = consulted(play(make_world(Stage.REQUESTED), "assign-supervisor", CHIEF))
    assert unmet(play(world, "grant-authorization", CHIEF)) == {"promise"}


def test_what_the_chief_changed_is_shown_to_both_attorneys_before_activation():
    world = consulted(play(make_world(Stage.REQUESTED), "assign-supervisor", CHIEF))
    world = play(world, "grant-authorization", CHIEF, {"changed": "yes"})
    assert unmet(world) == {"promise", "shown.prosecuting attorney", "shown.city attorney"}
    assert unmet(consulted(world)) == {"promise"}


def test_advice_is_kept_only_with_the_attorney_who_gave_it():
    both = {"prosecutor_advice": "Fine with me.", "city_attorney_advice": "Keep ten years."}
    world = contact(AUTHORIZED, CITY, **both)
    entry = world.entries[-1].entry
    assert getattr(entry, "prosecutor_advice", "absent") is None
    assert getattr(entry, "city_attorney_advice", "") == "Keep ten years."


def test_the_conflict_check_is_the_supervisors_and_no_policy():
    said = refused(AUTHORIZED, "check-conflict", INVESTIGATOR_1)
    assert said == ("supervisor", PRACTICE, None, REASSIGN)
    assert refused(make_world(Stage.ENDED), "check-conflict", SUPERVISOR_1)[:2] == ("stage", PRACTICE)

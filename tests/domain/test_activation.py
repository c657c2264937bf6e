"""Promise, activation, suspension, resumption, and what lapses by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from covertops.domain.authority import authority
from covertops.domain.decisions.activation import ended_offices, lapse, lapse_at, next_lapse
from covertops.domain.department import evolve_department
from covertops.domain.entries.authority import OperationActivated
from covertops.domain.entries.department import AccountClosed, OfficeAppointed, OfficeEnded
from covertops.domain.entries.ending import OperationSuspended
from covertops.domain.entries.people import AppointmentEnded
from covertops.domain.vocabulary import Office, Stage
from tests.domain.playing import lapsed, make_world, play, ready
from tests.domain.refusing import POLICY, PRACTICE, SETTING, refused, refused_by
from tests.domain.world import (
    CHIEF,
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    INVESTIGATOR_3,
    SUPERVISOR_1,
    SUPERVISOR_2,
    World,
    a_department,
    end_office,
    recorded,
)

AUTHORIZED = make_world(Stage.AUTHORIZED)
READY = ready(AUTHORIZED)
ACTIVE = make_world(Stage.ACTIVE)
DAY = timedelta(days=1)


def overdue(world: World) -> World:
    """The world at the moment its review falls due."""
    due = world.operation.review_due_at
    assert due is not None
    return replace(world, now=due)


def test_only_a_named_officer_promises():
    said = refused(AUTHORIZED, "make-promise", INVESTIGATOR_3)
    assert said == ("operator", SETTING, None, "The Chief names the officers.")


def test_an_officer_promises_once_for_each_authorization():
    promised = play(AUTHORIZED, "make-promise", INVESTIGATOR_1)
    assert refused(promised, "make-promise", INVESTIGATOR_1) == ("promised", SETTING, None, "Nothing is left to do.")
    later = play(ACTIVE, "request-renewal", INVESTIGATOR_1).after(DAY)
    renewed = play(later, "renew-authorization", CHIEF).after(DAY)
    assert play(renewed, "make-promise", INVESTIGATOR_1).operation.promised(INVESTIGATOR_1, renewed.now)


def test_nothing_is_promised_after_the_end():
    said = refused(make_world(Stage.ENDED), "make-promise", INVESTIGATOR_1)
    assert said == ("stage", SETTING, None, "The Chief decides first.")


@pytest.mark.parametrize("tick", ["policy_read", "not_identified", "nothing_revealed", "no_likeness"])
def test_every_sentence_of_the_promise_is_ticked(tick: str):
    assert refused(AUTHORIZED, "make-promise", INVESTIGATOR_1, **{tick: False})[0] == "tick"


def test_a_personal_device_that_was_not_asked_for_is_not_promised():
    said = refused(AUTHORIZED, "make-promise", INVESTIGATOR_1, device="personal")
    assert said == ("device", SETTING, "device", "Use a department device, or ask the Chief first.")


def test_only_the_assigned_supervisor_activates():
    remedy = "The assigned supervisor does it, or the Chief reassigns."
    for person in (CHIEF, SUPERVISOR_2, INVESTIGATOR_1):
        assert refused(READY, "activate", person) == ("supervisor", PRACTICE, None, remedy)


def test_activation_names_everything_that_is_missing_with_its_source():
    refusal = refused_by(lambda: play(AUTHORIZED, "activate", SUPERVISOR_1))
    assert {one.code: one.rule.mark for one in refusal.missing} == {
        "contact.prosecuting attorney": POLICY,
        "contact.city attorney": POLICY,
        "promise": SETTING,
        "own.prosecuting attorney": SETTING,
        "own.city attorney": SETTING,
    }
    assert all(one.remedy for one in refusal.missing)


def test_a_request_is_not_activated():
    world = play(make_world(Stage.REQUESTED), "assign-supervisor", CHIEF)
    remedy = "The Chief authorizes first; it is activated once."
    assert refused(world, "activate", SUPERVISOR_1) == ("stage", POLICY, None, remedy)


def test_an_active_operation_is_not_activated_again():
    assert refused(ACTIVE, "activate", SUPERVISOR_1)[:2] == ("stage", POLICY)


def test_activation_before_the_stated_start_waits_for_it():
    world = play(make_world(Stage.REQUESTED), "grant-authorization", CHIEF, {"starts_on": date(2026, 11, 23)})
    world = ready(world)
    assert refused(world, "activate", SUPERVISOR_1)[:2] == ("approval", POLICY)
    assert play(world.after(3 * DAY), "activate", SUPERVISOR_1).operation.stage is Stage.ACTIVE


def test_activation_after_the_end_is_too_late():
    assert refused(READY.after(61 * DAY), "activate", SUPERVISOR_1)[:2] == ("approval", POLICY)


def test_activation_lists_what_was_in_force_and_when_the_first_review_is_due():
    entry = play(READY, "activate", SUPERVISOR_1).entries[-1].entry
    assert isinstance(entry, OperationActivated)
    assert len(entry.in_force) == 7
    assert entry.in_force[0].startswith("The Chief’s approval in force (entry ")
    assert entry.review_due_at.isoformat() == "2026-12-21T06:00:00+00:00"


def test_only_an_active_operation_is_suspended():
    said = refused(READY, "suspend", SUPERVISOR_1)
    assert said == ("stage", PRACTICE, None, "Only an active operation is suspended.")


def test_an_officer_suspends_nothing():
    assert refused(ACTIVE, "suspend", INVESTIGATOR_1)[:2] == ("supervisor", PRACTICE)


def test_the_supervisor_resumes_what_the_supervisor_stopped():
    world = play(ACTIVE, "suspend", SUPERVISOR_1).after(DAY)
    assert play(world, "resume", SUPERVISOR_1).operation.stage is Stage.ACTIVE


def test_what_the_chief_stopped_only_the_chief_lets_go_on():
    world = play(ACTIVE, "suspend", CHIEF).after(DAY)
    assert refused(world, "resume", SUPERVISOR_1) == ("chief", PRACTICE, None, "The Chief resumes it.")
    resumed = play(world, "resume", CHIEF)
    assert (resumed.operation.stage, resumed.entries[-1].office) == (Stage.ACTIVE, "chief")


def test_a_chief_who_had_asked_for_it_does_not_let_it_go_on():
    department = a_department(((INVESTIGATOR_1, Office.CHIEF),))
    world = replace(play(ACTIVE, "suspend", CHIEF).after(DAY), department=department)
    assert refused(world, "resume", INVESTIGATOR_1)[:2] == ("apart.chief", PRACTICE)


def test_an_active_operation_is_not_resumed():
    assert refused(ACTIVE, "resume", SUPERVISOR_1) == ("stage", PRACTICE, None, "Nothing is left to do.")


def test_a_suspension_by_an_overdue_review_ends_after_the_review():
    world = lapsed(overdue(ACTIVE)).after(DAY)
    assert refused(world, "resume", SUPERVISOR_1)[:2] == ("review", SETTING)
    reviewed = play(world, "hold-review", SUPERVISOR_1, {"period_from": ACTIVE.today}).after(DAY)
    assert play(reviewed, "resume", SUPERVISOR_1).operation.stage is Stage.ACTIVE


def test_a_suspension_by_the_end_of_the_authorization_ends_after_a_renewal():
    world = play(ACTIVE.after(29 * DAY), "hold-review", SUPERVISOR_1, {"period_from": ACTIVE.today})
    world = lapsed(world.after(35 * DAY))
    assert world.operation.paused is not None
    assert world.operation.paused.lapse == "authorization ended"
    world = play(world, "hold-review", SUPERVISOR_1, {"period_from": ACTIVE.today}).after(DAY)
    assert refused(world, "resume", SUPERVISOR_1)[:2] == ("approval", POLICY)
    world = play(play(world, "request-renewal", INVESTIGATOR_1), "renew-authorization", CHIEF).after(DAY)
    assert play(world, "resume", SUPERVISOR_1).operation.stage is Stage.ACTIVE


def test_a_lapse_suspends_from_the_moment_it_fell_due():
    due = ACTIVE.operation.review_due_at
    world = lapsed(overdue(ACTIVE).after(5 * DAY))
    entry = world.entries[-1].entry
    assert isinstance(entry, OperationSuspended)
    assert (entry.by, entry.lapse, entry.since_at, world.entries[-1].office) == (None, "review overdue", due, "system")


def test_a_lapse_is_recorded_once():
    world = lapsed(overdue(ACTIVE))
    assert lapse(world.operation, world.facts()) == ()


def test_nothing_lapses_while_all_is_in_force():
    assert lapse_at(ACTIVE.operation, ACTIVE.now) is None
    assert next_lapse(ACTIVE.operation) == ACTIVE.operation.review_due_at
    assert next_lapse(READY.operation) is None


def test_the_operation_stops_by_itself_when_the_supervisors_office_ends():
    world = lapsed(end_office(ACTIVE, SUPERVISOR_1, Office.SUPERVISOR).after(DAY))
    ended, suspended = world.entries[-2].entry, world.entries[-1].entry
    assert isinstance(ended, AppointmentEnded)
    assert (ended.person, ended.ended_at) == (SUPERVISOR_1, ACTIVE.now)
    assert isinstance(suspended, OperationSuspended)
    assert (suspended.lapse, suspended.since_at) == ("supervisor gone", ACTIVE.now)
    assert authority(world.operation, ACTIVE.now, world.facts().rules).policy.met is False


def test_the_operation_stops_by_itself_when_the_last_officer_is_gone():
    world = end_office(end_office(ACTIVE, INVESTIGATOR_1, Office.INVESTIGATOR), INVESTIGATOR_2, Office.INVESTIGATOR)
    world = lapsed(world)
    assert world.operation.officers == ()
    assert world.operation.paused is not None
    assert world.operation.paused.lapse == "nobody promised"


def test_the_end_of_the_chiefs_office_does_not_end_what_the_chief_authorized():
    world = lapsed(end_office(ACTIVE, CHIEF, Office.CHIEF))
    assert authority(world.operation, world.now, world.facts().rules, INVESTIGATOR_1).met is True


def test_an_appointment_that_runs_out_by_date_ends_in_every_operation():
    entries = [
        OfficeEnded(person=SUPERVISOR_1, held=Office.SUPERVISOR, reason="Replaced by a dated one."),
        OfficeAppointed(
            person=SUPERVISOR_1,
            held=Office.SUPERVISOR,
            instrument="Order 2",
            from_on=ACTIVE.today,
            until_on=ACTIVE.today + DAY,
            agency=None,
        ),
    ]
    world = ACTIVE
    for number, entry in enumerate(entries, start=1):
        it = recorded("department", 900 + number, world.now, Office.CHIEF, entry)
        world = replace(world, department=evolve_department(world.department, it))
    assert ended_offices(world.operation, world.facts()) == ()
    later = world.after(5 * DAY)
    (written,) = ended_offices(later.operation, later.facts())
    assert isinstance(written.entry, AppointmentEnded)
    assert written.entry.ended_at.isoformat() == "2026-11-22T06:00:00+00:00"


def test_a_closed_account_ends_every_office_in_an_operation():
    entry = AccountClosed(person=SUPERVISOR_2, reason="Left the department.")
    it = recorded("department", 900, ACTIVE.now, Office.ADMINISTRATOR, entry)
    world = lapsed(replace(ACTIVE, department=evolve_department(ACTIVE.department, it)))
    assert world.operation.relief is None
    assert world.operation.stage is Stage.ACTIVE

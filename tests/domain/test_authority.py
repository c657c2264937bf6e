""" "Was it authorized?" asked at the minute before, at and after everything that decides it, and of copies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from covertops.domain.authority import Authority, authority, authority_during, review_due
from covertops.domain.decisions.activation import lapse
from covertops.domain.declaration import Entry, Recorded, entry_from, kind_of, specs_of, values_of
from covertops.domain.entries.activity import SHEET
from covertops.domain.evolve import DECIDES, evolve, evolve_withheld
from covertops.domain.operation import Operation
from covertops.domain.vocabulary import Disclosure, Mark, Office, Stage
from tests.domain.canned import consultation
from tests.domain.playing import confirmed, consulted, declared, lapsed, make_world, play, preserve, ready
from tests.domain.world import (
    CHIEF,
    CITY_ATTORNEY,
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    INVESTIGATOR_3,
    STREAM,
    SUPERVISOR_1,
    SUPERVISOR_2,
    World,
    end_office,
    policy_2_8,
)

RULES = policy_2_8()
TICK = timedelta(microseconds=1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ACTIVE = make_world(Stage.ACTIVE)
NOW = ACTIVE.now


def ask(operation: Operation, at: datetime, person: str | None = None) -> Authority:
    return authority(operation, at, RULES, person)


def unmet(operation: Operation, at: datetime, person: str | None = None) -> set[str]:
    state = ask(operation, at, person)
    return {one.code for one in (*state.policy.unmet, *state.department.unmet)}


def at_of(world: World, kind: str) -> datetime:
    """When the newest entry of a kind was recorded."""
    return next(one.at for one in reversed(world.entries) if type(one.entry).__name__ == kind)


def test_both_answers_are_met_while_everything_is_in_force():
    state = ask(ACTIVE.operation, NOW, INVESTIGATOR_1)
    assert (state.policy.met, state.department.met, state.met) == (True, True, True)


def test_the_two_answers_are_never_merged():
    late = ACTIVE.operation.review_due_at
    assert late is not None
    state = ask(ACTIVE.operation, late + 36 * HOUR, INVESTIGATOR_1)
    assert (state.policy.met, state.department.met, state.met) == (True, False, False)
    assert [one.note for one in state.department.unmet] == ["2 days late"]


def test_what_the_policy_asks_is_marked_policy_and_what_the_department_asks_never_is():
    state = ask(make_world(Stage.AUTHORIZED).operation, NOW, INVESTIGATOR_1)
    assert {one.rule.mark for one in state.policy.items} == {Mark.POLICY}
    assert Mark.POLICY not in {one.rule.mark for one in state.department.items}


def test_everything_unmet_has_a_remedy():
    state = ask(play(World(), "submit-request", INVESTIGATOR_1).operation, NOW, INVESTIGATOR_3)
    assert all(one.remedy for one in (*state.policy.unmet, *state.department.unmet))
    assert all(one.missing().message for one in state.policy.unmet)


def test_the_approval_counts_from_its_recording_and_not_before():
    granted = at_of(ACTIVE, "AuthorizationGranted")
    assert "approval" in unmet(ACTIVE.operation, granted - TICK)
    assert "approval" not in unmet(ACTIVE.operation, granted)


def test_the_approval_counts_from_its_stated_start_when_that_is_later():
    world = make_world(Stage.REQUESTED)
    world = ready(play(world, "grant-authorization", CHIEF, {"starts_on": world.today + 2 * DAY}))
    start = world.operation.grants[0].starts_at
    assert "approval" in unmet(world.operation, start - TICK)
    assert "approval" not in unmet(world.operation, start)


def test_the_approval_ends_at_local_midnight():
    grant = ACTIVE.operation.grant
    assert grant is not None
    assert "approval" not in unmet(ACTIVE.operation, grant.ends_at - TICK)
    assert "approval" in unmet(ACTIVE.operation, grant.ends_at)
    (item,) = [one for one in ask(ACTIVE.operation, grant.ends_at).policy.unmet if one.code == "approval"]
    assert item.note == "it has ended"


def test_a_renewal_after_a_gap_does_not_fill_the_gap():
    ends = ACTIVE.operation.grants[0].ends_at
    world = replace(ACTIVE, now=ends + DAY)
    world = play(play(lapsed(world), "request-renewal", INVESTIGATOR_1), "renew-authorization", CHIEF)
    assert "approval" in unmet(world.operation, ends)
    assert "approval" in unmet(world.operation, ends + DAY - TICK)
    assert "approval" not in unmet(world.operation, ends + DAY)


def test_supervision_is_answered_for_any_past_minute():
    world = lapsed(end_office(ACTIVE.after(HOUR), SUPERVISOR_1, Office.SUPERVISOR))
    gone = ACTIVE.now + HOUR
    world = play(world.after(HOUR), "assign-supervisor", CHIEF, {"supervisor": SUPERVISOR_2, "relief": None})
    assert "supervisor" not in unmet(world.operation, gone - TICK)
    assert "supervisor" in unmet(world.operation, gone)
    assert "supervisor" in unmet(world.operation, gone + HOUR - TICK)
    assert "supervisor" not in unmet(world.operation, gone + HOUR)


@pytest.mark.parametrize("office", [Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY])
def test_a_contact_counts_from_its_recording_whenever_it_was_held(office: Office):
    world = make_world(Stage.AUTHORIZED).after(DAY)
    answers = consultation(world, office, held_at=world.now - 20 * HOUR)
    world = play(world, "log-consultation", SUPERVISOR_1, answers)
    code = f"contact.{office.value}"
    assert code in unmet(world.operation, world.now - TICK)
    assert code not in unmet(world.operation, world.now)


def test_a_promise_counts_from_its_recording_for_the_officer_who_made_it():
    world = make_world(Stage.AUTHORIZED).after(HOUR)
    world = play(world, "make-promise", INVESTIGATOR_1)
    assert "promise" in unmet(world.operation, world.now - TICK, INVESTIGATOR_1)
    assert "promise" not in unmet(world.operation, world.now, INVESTIGATOR_1)
    assert "promise" in unmet(world.operation, world.now, INVESTIGATOR_2)
    assert "promise" not in unmet(world.operation, world.now)


def test_an_officer_is_named_until_removed():
    world = play(ACTIVE.after(HOUR), "remove-operator", SUPERVISOR_1, {"officer": INVESTIGATOR_2})
    assert unmet(world.operation, world.now - TICK, INVESTIGATOR_2) == set()
    assert unmet(world.operation, world.now, INVESTIGATOR_2) == {"promise", "officer"}
    assert unmet(world.operation, world.now, INVESTIGATOR_1) == set()


def test_nobody_else_is_an_officer():
    assert unmet(ACTIVE.operation, NOW, INVESTIGATOR_3) == {"promise", "officer"}


def test_use_counts_from_activation_until_the_end():
    begun = at_of(ACTIVE, "OperationActivated")
    ended = play(ACTIVE.after(DAY), "end-operation", CHIEF)
    assert unmet(ended.operation, begun - TICK) == {"activated"}
    assert unmet(ended.operation, begun) == set()
    assert unmet(ended.operation, ended.now - TICK) == set()
    assert unmet(ended.operation, ended.now) == {"activated"}


def test_a_review_is_due_at_a_midnight_and_late_from_then_on():
    due = ACTIVE.operation.review_due_at
    assert due is not None
    assert unmet(ACTIVE.operation, due - TICK) == set()
    assert unmet(ACTIVE.operation, due) == {"review"}
    (item,) = ask(ACTIVE.operation, due + TICK).department.unmet
    assert item.note == "1 day late"


def test_a_late_review_does_not_make_the_days_before_it_good():
    due = ACTIVE.operation.review_due_at
    assert due is not None
    world = replace(ACTIVE, now=due + 2 * DAY)
    reviewed = play(world, "hold-review", SUPERVISOR_1, {"period_from": ACTIVE.today})
    assert unmet(reviewed.operation, due) == {"review"}
    assert unmet(reviewed.operation, reviewed.now) == set()
    assert review_due(reviewed.operation, due) == due


def test_a_suspension_counts_from_its_minute_to_the_resumption():
    paused = play(ACTIVE.after(HOUR), "suspend", SUPERVISOR_1)
    resumed = play(paused.after(HOUR), "resume", SUPERVISOR_1)
    assert unmet(resumed.operation, paused.now - TICK) == set()
    assert unmet(resumed.operation, paused.now) == {"suspended"}
    assert unmet(resumed.operation, resumed.now - TICK) == {"suspended"}
    assert unmet(resumed.operation, resumed.now) == set()


def during(world: World, start: datetime, end: datetime) -> set[str]:
    state = authority_during(world.operation, start, end, RULES, INVESTIGATOR_1)
    return {one.code for one in (*state.policy.unmet, *state.department.unmet)}


PAUSED = play(ACTIVE.after(HOUR), "suspend", SUPERVISOR_1)
RESUMED = play(PAUSED.after(HOUR), "resume", SUPERVISOR_1)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (PAUSED.now - 2 * MINUTE, PAUSED.now - MINUTE, set()),
        (PAUSED.now - MINUTE, PAUSED.now, set()),
        (PAUSED.now - MINUTE, PAUSED.now + TICK, {"suspended"}),
        (PAUSED.now - MINUTE, RESUMED.now + MINUTE, {"suspended"}),
        (RESUMED.now - MINUTE, RESUMED.now + MINUTE, {"suspended"}),
        (RESUMED.now, RESUMED.now + MINUTE, set()),
        (PAUSED.now, PAUSED.now, {"suspended"}),
        (RESUMED.now, RESUMED.now, set()),
    ],
)
def test_a_sitting_is_as_authorized_as_its_worst_minute(start: datetime, end: datetime, found: set[str]):
    assert during(RESUMED, start, end) == found


def test_a_sitting_over_the_end_of_the_approval_is_not_authorized():
    ends = ACTIVE.operation.grants[0].ends_at
    world = play(ACTIVE.after(29 * DAY), "hold-review", SUPERVISOR_1, {"period_from": ACTIVE.today})
    assert during(world, ends - HOUR, ends) == set()
    assert "approval" in during(world, ends - HOUR, ends + TICK)


def test_a_sitting_over_every_boundary_of_a_long_record_agrees_with_its_minutes():
    moments = [NOW + count * HOUR / 4 for count in range(12)]
    for start in moments:
        for end in moments:
            if start < end:
                minutes = [start + count * MINUTE for count in range(int((end - start) / MINUTE))]
                worst = all(ask(RESUMED.operation, at, INVESTIGATOR_1).met for at in minutes)
                assert authority_during(RESUMED.operation, start, end, RULES, INVESTIGATOR_1).met is worst


def long_record() -> World:
    """A record that holds every kind of entry that decides authority."""
    world = play(play(declared(World()), "submit-request", INVESTIGATOR_1), "assign-supervisor", CHIEF).after(MINUTE)
    world = consulted(world)
    world = ready(play(world, "grant-authorization", CHIEF, {"changed": "yes"}).after(MINUTE))
    world = play(preserve(world, INVESTIGATOR_1, original=SHEET), "enter-paper", INVESTIGATOR_1).after(MINUTE)
    world = play(world, "confirm-paper", CHIEF).after(MINUTE)
    world = play(world, "activate", SUPERVISOR_1).after(MINUTE)
    put_before = consultation(world, Office.CITY_ATTORNEY, counsel=CITY_ATTORNEY)
    world = play(world, "log-consultation", SUPERVISOR_1, put_before).after(MINUTE)
    world = confirmed(world, CITY_ATTORNEY, {"result": "agrees"}).after(MINUTE)
    acts = [
        ("request-renewal", INVESTIGATOR_1),
        ("renew-authorization", CHIEF),
        ("add-operator", CHIEF),
        ("make-promise", INVESTIGATOR_3),
        ("remove-operator", SUPERVISOR_1),
        ("take-over-supervision", SUPERVISOR_2),
        ("log-activity", INVESTIGATOR_2),
        ("hold-review", SUPERVISOR_2),
        ("suspend", SUPERVISOR_2),
        ("resume", SUPERVISOR_2),
    ]
    for name, person in acts:
        world = play(world, name, person).after(MINUTE)
    world = lapsed(end_office(world, INVESTIGATOR_3, Office.INVESTIGATOR)).after(MINUTE)
    return play(world, "end-operation", CHIEF).after(MINUTE)


LONG = long_record()
DECIDING = [one for one in LONG.entries if type(one.entry) in DECIDES]


def copy_of(it: Recorded, withheld: Callable[[str, Entry], bool]) -> Recorded:
    """An entry as a copy that withholds some of its fields shows it."""
    kind, values = kind_of(it.entry), values_of(it.entry)
    shown = {name: value for name, value in values.items() if not withheld(name, it.entry)}
    return replace(it, entry=entry_from(kind.name, kind.version, list(values), shown))


def only(field: str) -> Callable[[str, Entry], bool]:
    """Withhold one field."""
    return lambda name, _: name == field


def fold(entries: list[Recorded]) -> Operation:
    operation = Operation(STREAM)
    for it in entries:
        operation = evolve(operation, it)
    return operation


def is_open(name: str, entry: Entry) -> bool:
    return specs_of(type(entry))[name.split("/")[0]].disclosure is Disclosure.OPEN


def test_the_long_record_holds_every_kind_that_decides():
    assert {type(one.entry) for one in DECIDING} == DECIDES


def test_a_copy_that_shows_every_open_field_gives_the_same_answers():
    copy = fold([copy_of(it, lambda name, entry: not is_open(name, entry)) for it in LONG.entries])
    for it in LONG.entries:
        for at in (it.at - TICK, it.at):
            for person in (None, INVESTIGATOR_1, INVESTIGATOR_2, INVESTIGATOR_3):
                assert ask(copy, at, person) == ask(LONG.operation, at, person)


@pytest.mark.parametrize("number", [one.number for one in DECIDING])
def test_a_copy_that_withholds_an_open_field_cannot_tell_from_then_on(number: int):
    it = LONG.entries[number - 1]
    fields = [name for name in values_of(it.entry) if is_open(name, it.entry)]
    assert fields
    for field in fields:
        entries = list(LONG.entries)
        entries[number - 1] = copy_of(it, only(field))
        copy = fold(entries)
        before, then = ask(copy, it.at - TICK), ask(copy, it.at)
        assert before == ask(LONG.operation, it.at - TICK)
        assert (then.policy.met, then.department.met, then.met) == (None, None, None)
        assert {one.note for one in then.policy.items} == {"not determinable from this copy"}


def test_a_copy_that_withholds_what_decides_nothing_still_answers():
    for it in LONG.entries:
        if type(it.entry) not in DECIDES:
            entries = list(LONG.entries)
            entries[it.number - 1] = copy_of(it, is_open)
            copy = fold(entries)
            assert unmet(copy, LONG.now) == unmet(LONG.operation, LONG.now)
            assert ask(copy, LONG.now).met is ask(LONG.operation, LONG.now).met


def test_an_entry_withheld_as_a_whole_could_have_been_anything():
    operation = evolve_withheld(ACTIVE.operation, ACTIVE.operation.last_number + 1, NOW + HOUR, "0" * 64)
    assert ask(operation, NOW + HOUR - TICK).met is True
    assert ask(operation, NOW + HOUR).met is None
    assert authority_during(operation, NOW, NOW + 2 * HOUR, RULES).met is None


def test_a_plain_no_is_told_even_where_something_else_cannot_be():
    state = ask(ACTIVE.operation, ACTIVE.entries[0].at - DAY)
    assert state.met is False


def test_a_lapse_recorded_late_does_not_change_what_was_true_before():
    due = ACTIVE.operation.review_due_at
    assert due is not None
    late = replace(ACTIVE, now=due + 3 * DAY)
    world = late.append(lapse(late.operation, late.facts()))
    assert unmet(world.operation, due - TICK) == set()
    assert unmet(world.operation, due) == {"review", "suspended"}

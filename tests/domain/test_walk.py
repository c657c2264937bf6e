"""Every situation an operation can get into is walked: by every act of every person, by time, by offices that end.

What is wrong is told by an oracle that reads the raw list of entries. So that the walk itself can be trusted, each
guard is then taken away, one at a time, and the walk must notice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from covertops.domain import authority
from covertops.domain.authority import Item
from covertops.domain.decisions import DECISIONS, activation, authorization
from covertops.domain.operation import Operation
from covertops.domain.policy import RequiredConsultation
from covertops.domain.vocabulary import Office, Stage, practice
from tests.domain.playing import declared, play
from tests.domain.walking import MAY, Found, beginning, walk, wrongly_ended
from tests.domain.world import CHIEF, INVESTIGATOR_1, World

# The walk meets nobody who was removed and left something of their own; these three are tested by themselves.
NEVER_MET = {(act, "former officer") for act in ("correct-entry", "settle-account", "enter-paper")}


@pytest.fixture(scope="module")
def walked() -> Found:
    """The whole walk, from a request, a request by a Chief who is an investigator too, and an older profile."""
    world = beginning(World())
    asked = [play(world, "submit-request", one) for one in (INVESTIGATOR_1, CHIEF)]
    return walk([*asked, declared(world)])


def test_no_path_breaks_a_rule(walked: Found):
    assert walked.violations[:5] == []


def test_every_stage_and_a_thousand_situations_are_reached(walked: Found):
    assert {one.stage for one in walked.situations} == set(Stage)
    assert len(walked.situations) > 1000


def test_every_act_is_done_by_everybody_who_may_do_it(walked: Found):
    assert {(act, role) for act, allowed in MAY.items() for role in allowed} - walked.done == NEVER_MET


def test_the_table_of_who_may_act_names_every_act():
    assert set(MAY) == set(DECISIONS)


GATES = ("make-promise", "log-consultation", "activate")
NO_POLICY = "active without what Policy 2.8 asks for"
NO_GATES = "active without the department's own gates"


def authorized(**answers: Any) -> World:
    """An authorized operation, in the department in which people hold several offices."""
    return play(play(beginning(World()), "submit-request", INVESTIGATOR_1), "grant-authorization", CHIEF, answers)


def caught(text: str, *acts: str, **answers: Any) -> bool:
    """Whether the walk over a few acts says a violation with this text."""
    return any(text in one for one in walk([authorized(**answers)], acts=(*GATES, *acts), until=text).violations)


def met(*_: object, **__: object) -> Item:
    """A guard that says its requirement is met, whatever the record says."""
    return Item("guard", "A guard taken away", True, practice())


def nothing(*_: object, **__: object) -> None:
    """A guard that refuses nobody."""


def unless(office: Office, guard: Callable[..., Item]) -> Callable[..., Item]:
    """A guard that asks nothing of one attorney's office."""

    def asks(operation: Operation, required: RequiredConsultation, *more: object) -> Item:
        return met() if required.office is office else guard(operation, required, *more)

    return asks


def test_the_focused_walks_find_nothing_while_every_guard_stands():
    acts = (*GATES, "assign-supervisor", "suspend")
    assert walk([authorized(), authorized(changed="yes")], acts=acts).violations == []


def test_without_the_guard_of_the_chiefs_approval_the_walk_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(authority, "_approval", met)
    assert caught(NO_POLICY)


def test_without_the_guard_of_supervision_the_walk_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(authority, "_supervised", met)
    monkeypatch.setattr(activation, "require_supervisor", nothing)
    assert caught(NO_POLICY)


@pytest.mark.parametrize("office", [Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY])
def test_without_the_guard_of_an_attorney_the_walk_fails(monkeypatch: pytest.MonkeyPatch, office: Office):
    for guard in ("_contacted", "_own_questions"):
        monkeypatch.setattr(authority, guard, unless(office, getattr(authority, guard)))
    assert caught(NO_POLICY)


def test_without_the_guard_of_the_attorneys_own_questions_the_walk_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(authority, "_own_questions", met)
    assert caught("the gates are said to be met")


def test_without_the_guard_of_a_changed_scope_the_walk_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(authority, "_shown", nothing)
    assert caught(NO_GATES, changed="yes")


def test_without_the_guard_of_the_promise_the_walk_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(authority, "_promised", met)
    assert caught(NO_GATES)


def test_without_the_guard_that_keeps_duties_apart_the_walk_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(authorization, "kept_apart", nothing)
    assert caught("duties are not separated", "assign-supervisor")


def test_without_the_guard_of_the_assigned_supervisor_the_walk_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(activation, "require_supervisor", nothing)
    assert caught("activate is done by somebody who may not")


def test_without_the_guard_of_suspension_the_walk_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(authority, "_not_paused", met)
    assert caught("use is authorized while suspended", "suspend")


def test_without_telling_the_record_of_the_chiefs_end_the_walk_fails(monkeypatch: pytest.MonkeyPatch):
    world = authorized()
    assert wrongly_ended(world) == []
    monkeypatch.setattr(activation, "_beside", lambda _: [])
    assert wrongly_ended(world) == ["the record does not tell, once, that chief is no longer chief"]

"""Ending an operation, each officer's confirmation of having stopped, and what became of the accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covertops.domain.entries.ending import OperationEnded
from covertops.domain.vocabulary import Office, Stage
from tests.domain.canned import NOWHERE
from tests.domain.playing import make_world, play
from tests.domain.refusing import PRACTICE, SETTING, refused
from tests.domain.world import (
    CHIEF,
    INVESTIGATOR_1,
    INVESTIGATOR_2,
    INVESTIGATOR_3,
    SUPERVISOR_1,
    SUPERVISOR_2,
    end_office,
)

ACTIVE = make_world(Stage.ACTIVE)
ENDED = make_world(Stage.ENDED)
DONE = "Nothing is left to do."


@pytest.mark.parametrize(("person", "office"), [(SUPERVISOR_1, "supervisor"), (CHIEF, "chief")])
def test_the_supervisor_or_the_chief_ends_an_operation(person: str, office: str):
    world = play(ACTIVE, "end-operation", person)
    assert (world.operation.stage, world.entries[-1].office) == (Stage.ENDED, office)


@pytest.mark.parametrize("person", [INVESTIGATOR_1, SUPERVISOR_2])
def test_nobody_else_ends_an_operation(person: str):
    assert refused(ACTIVE, "end-operation", person)[:2] == ("supervisor", PRACTICE)


def test_an_operation_is_ended_once_and_a_request_never():
    said = ("stage", PRACTICE, None, "A request is denied or withdrawn instead.")
    assert refused(ENDED, "end-operation", CHIEF) == said
    assert refused(make_world(Stage.REQUESTED), "end-operation", CHIEF) == said


def test_an_authorization_that_was_never_used_can_be_ended():
    assert play(make_world(Stage.AUTHORIZED), "end-operation", CHIEF).operation.stage is Stage.ENDED


def test_each_officer_has_twenty_four_hours_to_confirm():
    world = play(ACTIVE, "end-operation", CHIEF)
    entry = world.entries[-1].entry
    assert isinstance(entry, OperationEnded)
    assert entry.cease_due_at == ACTIVE.now + timedelta(hours=24)


def test_an_ended_operation_waits_for_no_renewal():
    world = play(play(ACTIVE, "request-renewal", INVESTIGATOR_1), "end-operation", CHIEF)
    assert world.operation.renewal is None


def test_each_officer_confirms_once():
    world = play(ENDED, "confirm-cease", INVESTIGATOR_1)
    assert refused(world, "confirm-cease", INVESTIGATOR_1) == ("ceased", SETTING, None, DONE)
    assert play(world, "confirm-cease", INVESTIGATOR_2).entries[-1].office == "investigator"


def test_only_an_officer_who_used_it_confirms():
    said = refused(ENDED, "confirm-cease", INVESTIGATOR_3)
    assert said == ("operator", SETTING, None, "The officer confirms.")


def test_nothing_is_confirmed_before_the_end():
    said = refused(ACTIVE, "confirm-cease", INVESTIGATOR_1)
    assert said == ("stage", SETTING, None, "It is confirmed after the end.")


def test_nobody_stopped_in_the_future():
    said = refused(ENDED, "confirm-cease", INVESTIGATOR_1, stopped_at=ENDED.now + timedelta(minutes=1))
    assert said == ("future", PRACTICE, "stopped_at", "Enter when you stopped.")


WITH_ACCOUNT = play(play(ACTIVE, "add-account", INVESTIGATOR_1), "end-operation", SUPERVISOR_1)


@pytest.mark.parametrize(("person", "office"), [(INVESTIGATOR_2, "investigator"), (SUPERVISOR_1, "supervisor")])
def test_those_who_worked_on_it_settle_its_accounts_in_their_own_office(person: str, office: str):
    world = play(WITH_ACCOUNT, "settle-account", person)
    assert world.entries[-1].office == office
    assert refused(world, "settle-account", person) == ("settled", PRACTICE, None, DONE)


def test_only_those_who_worked_on_it_settle_accounts():
    assert refused(WITH_ACCOUNT, "settle-account", CHIEF) == ("role", PRACTICE, None, "Ask the supervisor.")


def test_an_account_is_settled_after_the_end():
    world = play(ACTIVE, "add-account", INVESTIGATOR_1)
    said = refused(world, "settle-account", INVESTIGATOR_1)
    assert said == ("stage", PRACTICE, None, "Accounts are settled after the end.")


def test_an_account_settled_is_one_that_is_open():
    said = refused(WITH_ACCOUNT, "settle-account", INVESTIGATOR_1, account=NOWHERE)
    assert said == ("settled", PRACTICE, "account", "Choose another.")


def test_somebody_who_left_the_office_settles_nothing():
    world = end_office(WITH_ACCOUNT, INVESTIGATOR_2, Office.INVESTIGATOR)
    assert refused(world, "settle-account", INVESTIGATOR_2)[0] == "role"

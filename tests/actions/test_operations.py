"""Acts on operations: every stage by real acts, refusals that record nothing, stale pages, need to know."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, event

from covertops.actions import drafts, operations, signing
from covertops.actions.checking import rebuild
from covertops.actions.folding import Folds
from covertops.actions.operations import NotFound, Stale, act, begin, record_lapse
from covertops.actions.recording import record
from covertops.domain.decisions import DECISIONS, activation
from covertops.domain.entries.request import RequestSubmitted
from covertops.domain.refusals import NotYours, Refusal
from covertops.domain.vocabulary import Stage
from covertops.ledger.canonical import parse
from covertops.storage.errors import Tampered
from covertops.storage.ledger_read import read_entries
from covertops.storage.lookups import next_reference
from covertops.storage.tables import operation_view
from tests.playing import Town


@pytest.mark.parametrize("stage", list(Stage))
def test_an_operation_reaches_every_stage_by_acts(town: Town, stage: Stage) -> None:
    assert town.operation(town.bring(stage)).stage is stage


def test_a_fold_that_is_extended_is_the_fold_made_anew(town: Town) -> None:
    operation_id = town.bring(Stage.ENDED)
    extended = town.operation(operation_id)
    town.house = replace(town.house, folds=Folds())
    assert town.operation(operation_id) == extended


def test_a_fold_read_in_a_transaction_that_is_undone_is_not_kept(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    before = town.operation(operation_id)

    class Undone(Exception):
        pass

    with suppress(Undone), town.house.store.write() as unit:
        it = operations.scene(town.house, unit, operation_id, town.people["supervisor-1"], town.clock())
        decided = activation.suspend(it.operation, it.actor, it.facts, {"ground": "Never to be."})
        record(town.house, unit, it.operation, decided, it.department, town.clock())
        assert town.house.folds.operation(unit, operation_id).stage is Stage.SUSPENDED
        raise Undone
    assert town.operation(operation_id) == before


def test_a_fold_follows_what_another_process_appended(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    other = replace(town, house=replace(town.house, folds=Folds()))
    assert other.operation(operation_id).stage is Stage.ACTIVE
    town.act("suspend", operation_id, "supervisor-1", {"ground": "The account was named in public."})
    assert other.operation(operation_id) == town.operation(operation_id)


def test_a_reference_is_given_once_and_counts_on(town: Town) -> None:
    references = [town.operation(town.begin()).reference for _ in range(3)]
    assert references == ["2026-0001", "2026-0002", "2026-0003"]
    with town.house.store.read() as unit:
        assert next_reference(unit, 2027) == "2027-0001"


def test_a_refused_act_records_nothing(town: Town) -> None:
    operation_id = town.bring(Stage.AUTHORIZED)
    before = town.check().entries
    with pytest.raises(Refusal) as refused:
        town.act("activate", operation_id, "supervisor-1", {"note": ""})
    assert {"contact.prosecuting attorney", "contact.city attorney", "promise"} <= refused.value.codes
    assert town.check().entries == before


def test_a_bad_answer_names_its_field_and_records_nothing(town: Town) -> None:
    before = town.check().entries
    given = town.request() | {"days": "120", "platform": "", "surprise": "1", "start_on": "soon"}
    with pytest.raises(Refusal) as refused:
        begin(town.house, RequestSubmitted, town.people["investigator-1"], given, town.clock())
    assert [one.field for one in refused.value.missing] == [None, "platform", "start_on"]
    assert town.check().entries == before


def test_an_act_on_a_page_that_is_stale_is_refused(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    seen = town.operation(operation_id).moved
    town.act("log-activity", operation_id, "investigator-1", town.activity())
    answers, person = town.activity(), town.people["investigator-1"]
    with pytest.raises(Stale):
        act(town.house, "log-activity", operation_id, person, answers, town.clock(), seen=seen)


def test_a_capture_leaves_the_page_that_waits_for_it_as_true_as_it_was(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    seen = town.operation(operation_id).moved
    number = town.capture(operation_id, b"\x89PNG\r\n\x1a\n" + bytes(100))
    answers, person = town.activity((number,)), town.people["investigator-1"]
    done = act(town.house, "log-activity", operation_id, person, answers, town.clock(), seen=seen)
    assert done.operation.activities[-1].entry == done.number


@pytest.mark.parametrize("person", ["investigator-2", "administrator", "prosecutor", "auditor"])
def test_whoever_is_not_on_an_operation_gets_the_answer_of_one_that_does_not_exist(town: Town, person: str) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    for name in DECISIONS:
        for id_ in (operation_id, "0" * 32):
            with pytest.raises(NotFound):
                town.act(name, id_, person, {})


def test_the_supervisor_of_another_operation_does_not_learn_of_this_one(town: Town) -> None:
    operation_id = town.bring(Stage.REQUESTED)
    with pytest.raises(NotFound):
        town.act("check-conflict", operation_id, "supervisor-1", {})


def test_an_act_of_another_office_is_not_the_actors(town: Town) -> None:
    operation_id = town.bring(Stage.REQUESTED)
    with pytest.raises(NotYours):
        town.act("grant-authorization", operation_id, "investigator-1", town.grant())


def test_a_lapse_is_recorded_once_and_stops_the_operation(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    now = town.clock.advance(timedelta(days=40))
    assert record_lapse(town.house, operation_id, now)
    assert not record_lapse(town.house, operation_id, now)
    assert town.operation(operation_id).stage is Stage.SUSPENDED


def test_an_act_after_a_lapse_records_the_lapse_first(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    town.clock.advance(timedelta(days=40))
    town.act("log-no-activity", operation_id, "investigator-1", {"from_on": town.today(-3), "to_on": town.today()})
    assert town.operation(operation_id).stage is Stage.SUSPENDED


def test_two_live_operations_with_one_handle_are_noticed_once_in_the_departments_stream(town: Town) -> None:
    first, second = town.begin(), town.begin()
    conflicts = town.department().conflicts
    assert [one.operations for one in conflicts] == [tuple(sorted((first, second)))]
    assert conflicts[0].what == ("case", "handle", "subject")
    assert town.operation(first).last_number == town.operation(second).last_number


# Signed acts ---------------------------------------------------------------------------------------------------------


def _prepared(town: Town, operation_id: str) -> signing.Intent:
    return signing.prepare(
        town.house, "grant-authorization", operation_id, town.people["chief"], town.grant(), town.clock()
    )


def test_a_signed_act_cannot_be_done_without_being_read_back(town: Town) -> None:
    operation_id = town.bring(Stage.REQUESTED)
    with pytest.raises(KeyError):
        operations.act(
            town.house, "grant-authorization", operation_id, town.people["chief"], town.grant(), town.clock()
        )


def test_a_draft_ends_in_the_transaction_of_its_act_and_outlives_one_that_was_refused(town: Town) -> None:
    operation_id, person = town.bring(Stage.ACTIVE), town.people["supervisor-1"]
    commits: list[object] = []
    drafts.keep(town.house, person, "suspend", operation_id, {"ground": ["The account"]}, town.clock())
    with pytest.raises(Refusal):
        act(town.house, "suspend", operation_id, person, {"ground": ""}, town.clock(), draft="suspend")
    with town.house.store.read() as unit:
        assert drafts.find(unit, person, "suspend", operation_id) is not None
    event.listen(town.house.store.engine, "commit", commits.append)
    act(town.house, "suspend", operation_id, person, {"ground": "It was named."}, town.clock(), draft="suspend")
    assert len(commits) == 1
    with town.house.store.read() as unit:
        assert drafts.find(unit, person, "suspend", operation_id) is None


def test_the_draft_of_a_signed_act_ends_in_the_transaction_of_its_signature(town: Town) -> None:
    operation_id, person, name = town.bring(Stage.REQUESTED), town.people["chief"], "grant-authorization"
    drafts.keep(town.house, person, name, operation_id, {"decision": ["Granted"]}, town.clock())
    intent = _prepared(town, operation_id)
    commits: list[object] = []
    event.listen(town.house.store.engine, "commit", commits.append)
    signing.confirm(town.house, intent.id, person, signing.PASSWORD, town.clock(), draft=name)
    assert len(commits) == 1
    with town.house.store.read() as unit:
        assert drafts.find(unit, person, name, operation_id) is None


def test_a_prepared_act_is_on_nobodys_record_until_it_is_confirmed(town: Town) -> None:
    operation_id = town.bring(Stage.REQUESTED)
    before = town.operation(operation_id)
    _prepared(town, operation_id)
    assert town.operation(operation_id) == before


def test_the_signature_names_the_intent_that_was_read_back(town: Town) -> None:
    operation_id = town.bring(Stage.REQUESTED)
    intent = _prepared(town, operation_id)
    done = signing.confirm(town.house, intent.id, town.people["chief"], signing.PASSWORD, town.clock())
    signature = done.entries[0].entry.signature
    assert signature is not None
    assert (signature.level, signature.intent) == ("password", intent.digest)


def test_a_prepared_act_is_recorded_with_the_digests_that_were_signed(town: Town) -> None:
    operation_id = town.bring(Stage.REQUESTED)
    intent = _prepared(town, operation_id)
    done = signing.confirm(town.house, intent.id, town.people["chief"], signing.PASSWORD, town.clock())

    signed = parse(intent.text)
    assert isinstance(signed, dict)
    with town.house.store.read() as unit:
        (raw,) = read_entries(unit, operation_id, (done.number,))
    recorded = {name: digest for name, digest in raw.digests.items() if name != "signature"}
    assert (signed["fields"], signed["number"], signed["previous"]) == (recorded, raw.number, raw.header.previous)


def test_only_the_person_who_prepared_it_confirms_it(town: Town) -> None:
    intent = _prepared(town, town.bring(Stage.REQUESTED))
    with pytest.raises(NotFound):
        signing.confirm(town.house, intent.id, town.people["supervisor-1"], signing.PASSWORD, town.clock())


def test_a_prepared_act_expires_after_ten_minutes(town: Town) -> None:
    intent = _prepared(town, town.bring(Stage.REQUESTED))
    now = town.clock.advance(timedelta(minutes=10))
    with pytest.raises(NotFound):
        signing.confirm(town.house, intent.id, town.people["chief"], signing.PASSWORD, now)


def test_a_prepared_act_is_confirmed_once(town: Town) -> None:
    intent = _prepared(town, town.bring(Stage.REQUESTED))
    signing.confirm(town.house, intent.id, town.people["chief"], signing.PASSWORD, town.clock())
    with pytest.raises(NotFound):
        signing.confirm(town.house, intent.id, town.people["chief"], signing.PASSWORD, town.clock())


def test_a_record_that_moved_asks_the_signer_to_look_again(town: Town) -> None:
    operation_id = town.bring(Stage.REQUESTED)
    intent = _prepared(town, operation_id)
    town.act("number-case", operation_id, "investigator-1", {"case_number": "26-009999"})
    with pytest.raises(Stale):
        signing.confirm(town.house, intent.id, town.people["chief"], signing.PASSWORD, town.clock())


def test_even_an_entry_beside_the_decisions_moves_the_place_that_was_signed(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    town.capture(operation_id, b"capture")
    who, answers = town.people["supervisor-1"], town.review()
    intent = signing.prepare(town.house, "hold-review", operation_id, who, answers, town.clock())
    town.capture(operation_id, b"another")
    with pytest.raises(Stale):
        signing.confirm(town.house, intent.id, who, signing.PASSWORD, town.clock())


def test_a_view_row_that_somebody_took_away_stops_the_next_act_until_the_views_are_rebuilt(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    with town.house.store.write() as unit:
        unit.connection.execute(delete(operation_view))
    with pytest.raises(Tampered, match="operation_view"):
        town.act("log-activity", operation_id, "investigator-1", town.activity())
    assert rebuild(town.house)["operations"] == 1
    assert town.act("log-activity", operation_id, "investigator-1", town.activity()).operation.activities

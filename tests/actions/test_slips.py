"""What must not slip past the rules: a mistyped year, a stale fold, a lapse before signing, a clock set back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from covertops.actions import drafts, evidence, packages, signing
from covertops.actions.folding import Folds, entries
from covertops.actions.operations import Stale, scene
from covertops.actions.recording import record
from covertops.domain.decisions import activation
from covertops.domain.declaration import utc_moment, utc_text
from covertops.domain.entries.package import ExportDownloaded, ExportPrepared
from covertops.domain.refusals import Refusal
from covertops.domain.vocabulary import Stage
from covertops.storage.errors import StreamMoved
from tests.playing import Town


@pytest.mark.parametrize("year", ["0001", "0226", "1969", "2200", "9999"])
def test_a_mistyped_year_is_asked_about_and_never_recorded(town: Town, year: str) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    before = town.operation(operation_id).last_number
    for answers in (town.activity(started_at=f"{year}-11-20T10:00"), town.activity(ended_at=f"{year}-11-20T10:00")):
        with pytest.raises(Refusal, match="year"):
            town.act("log-activity", operation_id, "investigator-1", answers)
    assert town.operation(operation_id).last_number == before


def test_a_moment_of_an_early_year_reads_back_as_it_was_written() -> None:
    early = utc_moment("0226-11-20T10:00:00.000000Z")
    assert utc_text(early) == "0226-11-20T10:00:00.000000Z"


def test_a_fold_of_an_older_moment_is_not_kept(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    slow = replace(town, house=replace(town.house, folds=Folds()))
    with slow.house.store.read() as unit:
        slow.house.folds.department(unit)
        reader = slow.house.folds
        town_clock = town.clock.advance(timedelta(minutes=1))
        assert reader.operation(unit, operation_id).stage is Stage.ACTIVE
    town.act("suspend", operation_id, "supervisor-1", {"ground": "Named in public."})
    assert town_clock < town.clock()
    assert slow.operation(operation_id).stage is Stage.SUSPENDED


def test_an_act_on_a_stale_fold_is_refused_by_the_ledger(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    with town.house.store.read() as reading:
        stale = scene(town.house, reading, operation_id, town.people["supervisor-1"], town.clock())
    town.act("log-activity", operation_id, "investigator-1", town.activity())
    decided = activation.suspend(stale.operation, stale.actor, stale.facts, {"ground": "On an old page."})
    with pytest.raises(StreamMoved), town.house.store.write() as unit:
        record(town.house, unit, stale.operation, decided, stale.department, town.clock())


def test_what_lapsed_between_reading_back_and_signing_is_recorded_and_the_signer_looks_again(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    who = town.people["supervisor-1"]
    due = town.operation(operation_id).review_due_at
    assert due is not None
    town.clock.set(due - timedelta(minutes=5))
    review = town.review(period_from=town.today(-40))
    intent = signing.prepare(town.house, "hold-review", operation_id, who, review, town.clock())
    town.clock.set(due + timedelta(minutes=3))
    with pytest.raises(Stale):
        signing.confirm(town.house, intent.id, who, signing.PASSWORD, town.clock())
    assert town.operation(operation_id).stage is Stage.SUSPENDED


def test_an_upload_is_decided_when_its_last_byte_has_arrived(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    begun = town.clock()
    due = town.operation(operation_id).review_due_at
    assert due is not None
    given = {"name": "page.png", "original": "original"}
    who, late = town.people["investigator-1"], due + timedelta(minutes=1)
    done = evidence.receive(town.house, operation_id, who, [b"x"], 1, given, begun, clock=lambda: late)
    assert (done.entries[0].at, done.operation.stage) == (late, Stage.SUSPENDED)
    town.clock.set(late)


def test_nothing_is_signed_while_the_clock_is_behind_the_record(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    who = town.people["supervisor-1"]
    behind = town.clock() - timedelta(minutes=5)
    with pytest.raises(Refusal, match="clock"):
        signing.prepare(town.house, "hold-review", operation_id, who, town.review(), behind)


def test_a_clock_set_back_revives_no_authority(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    earlier = town.clock()
    town.clock.advance(timedelta(days=70))
    town.act("log-no-activity", operation_id, "investigator-1", {"from_on": town.today(-1), "to_on": town.today()})
    town.clock.set(earlier)
    with pytest.raises(Refusal):
        town.act("resume", operation_id, "supervisor-1", {"remedy": "The clock says so."})


# Packages ------------------------------------------------------------------------------------------------------------


def _prepare(town: Town, operation_id: str, *withheld: str, recipient: str = "prosecutor") -> None:
    answers = {
        "audience": "prosecutor",
        "recipient": town.people[recipient],
        "case_number": "26-004518",
        "purpose": "Filing of the case",
        "withheld": list(withheld),
    }
    town.act("prepare-export", operation_id, "supervisor-1", answers)


def test_what_was_added_after_the_supervisor_looked_is_not_released_unseen(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    _prepare(town, operation_id)
    town.act("log-activity", operation_id, "investigator-1", town.activity())
    with pytest.raises(Refusal, match="added"):
        town.act("release-export", operation_id, "chief", {"reason": "The case is filed."})
    _prepare(town, operation_id)
    town.act("release-export", operation_id, "chief", {"reason": "The case is filed."})


def test_a_withheld_field_is_withheld_in_its_corrections_too(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    number = town.act("log-activity", operation_id, "investigator-1", town.activity()).number
    given = {"corrected": str(number), "field": "counterpart", "new": "@a-minor-example", "why": "Misread."}
    corrected = town.act("correct-entry", operation_id, "investigator-1", given).number
    _prepare(town, operation_id, f"{number} counterpart: a minor")
    prepared = town.operation(operation_id).exports[-1].prepared.number
    with town.house.store.read() as unit:
        entry = entries(unit, operation_id, (prepared,))[prepared].entry
    assert isinstance(entry, ExportPrepared)
    lines = entry.withheld
    assert set(lines[1:]) == {f"{corrected} old: a minor", f"{corrected} new: a minor"}


# The gates -----------------------------------------------------------------------------------------------------------


def test_an_office_that_declines_after_it_answered_shuts_the_gate(town: Town) -> None:
    operation_id = town.bring(Stage.AUTHORIZED)
    town.meet_gates(operation_id)
    declined = town.consultation("city attorney", 1) | {"answer": "declined"}
    town.act("log-consultation", operation_id, "supervisor-1", declined)
    with pytest.raises(Refusal) as refused:
        town.act("activate", operation_id, "supervisor-1", {"note": ""})
    assert "contact.city attorney" in refused.value.codes


def test_a_copy_written_at_the_machine_is_on_record_in_nobodys_name(town: Town, tmp_path: Path) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    _prepare(town, operation_id)
    town.act("release-export", operation_id, "chief", {"reason": "The case is filed."})
    before = town.operation(operation_id).last_number
    packages.write(town.house, None, tmp_path / "copy.zip", town.clock())
    with town.house.store.read() as unit:
        entry = entries(unit, operation_id, (before + 1,))[before + 1].entry
    assert (type(entry), entry.by) == (ExportDownloaded, None)


def test_a_draft_with_half_a_character_is_refused(town: Town) -> None:
    with pytest.raises(drafts.DraftUnreadable):
        drafts.keep(town.house, town.people["chief"], "x", "", {"matter": ["\ud800"]}, town.clock())

"""Appending: what an entry gets, what is refused, and what a transaction that fails leaves."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from covertops.ledger.checkpoint import open_checkpoint
from covertops.ledger.entry import Header, MalformedEntry, check_stream
from covertops.ledger.merkle import Frontier, leaf_hash
from covertops.storage.errors import StorageError, StreamMoved, Tampered
from covertops.storage.head import read_head
from covertops.storage.ledger_read import ALL_PARTS, read_checkpoint, read_headers, read_stream
from covertops.storage.ledger_store import Draft, FieldDraft, Position, append, position
from covertops.storage.unit_of_work import Store
from tests.clock import A_MORNING
from tests.storage.attacker import attacking
from tests.storage.recording import OPERATION, ORIGIN, OTHER_OPERATION, draft, record, record_a_little


def test_entries_stand_in_the_log_in_the_order_they_were_appended(store: Store):
    appended = [entry for one in record_a_little(store) for entry in one.entries]
    assert [entry.index for entry in appended] == list(range(10))
    with store.read() as unit:
        rows = read_headers(unit)
    assert [row.header for row in rows] == [entry.header for entry in appended]


def test_each_stream_numbers_and_chains_its_own_entries(store: Store):
    record_a_little(store)
    with store.read() as unit:
        headers = [Header.from_bytes(row.header) for row in read_headers(unit)]
        fixed = {unit.streams.department, unit.streams.access}
    streams = {header.stream for header in headers}
    assert streams == {OPERATION, OTHER_OPERATION} | fixed
    for stream in streams:
        check_stream(header for header in headers if header.stream == stream)


def test_each_append_leaves_one_checkpoint_over_exactly_its_entries(store: Store):
    appended = record_a_little(store)
    frontier = Frontier()
    with store.read() as unit:
        for one in appended:
            for entry in one.entries:
                frontier = frontier.append(leaf_hash(entry.header))
            checkpoint = open_checkpoint(one.checkpoint, unit.log_key.verifier)
            assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (ORIGIN, frontier.size, frontier.root())
            assert read_checkpoint(unit, frontier.size) == one.checkpoint
        assert read_checkpoint(unit) == appended[-1].checkpoint


def test_several_appends_of_one_transaction_continue_each_other(store: Store):
    with store.write() as unit:
        first = append(unit, [draft(), draft("department")], A_MORNING)
        second = append(unit, [draft()], A_MORNING)
    assert [entry.number for entry in (*first.entries, *second.entries)] == [1, 1, 2]
    with store.read() as unit:
        assert [entry.number for entry in read_stream(unit, OPERATION)] == [1, 2]
        assert read_head(unit.connection).checkpoints == 2


def test_the_time_is_the_clock_s_to_the_microsecond(store: Store):
    at = datetime(2026, 11, 20, 13, 40, 12, 345678, tzinfo=UTC)
    appended = record(store, draft(), at=at)
    assert appended.entries[0].time == at
    assert appended.clock_behind is None
    assert Header.from_bytes(appended.entries[0].header).time == "2026-11-20T13:40:12.345678Z"


def test_a_clock_that_fell_behind_is_said_and_the_log_does_not_run_backwards(store: Store):
    record(store, draft(), at=A_MORNING)
    late = record(store, draft(), at=A_MORNING - timedelta(minutes=3))
    assert late.clock_behind == timedelta(minutes=3)
    assert late.entries[0].time == A_MORNING
    assert record(store, draft(), at=A_MORNING).clock_behind is None


def test_a_clock_without_a_zone_is_refused(store: Store):
    with pytest.raises(ValueError, match="expected a moment with its zone"):
        record(store, draft(), at=A_MORNING.replace(tzinfo=None))


def test_a_salt_that_a_signer_saw_is_kept_and_every_other_is_new(store: Store):
    seen = "5a" * 16
    fields = [FieldDraft("by", "chief", "operation", seen), FieldDraft("reason", "chief", "operation")]
    one = Draft(OPERATION, "authorization.granted", 1, "chief", fields)
    record(store, one)
    record(store, one)
    with store.read() as unit:
        salts = [{field.name: field.salt for field in entry.given} for entry in read_stream(unit, OPERATION)]
    assert [each["by"] for each in salts] == [seen, seen]
    assert len({seen, salts[0]["reason"], salts[1]["reason"]}) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", each["reason"]) for each in salts)


def test_an_entry_that_must_follow_another_is_refused_when_the_stream_moved(store: Store):
    with store.write() as unit:
        before = position(unit, OPERATION)
        assert before == Position(0, None)
        append(unit, [draft(follows=before)], A_MORNING)
    with store.write() as unit:
        seen = position(unit, OPERATION)
    record(store, draft())
    with pytest.raises(StreamMoved, match="stands at entry 2, expected 1"):
        record(store, draft(follows=seen))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([], "at least one draft"),
        ([draft(values=[("notes", "x", "department")])], "has no part 'department'"),
        ([draft("department", values=[("advice", "x", "city")])], "has no part 'city'"),
        ([draft("access", values=[("what", "x", "operation")])], "has no part 'operation'"),
        ([draft(values=[("by", "somebody else", "operation")])], "the field by is given twice"),
        ([draft(values=[("by", "somebody else", "city")])], "the field by is given twice"),
        (
            [Draft(OPERATION, "advice", 1, "chief", [FieldDraft("a", "b", "city")])],
            "at least one field in part operation",
        ),
    ],
)
def test_a_draft_that_can_be_no_entry_is_refused(store: Store, wrong: list[Draft], words: str):
    with pytest.raises(ValueError, match=words):
        record(store, *wrong)


def test_a_stream_that_is_no_id_is_refused(store: Store):
    with pytest.raises(MalformedEntry, match="stream"):
        record(store, draft("operations"))


def test_an_append_that_broke_off_cannot_be_committed_by_whoever_caught_the_error(store: Store):
    record(store, draft())

    def catch_and_go_on():
        with store.write() as unit:
            append(unit, [draft("department")], A_MORNING)
            with pytest.raises(ValueError, match="no part"):
                append(unit, [draft(), draft(values=[("a", "b", "access")])], A_MORNING)

    with pytest.raises(StorageError, match="an append of this transaction broke off"):
        catch_and_go_on()
    with store.read() as unit:
        assert read_head(unit.connection).size == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE ledger_head SET size = 3, frontier = ?", "the last entry's index is 1"),
        ("UPDATE ledger_head SET checkpoints = 9", "checkpoint 9 of size 2, the newest, is not stored"),
        ("DELETE FROM checkpoint WHERE size = 2", "checkpoint 2 of size 2, the newest, is not stored"),
        ("UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 1) WHERE size = 2", "is not what"),
        ("UPDATE checkpoint SET note = 'nothing' WHERE size = 2", "three lines"),
        ("UPDATE ledger_head SET origin = 'another.example/log'", "is not what checkpoint 2 signed"),
        ("UPDATE ledger_head SET size = 1", "the head row says 1 entries, its frontier 2"),
        ("UPDATE ledger_head SET frontier = ?", "is not what checkpoint 2 signed"),
        ("UPDATE ledger_head SET mac = ?", "its code does not fit it"),
        ("UPDATE ledger_head SET last_time = last_time + 1", "its code does not fit it"),
        (f"UPDATE ledger_head SET access_stream = '{OTHER_OPERATION}'", "its code does not fit it"),
        (f"UPDATE ledger_head SET department_stream = '{OTHER_OPERATION}'", "its code does not fit it"),
    ],
)
def test_nothing_is_signed_on_top_of_a_log_that_its_last_checkpoint_did_not_sign(
    victim: Store, database_url: str, change: str, words: str
):
    record(victim, draft())
    record(victim, draft())
    forged = Frontier()
    for leaf in range(3 if "size = 3" in change else 2):
        forged = forged.append(leaf_hash(bytes([leaf])))
    with attacking(database_url) as attacker:
        attacker.run(change, *([forged.to_bytes()] if "?" in change else []))
    with pytest.raises(Tampered, match=words):
        record(victim, draft())


def test_nothing_is_chained_to_a_header_that_is_of_another_entry(victim: Store, database_url: str):
    record(victim, draft(), draft(OTHER_OPERATION))
    with attacking(database_url) as attacker:
        attacker.run('UPDATE entry SET header = (SELECT header FROM entry WHERE "index" = 1) WHERE "index" = 0')
    with pytest.raises(Tampered, match=f"its header is of entry 1 of stream {OTHER_OPERATION}"):
        record(victim, draft())


def test_what_was_recorded_stands_nowhere_in_clear(store: Store):
    record(store, draft(values=[("what", "canary-phrase", "operation"), ("advice", "canary-phrase", "city")]))
    with store.read() as unit:
        for table in ("entry", "box", "checkpoint", "compartment", "ledger_head"):
            rows = unit.connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert "canary" not in repr([tuple(row) for row in rows])
        entries = read_stream(unit, OPERATION, parts=ALL_PARTS)
    assert entries[0].fields["advice"] == "canary-phrase"

"""Reading entries back: what comes, in which order, and that nothing altered passes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event

from covertops.ledger.canonical import Json
from covertops.ledger.entry import unpack_fields
from covertops.storage.errors import TamperedEntry
from covertops.storage.ledger_read import ALL_PARTS, OWN_PARTS, read_entries, read_headers, read_stream
from covertops.storage.unit_of_work import ReadUnit, Store
from tests.clock import A_MORNING
from tests.storage.attacker import attacking
from tests.storage.recording import OPERATION, OTHER_OPERATION, WORDS, draft, record, record_a_little

MORE = [("what", WORDS, "operation"), ("notes", "a view", "prosecutor"), ("advice", "counsel", "city")]


def numbers(entries: list) -> list[int]:
    return [entry.number for entry in entries]


def test_an_entry_comes_back_as_it_was_recorded(store: Store):
    values: list[tuple[str, Json, str]] = [
        ("at", None, "operation"),
        ("items/0", {"a": [1, True]}, "operation"),
        ("what", WORDS, "operation"),
    ]
    written = record(store, draft(values=values)).entries[0]
    with store.read() as unit:
        (entry,) = read_stream(unit, OPERATION)
    assert (entry.index, entry.stream, entry.number, entry.time) == (0, OPERATION, 1, A_MORNING)
    assert (entry.kind, entry.version, entry.office) == ("activity.logged", 1, "investigator")
    assert (entry.header_hash, entry.header.to_bytes()) == (written.hash, written.header)
    assert entry.fields == {"by": "investigator 1", "at": None, "items/0": {"a": [1, True]}, "what": WORDS}
    assert entry.digests == {field.name: field.digest for field in unpack_fields(entry.packed["operation"])}


def test_counsel_s_parts_are_opened_only_when_asked_for(store: Store):
    record(store, draft(values=MORE))
    with store.read() as unit:
        own = read_stream(unit, OPERATION)[0]
        prosecutor = read_stream(unit, OPERATION, parts=("prosecutor",))[0]
        everything = read_stream(unit, OPERATION, parts=ALL_PARTS)[0]
        body = read_stream(unit, OPERATION, parts=())[0]
    assert own.fields.keys() == {"by", "what"}
    assert prosecutor.fields.keys() == {"notes"}
    assert everything.fields.keys() == {"by", "what", "notes", "advice"}
    assert (body.fields, body.kind) == ({}, "activity.logged")
    for one in (own, prosecutor, everything, body):
        assert one.digests.keys() == {"by", "what", "notes", "advice"}


def test_the_fixed_streams_are_read_by_name_or_by_id(store: Store):
    record_a_little(store)
    with store.read() as unit:
        by_name = read_stream(unit, "department")
        assert numbers(by_name) == [1, 2]
        assert numbers(read_stream(unit, unit.streams.department)) == [1, 2]
        assert [entry.kind for entry in read_stream(unit, "access")] == ["operation.viewed"]


def test_a_stream_is_read_on_from_a_number_up_to_a_limit_or_backwards(store: Store):
    for _ in range(6):
        record(store, draft(), draft(OTHER_OPERATION))
    with store.read() as unit:
        assert numbers(read_stream(unit, OPERATION, after=2)) == [3, 4, 5, 6]
        assert numbers(read_stream(unit, OPERATION, after=2, limit=2)) == [3, 4]
        assert numbers(read_stream(unit, OPERATION, newest_first=True)) == [6, 5, 4, 3, 2, 1]
        assert numbers(read_stream(unit, OPERATION, newest_first=True, limit=2)) == [6, 5]
        assert numbers(read_stream(unit, OPERATION, newest_first=True, after=4, limit=9)) == [6, 5]
        assert read_stream(unit, OPERATION, after=6) == []
        assert read_stream(unit, "0e" * 16) == []


def test_chosen_entries_come_in_order_and_unknown_numbers_are_left_out(store: Store):
    for _ in range(4):
        record(store, draft())
    with store.read() as unit:
        assert numbers(read_entries(unit, OPERATION, [4, 2, 99])) == [2, 4]
        assert read_entries(unit, OPERATION, []) == []


def test_headers_of_the_whole_log_are_read_from_an_index_on(store: Store):
    record_a_little(store)
    with store.read() as unit:
        assert [row.index for row in read_headers(unit, first=7)] == [7, 8, 9]
        assert [row.index for row in read_headers(unit, first=3, limit=2)] == [3, 4]


def test_reading_costs_the_same_few_statements_however_many_entries(store: Store):
    counted: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *arguments: counted.append(arguments[2]))
    costs = []
    for how_many in (1, 30):
        for _ in range(how_many):
            record(store, draft(values=MORE))
        with store.read() as unit:
            read_stream(unit, OPERATION, parts=ALL_PARTS)
        counted.clear()
        with store.read() as unit:
            assert read_stream(unit, OPERATION, parts=ALL_PARTS)
        costs.append(len([each for each in counted if each.startswith("SELECT")]))
    assert costs == [1, 1]


def test_a_fold_is_continued_only_from_the_entry_it_ended_with(store: Store):
    hashes = [record(store, draft()).entries[0].hash for _ in range(3)]
    with store.read() as unit:
        assert numbers(read_stream(unit, OPERATION, after=2, after_hash=hashes[1])) == [3]
        with pytest.raises(TamperedEntry, match="previous: expected the hash"):
            read_stream(unit, OPERATION, after=2, after_hash=hashes[0])


def read_all(unit: ReadUnit) -> object:
    return read_stream(unit, OPERATION, parts=ALL_PARTS)


def read_own(unit: ReadUnit) -> object:
    return read_stream(unit, OPERATION, parts=OWN_PARTS)


def read_one(unit: ReadUnit) -> object:
    return read_entries(unit, OPERATION, [2])


MOVE_A_BOX = """
    UPDATE box SET sealed = (SELECT sealed FROM box WHERE entry_index = 2 AND part = 'operation'),
        wrapped_key = (SELECT wrapped_key FROM box WHERE entry_index = 2 AND part = 'operation')
    WHERE entry_index = 1 AND part = 'operation'
"""
BODY_2 = "entry_index = 1 AND part = 'body'"


@pytest.mark.parametrize(
    ("change", "read", "words"),
    [
        ('UPDATE entry SET header = ? WHERE "index" = 1', read_one, "not canonical JSON"),
        ('UPDATE entry SET number = 9 WHERE "index" = 1', read_all, "entry 9 .* is of entry 2 of"),
        ('DELETE FROM entry WHERE "index" = 1', read_all, "entry 3 .* expected 2, found 3"),
        ('DELETE FROM entry WHERE "index" = 0', read_all, "entry 2 .* what lay between is missing"),
        (f"UPDATE box SET sealed = ? WHERE {BODY_2}", read_one, "open an envelope"),
        (f"UPDATE box SET wrapped_key = ? WHERE {BODY_2}", read_one, "open an envelope"),
        (f"DELETE FROM box WHERE {BODY_2}", read_one, "its boxes: found city, operation; expected body"),
        (
            "DELETE FROM box WHERE entry_index = 1 AND part = 'operation'",
            read_one,
            "its boxes: found body, city; expected body and operation",
        ),
        ("DELETE FROM box WHERE entry_index = 1 AND part = 'city'", read_all, "fields are missing: advice"),
        (
            "UPDATE box SET part = 'prosecutor' WHERE entry_index = 0 AND part = 'city'",
            read_all,
            "/prosecutor is missing",
        ),
        (
            "UPDATE box SET part = 'access' WHERE entry_index = 1 AND part = 'city'",
            read_own,
            "found access, body, operation",
        ),
        ("DELETE FROM compartment WHERE name LIKE '%/city'", read_all, "the key of compartment .*/city is missing"),
        (
            MOVE_A_BOX,
            read_own,
            "entry 2 .* open an envelope",
        ),
    ],
)
def test_what_was_altered_is_named_when_it_is_read(
    victim: Store, database_url: str, change: str, read: Callable[[ReadUnit], object], words: str
):
    values = [MORE[0], MORE[2]]
    for _ in range(3):
        record(victim, draft(values=values))
    with attacking(database_url) as attacker:
        attacker.run(change, *([b"altered"] if "?" in change else []))
    # A process that opened the keys before would not see that one is gone: it reads with what it has.
    victim.open_keys.forget([f"operation/{OPERATION}/city"])
    with victim.read() as unit, pytest.raises(TamperedEntry, match=words) as caught:
        read(unit)
    assert caught.value.stream == OPERATION


def test_a_header_that_was_put_in_the_place_of_another_is_named(victim: Store, database_url: str):
    """Each entry is good in itself and the numbers are right: only the chain shows it."""
    for at in (A_MORNING, A_MORNING, A_MORNING + timedelta(hours=1)):
        record(victim, draft(), at=at)
    with victim.read() as unit:
        second = read_entries(unit, OPERATION, [2])[0].header
    forged = second.to_bytes().replace(second.time.encode(), b"2026-11-20T15:30:00.000000Z")
    with attacking(database_url) as attacker:
        attacker.run('UPDATE entry SET header = ? WHERE "index" = 1', forged)
    with victim.read() as unit:
        with pytest.raises(TamperedEntry, match=r"entry 3 .* previous: expected the hash"):
            read_stream(unit, OPERATION)
        with pytest.raises(TamperedEntry, match=r"entry 3 .* previous: expected the hash"):
            read_stream(unit, OPERATION, newest_first=True, limit=2)

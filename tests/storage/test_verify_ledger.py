"""Verification: what was altered is named by its row, and nothing that is stored makes it break off."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from sqlalchemy import make_url

from covertops.storage.unit_of_work import Store
from covertops.storage.verify_ledger import verify_ledger
from covertops.vault.keys import Keyring
from tests.storage.attacker import attacking
from tests.storage.recording import (
    OPERATION,
    draft,
    opened,
    problems_of,
    record,
    record_a_little,
)

STRANGE = "0d" * 16


def test_a_record_that_nobody_touched_has_no_problem_and_is_counted(store: Store):
    record_a_little(store)
    report = verify_ledger(store)
    assert report.clean
    assert (report.entries, report.boxes, report.checkpoints, report.compartments) == (10, 23, 7, 6)
    assert report.bytes > 8_000


def test_an_empty_ledger_is_counted_as_nothing(store: Store):
    report = verify_ledger(store)
    assert (report.clean, report.entries, report.boxes, report.checkpoints) == (True, 0, 0, 0)


def test_progress_is_told_of_a_long_record(store: Store):
    record(store, *(draft() for _ in range(2100)))
    told: list[tuple[int, int]] = []
    assert verify_ledger(store, progress=lambda done, of: told.append((done, of))).clean
    assert told == [(1000, 2100), (2000, 2100)]


# What was changed, and how the problem that names it begins.
ENTRY_4 = 'entry WHERE "index" = 4'
CITY_5 = "entry_index = 5 AND part = 'city'"
MORE = "'— x AAAAAAA=\n'"
WHERE_3 = "WHERE number = 3"
NOTE_2 = "SELECT note FROM checkpoint WHERE number = 2"
ENTRY_9 = 'entry WHERE "index" = 9'
CHANGES = [
    ('UPDATE entry SET header = ? WHERE "index" = 4', "entry at index 4"),
    ('UPDATE entry SET number = 77 WHERE "index" = 4', "entry at index 4 (number 77"),
    ("UPDATE entry SET stream = 'x' WHERE \"index\" = 4", "entry at index 4 (number 2 of stream 'x')"),
    (f"DELETE FROM {ENTRY_4}", "entries at index 4 to 4: they are missing"),
    (f"DELETE FROM {ENTRY_4}", "box 'body' of the entry at index 4: there is no such entry"),
    ('DELETE FROM entry WHERE "index" = 0', "entries at index 0 to 0: they are missing"),
    (f"DELETE FROM {ENTRY_9}", "ledger_head: size: found 10, expected 9"),
    (f"DELETE FROM {ENTRY_9}", "checkpoint 7 of 10 entries: the log has fewer entries"),
    (f"INSERT INTO entry SELECT 10, 'x', 1, header FROM {ENTRY_9}", "entry at index 10"),
    (
        f"INSERT INTO entry SELECT 10, 'x', 1, header FROM {ENTRY_9}",
        "entries at index 10 to 10: the last checkpoint, 7",
    ),
    (f"INSERT INTO entry SELECT 99, 'x', 1, header FROM {ENTRY_9}", "entries at index 10 to 98: they are missing"),
    (f"UPDATE box SET sealed = ? WHERE {CITY_5}", "entry at index 5"),
    (f"UPDATE box SET wrapped_key = ? WHERE {CITY_5}", "entry at index 5"),
    (f"UPDATE box SET part = 'access' WHERE {CITY_5}", "entry at index 5"),
    (f"DELETE FROM box WHERE {CITY_5}", "entry at index 5"),
    ("DELETE FROM box WHERE entry_index = 5 AND part = 'body'", "entry at index 5"),
    (f"INSERT INTO box SELECT 4, part, wrapped_key, sealed FROM box WHERE {CITY_5}", "entry at index 4"),
    ("INSERT INTO box VALUES (99, 'body', ?, ?)", "box 'body' of the entry at index 99"),
    ("UPDATE checkpoint SET note = 'x' WHERE number = 3", "checkpoint 3 of 4 entries"),
    ("UPDATE checkpoint SET note = replace(note, ' ', '  ') WHERE number = 3", "checkpoint 3 of 4 entries"),
    (
        "UPDATE checkpoint SET note = note || '— x AAAAAAA=\n' WHERE number = 3",
        "checkpoint 3 of 4 entries: its note is not",
    ),
    (
        f"UPDATE checkpoint SET note = ({NOTE_2}) WHERE number = 3",
        "checkpoint 3 of 4 entries: its note is of 2 entries",
    ),
    ("UPDATE checkpoint SET size = 3 WHERE number = 3", "checkpoint 3 of 3 entries"),
    ("UPDATE checkpoint SET number = 70 WHERE number = 7", "checkpoint 70 of 10 entries: expected number 7"),
    ("DELETE FROM checkpoint WHERE number = 3", "checkpoint 4 of 5 entries: expected number 3"),
    ("DELETE FROM checkpoint WHERE number = 7", "entries at index 9 to 9: the last checkpoint, 6,"),
    ("INSERT INTO checkpoint SELECT 99, 8, note FROM checkpoint WHERE number = 1", "checkpoint 8 of 99 entries"),
    ("INSERT INTO checkpoint SELECT 0, 0, note FROM checkpoint WHERE number = 1", "checkpoint 0 of 0 entries"),
    ("UPDATE compartment SET wrapped_key = ? WHERE name = 'access'", "compartment 'access'"),
    ("UPDATE compartment SET name = 'x' WHERE name = 'access'", "compartment 'x'"),
    ("DELETE FROM compartment WHERE name = 'access'", "entry at index 3"),
    ("UPDATE secret SET wrapped = ? WHERE name = 'log-key'", "secret log-key: no checkpoint can be checked"),
    ("DELETE FROM secret", "secret log-key: no checkpoint can be checked"),
    ("UPDATE ledger_head SET size = 9", "ledger_head: size: found 9, expected 10"),
    ("UPDATE ledger_head SET frontier = ?", "ledger_head: frontier: found b'altered'"),
    ("UPDATE ledger_head SET checkpoints = 6", "ledger_head: checkpoints: found 6, expected 7"),
    ("UPDATE ledger_head SET last_time = 6", "ledger_head: last_time: found 6"),
    ("UPDATE ledger_head SET mac = ?", "ledger_head: mac: the log's key makes another"),
    ("UPDATE ledger_head SET origin = 'another.example'", "entry at index 0"),
    ("UPDATE ledger_head SET origin = 'no origin'", "ledger_head: its origin: 'no origin' cannot be one"),
    ("UPDATE ledger_head SET department_stream = 'x'", "ledger_head: expected a stream's id, found 'x'"),
    (f"UPDATE ledger_head SET department_stream = '{STRANGE}'", "ledger_head: it names another department stream"),
    (f"UPDATE ledger_head SET access_stream = '{STRANGE}'", "ledger_head: it names another access stream"),
    ("DELETE FROM ledger_head", "ledger_head: expected one row, found 0"),
]


@pytest.mark.parametrize(("statement", "begins"), CHANGES)
def test_a_change_is_named_by_its_row(victim: Store, database_url: str, statement: str, begins: str):
    record_a_little(victim)
    with attacking(database_url) as attacker:
        attacker.run(statement, *[b"altered"] * statement.count("?"))
    found = [str(problem) for problem in problems_of(victim)]
    assert any(each.startswith(begins) for each in found), found


def test_a_problem_of_an_entry_says_where_it_stands(victim: Store, database_url: str):
    record_a_little(victim)
    with attacking(database_url) as attacker:
        attacker.run("UPDATE box SET sealed = ? WHERE entry_index = 5 AND part = 'city'", b"altered")
    (problem,) = problems_of(victim)
    assert (problem.index, problem.stream, problem.number) == (5, OPERATION, 3)


def test_a_key_that_belongs_to_no_stream_of_the_log_is_named(victim: Store):
    name = f"operation/{STRANGE}"
    record_a_little(victim)
    with victim.write() as unit:
        unit.compartments.for_writing(name)
    assert [str(each) for each in problems_of(victim)] == [f"compartment {name}: no entry of the log is in its stream"]


def test_a_missing_entry_is_named_once_and_not_at_every_later_checkpoint_too(victim: Store, database_url: str):
    record_a_little(victim)
    with attacking(database_url) as attacker:
        attacker.run('DELETE FROM entry WHERE "index" = 4')
    found = [str(each) for each in problems_of(victim)]
    assert "entries at index 4 to 4: they are missing" in found
    assert not any("are not those it was signed over" in each for each in found)


def test_an_altered_entry_is_placed_between_two_checkpoints_once(victim: Store, database_url: str):
    record_a_little(victim)
    with attacking(database_url) as attacker:
        (header,) = attacker.run('SELECT header FROM entry WHERE "index" = 2')[0]
        attacker.run('UPDATE entry SET header = ? WHERE "index" = 2', header.replace(b"17:00:00", b"17:00:01"))
    found = [str(each) for each in problems_of(victim) if "signed over" in each.what]
    assert found == ["checkpoint 3 of 4 entries: the entries from index 2 to 3 are not those it was signed over"]


def test_two_rows_of_one_index_are_named(victim: Store, database_url: str):
    record_a_little(victim)
    with attacking(database_url) as attacker:
        attacker.loosen("entry")
        attacker.run('INSERT INTO entry SELECT * FROM entry WHERE "index" = 9')
    assert any(each.what == "another entry has this index" for each in problems_of(victim))


def test_what_cannot_be_read_does_not_keep_the_rest_from_being_checked(victim: Store, database_url: str):
    record_a_little(victim)
    with attacking(database_url) as attacker:
        attacker.run("DROP TABLE disposed")
        attacker.run("UPDATE box SET sealed = ? WHERE entry_index = 5 AND part = 'city'", b"altered")
    report = verify_ledger(victim)
    assert report.entries == 10
    named = {each.where.split(" (")[0] for each in report.problems if not each.where.startswith("guard ")}
    assert named == {"table disposed", "entry at index 5"}


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(("table", "column"), [("ledger_head", "size"), ("entry", "number"), ("checkpoint", "number")])
def test_a_number_of_another_type_is_named_although_it_equals_the_right_one(
    victim: Store, database_url: str, table: str, column: str
):
    record_a_little(victim)
    with attacking(database_url) as attacker:
        attacker.loosen(table)
        attacker.run(f"UPDATE {table} SET {column} = CAST({column} AS REAL)")
        assert attacker.run(f"SELECT DISTINCT typeof({column}) FROM {table}") == [("real",)]
    assert problems_of(victim) != []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_damaged_index_of_the_sqlite_file_is_a_problem(victim: Store, database_url: str):
    """The index of streams and numbers is emptied in the file: every row is right, and appends would go wrong."""
    record_a_little(victim)
    victim.close()
    with attacking(database_url, guarded=True) as attacker:
        ((page,),) = attacker.run("SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_entry_1'")
        ((size,),) = attacker.run("PRAGMA page_size")
        attacker.run("PRAGMA wal_checkpoint(TRUNCATE)")
    with Path(str(make_url(database_url).database)).open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(struct.pack(">BHHHB", 10, 0, 0, size, 0))  # an index leaf without a cell
    found = [str(each) for each in problems_of(victim)]
    assert any(each.startswith("SQLite file: ") and "missing from index" in each for each in found)


def test_one_altered_entry_does_not_hide_another(victim: Store, database_url: str):
    record_a_little(victim)
    with attacking(database_url) as attacker:
        attacker.run('UPDATE entry SET header = ? WHERE "index" = 2', b"altered")
        attacker.run("UPDATE box SET sealed = ? WHERE entry_index = 6 AND part = 'body'", b"altered")
        attacker.run("UPDATE checkpoint SET note = 'altered' WHERE number = 6")
    found = problems_of(victim)
    assert {each.index for each in found} >= {2, 6}
    assert any(each.where == "checkpoint 6 of 9 entries" for each in found)


def test_what_was_stored_and_is_not_printable_is_shown_without_harm(victim: Store, database_url: str):
    record_a_little(victim)
    with attacking(database_url) as attacker:
        attacker.run("UPDATE compartment SET name = ? WHERE name = 'access'", "\u202e\x1b[31m")
    assert "compartment '\\u202e\\x1b[31m': no compartment has such a name" in [
        str(each) for each in problems_of(victim)
    ]


def test_a_lost_table_is_a_problem(victim: Store, database_url: str, database_kind: str):
    record_a_little(victim)
    for table in ("checkpoint", "box", "entry", "compartment", "disposed", "secret", "ledger_head"):
        with attacking(database_url, guarded=True) as attacker:
            attacker.run(f"DROP TABLE {table}" + (" CASCADE" if database_kind == "postgresql" else ""))
        assert any(table in each.where or "cannot be read" in each.what for each in problems_of(victim)), table


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("table", "column"),
    [("entry", "stream"), ("box", "part"), ("checkpoint", "note"), ("compartment", "name"), ("ledger_head", "origin")],
)
def test_text_that_is_not_utf_8_is_a_problem_and_not_an_error(
    victim: Store, database_url: str, table: str, column: str
):
    record_a_little(victim)
    with attacking(database_url) as attacker:
        attacker.run(f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE rowid = 1", b"\xff\xfe")
    found = [str(each) for each in problems_of(victim)]
    assert found
    assert "\n".join(found).encode("utf-8")
    assert not any("cannot be read" in each for each in found)  # the other rows of the table are looked at too


def test_a_store_with_another_master_key_says_so_and_does_not_break_off(victim: Store, database_url: str):
    record_a_little(victim)
    with opened(database_url, Keyring(bytes(32))) as stranger:
        found = [str(each) for each in problems_of(stranger)]
    assert any(each.startswith("secret log-key") for each in found)
    assert any(each.startswith("compartment") for each in found)

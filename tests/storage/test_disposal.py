"""Disposal: keys and boxes go, the log still verifies, and nothing else can be let go of."""

from __future__ import annotations

from pathlib import Path

import pytest

from covertops.storage.compartments import NoSuchCompartment
from covertops.storage.disposal import TOMBSTONE, dispose
from covertops.storage.errors import StreamDisposed
from covertops.storage.ledger_read import read_headers, read_stream
from covertops.storage.ledger_store import append
from covertops.storage.unit_of_work import Store
from covertops.storage.verify_ledger import verify_ledger
from tests.clock import A_MORNING
from tests.storage.attacker import attacking
from tests.storage.recording import (
    OPERATION,
    OTHER_OPERATION,
    draft,
    opened,
    problems_of,
    record,
    record_a_little,
)

SAID = draft("department", TOMBSTONE, [("operation", OPERATION, "department")])


def dispose_of_the_operation(store: Store) -> int:
    """Dispose of the operation as an action would: the department says so, and in the same transaction it is done."""
    with store.write() as unit:
        said = append(unit, [SAID], A_MORNING)
        return dispose(unit, OPERATION, said.entries[0].index)


def test_a_disposed_stream_keeps_its_headers_and_nothing_else(store: Store):
    record_a_little(store)
    with store.read() as unit:
        headers = read_headers(unit)
    assert dispose_of_the_operation(store) == 13
    with store.read() as unit:
        assert read_headers(unit)[: len(headers)] == headers
        names = unit.connection.exec_driver_sql("SELECT name FROM compartment ORDER BY name").scalars().all()
        assert names == ["access", "department", f"operation/{OTHER_OPERATION}"]
        assert len(read_stream(unit, OTHER_OPERATION)) == 2


def test_a_disposed_stream_can_be_neither_read_nor_continued(store: Store, database_url: str):
    record_a_little(store)
    with opened(database_url) as other:
        with other.read() as unit:
            read_stream(unit, OPERATION)  # this process keeps the keys open
        dispose_of_the_operation(store)
        for one in (store, other):
            with one.read() as unit, pytest.raises(StreamDisposed):
                read_stream(unit, OPERATION)
            with pytest.raises(StreamDisposed):
                record(one, draft())


def test_the_keys_of_a_disposed_stream_are_forgotten_by_the_process_that_disposed_of_it(store: Store):
    record_a_little(store)
    dispose_of_the_operation(store)
    assert store.open_keys.get(f"operation/{OPERATION}") is None
    with store.read() as unit, pytest.raises(NoSuchCompartment):
        unit.compartments.key(f"operation/{OPERATION}")


def test_a_disposal_that_was_undone_destroyed_nothing(store: Store):
    record_a_little(store)

    def break_off():
        with store.write() as unit:
            said = append(unit, [SAID], A_MORNING)
            dispose(unit, OPERATION, said.entries[0].index)
            with pytest.raises(NoSuchCompartment):
                unit.compartments.key(f"operation/{OPERATION}")
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    with store.read() as unit:
        assert len(read_stream(unit, OPERATION)) == 5


@pytest.mark.parametrize("stream", ["department", "access"])
def test_the_fixed_streams_cannot_be_disposed_of(store: Store, stream: str):
    record_a_little(store)
    with store.write() as unit:
        for name in (stream, unit.streams.id_of(stream)):
            with pytest.raises(ValueError, match="only an operation's stream"):
                dispose(unit, name, 0)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_destroyed_key_leaves_no_trace_in_the_database_file(store: Store, tmp_path: Path):
    """SQLite would otherwise keep what was deleted in its free pages."""
    record_a_little(store)
    with store.read() as unit:
        wrapped = unit.connection.exec_driver_sql(
            "SELECT wrapped_key FROM compartment WHERE name = ?", (f"operation/{OPERATION}",)
        ).scalar_one()
    dispose_of_the_operation(store)
    store.close()  # the last connection to close empties the write-ahead log
    for file in tmp_path.iterdir():
        assert wrapped not in file.read_bytes()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("DELETE FROM disposed", "its boxes: found none"),
        ("INSERT INTO disposed VALUES ('{other}', 10)", "is not one of the department that names this stream"),
        ("INSERT INTO disposed VALUES ('{other}', 99)", "is not one of the department that names this stream"),
        ("INSERT INTO disposed VALUES ('{other}', 10)", "its boxes body, operation are still here"),
        ("INSERT INTO disposed VALUES ('{other}', 10)", "its stream was disposed of, and the key is still here"),
        ("UPDATE disposed SET entry_index = 9", "is not one of the department that names this stream"),
    ],
)
def test_what_only_looks_like_a_disposal_is_found(victim: Store, database_url: str, change: str, found: str):
    record_a_little(victim)
    dispose_of_the_operation(victim)
    with attacking(database_url) as attacker:
        attacker.run(change.format(other=OTHER_OPERATION))
    assert any(found in problem.what for problem in problems_of(victim))


def test_an_entry_that_only_names_a_stream_disposes_of_nothing(victim: Store, database_url: str):
    """Otherwise whoever owns the database could take an operation's boxes away beside a note of a conflict with it."""
    record_a_little(victim)
    named = record(victim, draft("department", "conflict.noticed", [("other", OTHER_OPERATION, "department")]))
    with attacking(database_url) as attacker:
        attacker.run("INSERT INTO disposed VALUES (?, ?)", OTHER_OPERATION, named.entries[0].index)
        attacker.run("DELETE FROM compartment WHERE name LIKE ?", f"operation/{OTHER_OPERATION}%")
        attacker.run(
            'DELETE FROM box WHERE entry_index IN (SELECT "index" FROM entry WHERE stream = ?)', OTHER_OPERATION
        )
    (problem,) = problems_of(victim)
    assert str(problem).startswith(f"disposed stream {OTHER_OPERATION}: the entry at index 10 is not one of the")


def test_a_verification_counts_what_was_disposed_of(store: Store):
    record_a_little(store)
    dispose_of_the_operation(store)
    report = verify_ledger(store)
    assert (report.entries, report.disposed, report.problems) == (11, 1, [])

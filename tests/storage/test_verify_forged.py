"""What somebody who has the database, or the server with its keys, makes of the record, and what shows it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from covertops.ledger.checkpoint import Checkpoint, sign
from covertops.ledger.entry import Body, Field, Header
from covertops.ledger.merkle import Frontier, leaf_hash
from covertops.storage.boxes import Place, seal_parts
from covertops.storage.errors import Tampered
from covertops.storage.head import Streams, head_mac, read_head
from covertops.storage.ledger_read import read_headers
from covertops.storage.times import from_header, micros
from covertops.storage.unit_of_work import Store
from covertops.storage.verify_entries import Contents
from covertops.storage.verify_report import Report
from covertops.vault.keys import CompartmentKey
from tests.clock import A_MORNING
from tests.storage.attacker import Attacker, attacking
from tests.storage.recording import (
    OPERATION,
    ORIGIN,
    OTHER_OPERATION,
    draft,
    problems_of,
    record,
    record_a_little,
)


def resign(store: Store, attacker: Attacker, headers: list[bytes]) -> None:
    """Write the log anew from these headers, with the log's own key, as whoever has the server can."""
    with store.read() as unit:
        key, head = unit.log_key, read_head(unit.connection)
    frontier = Frontier()
    for index, header in enumerate(headers):
        attacker.run('UPDATE entry SET header = ? WHERE "index" = ?', header, index)
        frontier = frontier.append(leaf_hash(header))
        note = sign(Checkpoint(ORIGIN, frontier.size, frontier.root()), key.private)
        attacker.run("UPDATE checkpoint SET note = ? WHERE size = ?", note, frontier.size)
    time = micros(from_header(Header.from_bytes(headers[-1]).time))
    forged = replace(head, frontier=frontier, last_time=time)
    values = (frontier.to_bytes(), time, head_mac(forged, key.head))
    attacker.run("UPDATE ledger_head SET frontier = ?, last_time = ?, mac = ?", *values)


def test_a_log_written_anew_with_the_server_s_own_key_is_found_by_any_checkpoint_others_hold(
    victim: Store, database_url: str
):
    """The last entry gets an earlier time; no chain, seal or signature of the log itself shows it."""
    held = [one.checkpoint for one in record_a_little(victim)]
    with victim.read() as unit:
        headers = [row.header for row in read_headers(unit)]
    headers[-1] = headers[-1].replace(b'"time":"2026-11-20T21', b'"time":"2026-11-20T20')
    with attacking(database_url) as attacker:
        resign(victim, attacker, headers)
    assert problems_of(victim) == []
    assert problems_of(victim, held[:-1]) == []
    assert [each.where for each in problems_of(victim, held)] == ["known checkpoint of 10 entries"]


def cut_back(attacker: Attacker, size: int, number: int) -> None:
    """Cut the log back to an earlier checkpoint, and make the head row fit as far as anybody can without a key."""
    attacker.run("DELETE FROM box WHERE entry_index >= ?", size)
    attacker.run("DELETE FROM checkpoint WHERE size > ?", size)
    attacker.run('DELETE FROM entry WHERE "index" >= ?', size)
    frontier = Frontier()
    for (header,) in attacker.run('SELECT header FROM entry ORDER BY "index"'):
        frontier = frontier.append(leaf_hash(bytes(header)))
    time = micros(from_header(Header.from_bytes(bytes(header)).time))
    values = (size, frontier.to_bytes(), number, time)
    attacker.run("UPDATE ledger_head SET size = ?, frontier = ?, checkpoints = ?, last_time = ?", *values)


def test_a_log_whose_end_was_cut_off_is_found_without_anybody_s_checkpoint_and_does_not_grow(
    victim: Store, database_url: str
):
    record_a_little(victim)
    with attacking(database_url) as attacker:
        cut_back(attacker, 9, 6)
    (problem,) = problems_of(victim)
    assert str(problem).startswith("ledger_head: mac: the log's key makes another over this record")
    with pytest.raises(Tampered, match="the head row of 9 entries is not as it was written"):
        record(victim, draft())


def test_a_log_that_is_put_back_whole_is_found_by_any_checkpoint_others_hold(victim: Store, database_url: str):
    """Whoever kept an older copy of the head row can put it back: that takes a checkpoint outside to be seen."""
    appended = record_a_little(victim)
    with attacking(database_url, guarded=True) as attacker:
        ((mac,),) = attacker.run("SELECT mac FROM ledger_head")
    held = record(victim, draft(), at=A_MORNING + timedelta(hours=9)).checkpoint
    with attacking(database_url) as attacker:
        cut_back(attacker, 10, 7)
        attacker.run("UPDATE ledger_head SET mac = ?", bytes(mac))
    assert problems_of(victim, [one.checkpoint for one in appended]) == []
    assert "it is older, or was cut" in problems_of(victim, [held])[0].what


def test_a_time_before_the_last_entry_s_is_named_even_across_streams(victim: Store, database_url: str):
    record(victim, draft())
    record(victim, draft(OTHER_OPERATION))
    with victim.read() as unit:
        headers = [row.header for row in read_headers(unit)]
    headers[1] = headers[1].replace(b"2026-11-20T15:00", b"2026-11-20T14:00")
    with attacking(database_url) as attacker:
        resign(victim, attacker, headers)
    assert "is before the last entry's" in problems_of(victim)[0].what


def test_an_entry_that_the_server_s_own_key_chained_to_nothing_is_named(victim: Store, database_url: str):
    record(victim, draft())
    record(victim, draft())
    with victim.read() as unit:
        headers = [row.header for row in read_headers(unit)]
    headers[1] = re.sub(b'"previous":"[0-9a-f]{64}"', b'"previous":"%s"' % (b"ab" * 32), headers[1])
    with attacking(database_url) as attacker:
        resign(victim, attacker, headers)
    assert "it does not follow the entry before it in its stream: previous" in problems_of(victim)[0].what


def test_a_field_that_stands_under_another_s_name_in_the_body_is_named():
    """Both lines are whole, and each digest is in the body: only the names are exchanged."""
    fields = [Field("5a" * 16, "by", "chief"), Field("5b" * 16, "who", "chief")]
    body = Body("test", 1, "chief", "5c" * 16, {"by": fields[1].digest, "who": fields[0].digest})
    header = Header(ORIGIN, 0, OPERATION, 1, None, "2026-11-20T15:00:00.000000Z", body.digest)
    keys = {f"operation/{OPERATION}": CompartmentKey(f"operation/{OPERATION}", bytes(32))}
    boxes = seal_parts(Place.of(header, "operation"), body.to_bytes(), {"operation": fields}, keys)
    report = Report()
    contents = Contents(report, Streams("0d" * 16, "0e" * 16), keys, {})
    contents.check(header, [(0, part, box.wrapped_key, box.sealed) for part, box in boxes.items()])
    (problem,) = report.problems
    assert "the SHA-256 of the field" in problem.what

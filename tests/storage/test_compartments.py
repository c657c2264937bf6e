"""Compartments, kept secrets and the founding: keys are made once, kept wrapped, and shown to nobody."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from covertops.ledger.checkpoint import BadCheckpoint
from covertops.storage import tables
from covertops.storage.compartments import NoSuchCompartment, compartment_name
from covertops.storage.errors import AlreadyFounded, Tampered
from covertops.storage.head import read_head
from covertops.storage.kept_secrets import NoSuchSecret, keep_secret, kept_secret
from covertops.storage.log_key import found
from covertops.storage.unit_of_work import Store
from covertops.vault.keys import Keyring
from tests.storage.attacker import attacking
from tests.storage.recording import KEYRING, OPERATION, ORIGIN, draft, opened, record, record_a_little

COUNSEL = [("notes", "a view", "prosecutor"), ("advice", "counsel", "city")]


def test_each_stream_and_each_counsel_has_a_key_of_its_own(store: Store):
    record(store, draft(values=COUNSEL), draft("department"), draft("access"))
    with store.read() as unit:
        names = list(unit.connection.execute(select(tables.compartment.c.name)).scalars())
        keys = unit.compartments.keys(names)
    assert sorted(names) == [
        "access",
        "department",
        f"operation/{OPERATION}",
        f"operation/{OPERATION}/city",
        f"operation/{OPERATION}/prosecutor",
    ]
    assert len({key.key for key in keys.values()}) == 5


@pytest.mark.parametrize(
    ("kind", "part", "name"),
    [
        ("department", "body", "department"),
        ("access", "body", "access"),
        ("operation", "body", f"operation/{OPERATION}"),
        ("operation", "operation", f"operation/{OPERATION}"),
        ("operation", "prosecutor", f"operation/{OPERATION}/prosecutor"),
        ("operation", "city", f"operation/{OPERATION}/city"),
    ],
)
def test_a_part_is_sealed_by_the_compartment_of_its_name(kind: str, part: str, name: str):
    assert compartment_name(kind, OPERATION, part) == name


@pytest.mark.parametrize(("kind", "part"), [("department", "city"), ("access", "operation"), ("operation", "access")])
def test_a_stream_has_no_compartment_for_another_s_part(kind: str, part: str):
    with pytest.raises(ValueError, match=f"the {kind} stream has no part '{part}'"):
        compartment_name(kind, OPERATION, part)


def test_a_key_is_stored_only_wrapped(store: Store):
    record(store, draft())
    with store.read() as unit:
        key = unit.compartments.key(f"operation/{OPERATION}")
        wrapped = unit.connection.execute(select(tables.compartment.c.wrapped_key)).scalars().all()
    assert all(key.key not in one for one in wrapped)


def test_keys_are_read_together_once_and_then_kept_open(store: Store, database_url: str):
    record_a_little(store)
    counted: list[str] = []
    with opened(database_url) as other:
        event.listen(other.engine, "before_cursor_execute", lambda *arguments: counted.append(arguments[2]))
        with other.read() as unit:
            names = list(unit.connection.execute(select(tables.compartment.c.name)).scalars())
            counted.clear()
            assert unit.compartments.keys(names).keys() == set(names)
            assert len(counted) == 1
        with other.read() as unit:
            counted.clear()
            unit.compartments.keys(names)
            assert counted == []


def test_a_compartment_that_was_never_used_has_no_key(store: Store):
    with store.read() as unit:
        assert unit.compartments.existing(["department"]) == {}
        with pytest.raises(NoSuchCompartment, match="department"):
            unit.compartments.key("department")


def test_a_wrapped_key_put_under_another_name_does_not_open(victim: Store, database_url: str):
    record(victim, draft(values=COUNSEL))
    with attacking(database_url) as attacker:
        attacker.run("DELETE FROM compartment WHERE name LIKE '%/city'")
        attacker.run("UPDATE compartment SET name = replace(name, 'prosecutor', 'city')")
    with opened(database_url) as other, other.read() as unit, pytest.raises(Tampered, match="/city does not open"):
        unit.compartments.key(f"operation/{OPERATION}/city")


def test_a_secret_outlives_the_process_and_a_second_one_of_its_name_is_refused(store: Store, database_url: str):
    with store.write() as unit:
        keep_secret(unit.connection, KEYRING, "lookup", b"s" * 32)
    with opened(database_url) as other, other.read() as unit:
        assert kept_secret(unit.connection, KEYRING, "lookup") == b"s" * 32
        with pytest.raises(NoSuchSecret):
            kept_secret(unit.connection, KEYRING, "another")
        with pytest.raises(Tampered, match="the master key is another"):
            kept_secret(unit.connection, Keyring(bytes(32)), "lookup")
    with pytest.raises(IntegrityError), store.write() as unit:
        keep_secret(unit.connection, KEYRING, "lookup", b"t" * 32)


def test_a_ledger_is_founded_once(store: Store):
    with store.read() as unit:
        head, key = read_head(unit.connection), unit.log_key
    with pytest.raises(AlreadyFounded):
        found(store, "another.example/log")
    with store.read() as unit:
        assert read_head(unit.connection) == head
    assert (head.origin, head.size, head.checkpoints) == (ORIGIN, 0, 0)
    assert key.verifier.startswith(f"{ORIGIN}+")
    assert head.streams.department != head.streams.access


def test_of_two_foundings_at_once_one_stands(database_url: str):
    outcomes: list[str] = []

    def try_it():
        with opened(database_url) as store:
            try:
                outcomes.append(found(store, ORIGIN))
            except AlreadyFounded:
                outcomes.append("already")

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (verifier,) = [each for each in outcomes if each != "already"]
    assert len(outcomes) == 4
    with opened(database_url) as store, store.read() as unit:
        assert unit.log_key.verifier == verifier


def test_a_name_that_cannot_be_an_origin_founds_nothing(database_url: str):
    with opened(database_url) as store:
        with pytest.raises(BadCheckpoint, match="origin"):
            found(store, "two words")
        found(store, ORIGIN)


def test_no_key_is_ever_shown(store: Store):
    record(store, draft())
    with store.read() as unit:
        shown = repr(unit.log_key) + repr(unit.compartments.key(f"operation/{OPERATION}")) + repr(store.keyring)
        assert unit.log_key.private.private_bytes_raw().hex() not in shown
    assert "private" not in shown

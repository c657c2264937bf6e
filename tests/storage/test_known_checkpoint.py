"""Comparing the log at start with a checkpoint that somebody else holds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from covertops.ledger.checkpoint import BadCheckpoint, Checkpoint, sign
from covertops.storage.errors import Tampered
from covertops.storage.known_checkpoint import LogIsOlder, check_known_checkpoint
from covertops.storage.unit_of_work import Store
from tests.databases import migrate, sqlite_url
from tests.storage.attacker import attacking
from tests.storage.recording import ORIGIN, draft, founded, opened, problems_of, record, record_a_little


def test_every_checkpoint_that_was_ever_handed_out_agrees(store: Store):
    notes = [one.checkpoint for one in record_a_little(store)]
    with store.read() as unit:
        for note in notes:
            check_known_checkpoint(unit, note)
    assert problems_of(store, notes) == []


def test_a_checkpoint_of_another_key_says_nothing(store: Store):
    record_a_little(store)
    foreign = sign(Checkpoint(ORIGIN, 1, bytes(32)), Ed25519PrivateKey.generate())
    with store.read() as unit, pytest.raises(BadCheckpoint, match="is not signed by"):
        check_known_checkpoint(unit, foreign)
    assert [each.where for each in problems_of(store, [foreign])] == ["known checkpoint"]


def test_an_old_copy_of_the_database_is_older_than_what_was_handed_out(tmp_path: Path):
    url = sqlite_url(tmp_path / "now" / "covertops.sqlite")
    (tmp_path / "now").mkdir()
    migrate(url)
    with founded(url) as store:
        record(store, draft())
    shutil.copytree(tmp_path / "now", tmp_path / "backup")
    with opened(url) as store:
        note = record(store, draft()).checkpoint
    with opened(sqlite_url(tmp_path / "backup" / "covertops.sqlite")) as old:
        with old.read() as unit, pytest.raises(LogIsOlder, match="has 1 entries; a checkpoint of 2 entries"):
            check_known_checkpoint(unit, note)
        assert problems_of(old) == []  # in itself it is a good log
        assert "it is older, or was cut" in problems_of(old, [note])[0].what
        other = record(old, draft(values=[("what", "another history", "operation")])).checkpoint
        with old.read() as unit, pytest.raises(Tampered, match="is not the one that was handed out"):
            check_known_checkpoint(unit, note)
        assert problems_of(old, [other]) == []
        assert "the log's root at this size is another" in problems_of(old, [note])[0].what


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("DELETE FROM checkpoint WHERE number = 2", "is not stored"),
        ("UPDATE checkpoint SET note = 'nothing' WHERE number = 2", "three lines"),
        (
            "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE number = 1) WHERE number = 2",
            "is not the one",
        ),
    ],
)
def test_a_stored_checkpoint_that_is_not_the_one_handed_out_is_found(
    victim: Store, database_url: str, change: str, words: str
):
    note = record_a_little(victim)[1].checkpoint
    with attacking(database_url) as attacker:
        attacker.run(change)
    with victim.read() as unit, pytest.raises(Tampered, match=words):
        check_known_checkpoint(unit, note)

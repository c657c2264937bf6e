"""Captures: exact bytes back, custody once an hour, nothing left of what did not arrive."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest

from covertops.actions import evidence
from covertops.actions.housekeeping import put_away
from covertops.actions.operations import NotFound
from covertops.domain.refusals import Missing, Refusal
from covertops.domain.vocabulary import Stage, practice
from covertops.storage.errors import StorageBusy, StorageError, StorageFailed
from covertops.storage.files import ArrivalBroken
from covertops.storage.unit_of_work import Store
from tests.playing import Town

GIVEN = {"name": "page.png", "original": "original"}


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_000_001])
def test_a_capture_comes_back_byte_for_byte(town: Town, size: int) -> None:
    content = bytes(place * 7 % 251 for place in range(1000)) * (size // 1000 + 1)
    operation_id = town.bring(Stage.ACTIVE)
    number = town.capture(operation_id, content[:size])
    who = town.people["supervisor-1"]
    with evidence.open_capture(town.house, operation_id, who, number, town.clock()).file as stored:
        assert b"".join(stored.read()) == content[:size]


def test_opening_a_capture_is_on_record_once_an_hour_for_each_person(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    number = town.capture(operation_id, b"capture")
    first = town.operation(operation_id).last_number

    def opened_by(person: str) -> int:
        now = town.clock.advance(timedelta(minutes=1))
        evidence.open_capture(town.house, operation_id, town.people[person], number, now).file.close()
        return town.operation(operation_id).last_number - first

    counts = [opened_by(one) for one in ("supervisor-1", "supervisor-1", "investigator-1")]
    town.clock.advance(timedelta(hours=1))
    assert [*counts, opened_by("supervisor-1")] == [1, 1, 2, 3]


def test_a_stream_that_breaks_leaves_no_file_and_no_entry(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    before = town.operation(operation_id).last_number

    def breaking() -> Iterator[bytes]:
        yield b"x" * 100_000
        raise ConnectionResetError("gone")

    with pytest.raises(ArrivalBroken):
        evidence.receive(
            town.house, operation_id, town.people["investigator-1"], breaking(), 200_000, GIVEN, town.clock()
        )
    assert list(town.house.files.ids()) == []
    assert town.operation(operation_id).last_number == before


def test_a_stream_shorter_than_announced_is_no_capture(town: Town) -> None:
    operation_id, who = town.bring(Stage.ACTIVE), town.people["investigator-1"]
    with pytest.raises(ArrivalBroken):
        evidence.receive(town.house, operation_id, who, [b"abc"], 4, GIVEN, town.clock())
    assert list(town.house.files.ids()) == []


def test_nothing_is_received_before_activation_not_even_read(town: Town) -> None:
    operation_id, who = town.bring(Stage.AUTHORIZED), town.people["investigator-1"]
    taken: list[int] = []

    def reading() -> Iterator[bytes]:
        taken.append(1)
        yield b"x"

    with pytest.raises(Refusal):
        evidence.receive(town.house, operation_id, who, reading(), 1, GIVEN, town.clock())
    assert taken == []


@pytest.mark.parametrize("person", ["investigator-2", "prosecutor", "administrator"])
def test_a_capture_opens_only_for_those_on_the_operation(town: Town, person: str) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    number = town.capture(operation_id, b"capture")
    with pytest.raises(NotFound):
        evidence.open_capture(town.house, operation_id, town.people[person], number, town.clock())


def test_an_entry_that_is_no_capture_does_not_open_as_one(town: Town) -> None:
    operation_id = town.bring(Stage.ACTIVE)
    with pytest.raises(NotFound):
        evidence.open_capture(town.house, operation_id, town.people["supervisor-1"], 1, town.clock())


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "image/png"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"<!DOCTYPE html><html>", "text/html"),
        (b"WARC/1.1\r\n", "application/warc"),
        (b"just words", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_type_of_a_capture_is_found_from_its_content(head: bytes, expected: str) -> None:
    assert evidence.media_type(head) == expected


class Unforeseen(Exception):
    """What nobody expects while a capture is put on record."""


@pytest.mark.parametrize(
    "failure", [Refusal(Missing("x", "No", practice(), "Ask.")), StorageBusy("busy"), Unforeseen()]
)
def test_a_file_that_could_not_be_put_on_record_is_gone_and_can_be_sent_again(
    town: Town, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    operation_id, who = town.bring(Stage.ACTIVE), town.people["investigator-1"]
    before = town.operation(operation_id).last_number

    def send() -> int:
        return evidence.receive(
            town.house, operation_id, who, [b"content"], 7, GIVEN, town.clock(), file_id="ab" * 16
        ).number

    def fails(*_: object) -> None:
        raise failure

    with monkeypatch.context() as broken:
        broken.setattr(evidence, "record", fails)
        with pytest.raises(type(failure)):
            send()
    assert list(town.house.files.ids()) == []
    assert town.operation(operation_id).last_number == before
    assert send() == before + 1


@pytest.mark.parametrize(("failure", "stays"), [(StorageBusy("busy"), False), (StorageFailed("unknown"), True)])
def test_a_file_whose_commit_failed_stays_only_where_its_entry_may_stand(
    town: Town, monkeypatch: pytest.MonkeyPatch, failure: StorageError, stays: bool
) -> None:
    operation_id, who = town.bring(Stage.ACTIVE), town.people["investigator-1"]

    def fails(*_: object) -> None:
        raise failure

    with monkeypatch.context() as broken:
        broken.setattr(Store, "_commit", fails)
        with pytest.raises(type(failure)):
            evidence.receive(town.house, operation_id, who, [b"content"], 7, GIVEN, town.clock(), file_id="ab" * 16)
    assert list(town.house.files.ids()) == (["ab" * 16] if stays else [])
    old = (town.clock() - timedelta(days=3)).timestamp()
    for path in town.house.files.folder.rglob("ab" * 16):
        os.utime(path, (old, old))
    put_away(town.house, town.clock())
    assert list(town.house.files.ids()) == []

"""What an attorney wrote: sealed under that attorney's own key, read by few, in no package, swept by nobody."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import timedelta

import pytest

from covertops.actions import writings
from covertops.actions.folding import entries
from covertops.actions.housekeeping import put_away
from covertops.actions.operations import NotFound
from covertops.domain.declaration import WITHHELD
from covertops.domain.entries.counsel import CityAttorneyWrote, ProsecutorWrote
from covertops.domain.refusals import NotYours, Refusal
from covertops.domain.vocabulary import Office, Stage
from covertops.vault.envelope import SealBroken
from tests.actions.test_packages import fetched, release
from tests.playing import PROMISE, Town

BOTH = (Office.PROSECUTING_ATTORNEY, Office.CITY_ATTORNEY)
FIELDS = {Office.PROSECUTING_ATTORNEY: "prosecutor_writings", Office.CITY_ATTORNEY: "city_attorney_writings"}


def letter(office: Office) -> bytes:
    words = f"%PDF-1.7 The letter of the {office.value}, for the client only. "
    return words.encode().ljust(1_234_567 + len(office.value), b".")


def attach(town: Town, operation_id: str, office: Office, person: str = "supervisor-1", file_id: str = "") -> int:
    """Attach a letter of an attorney; its entry's number."""
    town.clock.advance(timedelta(minutes=1))
    content = letter(office)
    chunks = [content[start : start + 100_000] for start in range(0, len(content), 100_000)]
    return writings.receive(
        town.house,
        operation_id,
        town.people[person],
        office,
        chunks,
        len(content),
        {"name": f"Letter of the {office.value}.pdf"},
        file_id=file_id or hashlib.sha256(office.value.encode()).hexdigest()[:32],
        clock=town.clock,
    ).number


def with_letters(town: Town) -> tuple[str, dict[Office, int]]:
    """An authorized operation with a letter of each attorney attached to the contact with that attorney."""
    operation_id = town.bring(Stage.AUTHORIZED)
    numbers = {office: attach(town, operation_id, office) for office in BOTH}
    grant = town.operation(operation_id).grant
    assert grant is not None
    for office, number in numbers.items():
        answers = town.consultation(office.value, grant.ref.number) | {FIELDS[office]: [str(number)]}
        town.act("log-consultation", operation_id, "supervisor-1", answers)
    return operation_id, numbers


def opened(town: Town, operation_id: str, person: str, number: int) -> bytes:
    with writings.open_for(town.house, operation_id, town.people[person], number, town.clock()).file as stored:
        return b"".join(stored.read())


def test_a_letter_is_read_by_those_only_who_may_read_the_advice(town: Town) -> None:
    operation_id, numbers = with_letters(town)
    for office, number in numbers.items():
        for person in ("supervisor-1", "supervisor-2", "chief"):
            assert opened(town, operation_id, person, number) == letter(office)
        with pytest.raises(NotYours):
            opened(town, operation_id, "investigator-1", number)
        for person in ("investigator-2", "prosecutor", "administrator", "auditor"):
            with pytest.raises(NotFound):
                opened(town, operation_id, person, number)


def test_each_letter_and_its_fields_are_sealed_under_its_own_attorneys_key(town: Town) -> None:
    operation_id, numbers = with_letters(town)
    with town.house.store.read() as unit:
        keys = {part: unit.compartments.key(f"operation/{operation_id}/{part}") for part in ("prosecutor", "city")}
        own = unit.compartments.key(f"operation/{operation_id}")
        plain = entries(unit, operation_id, numbers.values())
        whole = entries(unit, operation_id, numbers.values(), counsel=True)
    by_office = dict(zip(BOTH, keys.values(), strict=True))
    for office, number in numbers.items():
        hidden = ("name", "file", "size", "sha256", "segment_root", "media_type")
        assert {getattr(plain[number].entry, name) for name in hidden} == {WITHHELD}
        kept = whole[number].entry
        assert isinstance(kept, ProsecutorWrote | CityAttorneyWrote)
        assert (kept.media_type, kept.sha256) == ("application/pdf", hashlib.sha256(letter(office)).hexdigest())
        town.house.files.open(kept.file, {by_office[office].name: by_office[office]}.__getitem__).close()
        for other in (own, *(key for key in keys.values() if key is not by_office[office])):
            with pytest.raises(SealBroken):
                town.house.files.open(kept.file, {other.name: other}.__getitem__).close()


def test_a_letter_is_in_no_package_and_shows_neither_hash_nor_size_nor_type(town: Town) -> None:
    operation_id, numbers = with_letters(town)
    town.act("make-promise", operation_id, "investigator-1", PROMISE)
    town.act("activate", operation_id, "supervisor-1", {"note": ""})
    data = fetched(town, release(town, operation_id))
    for office in BOTH:
        content = letter(office)
        assert content[:60] not in data
        for shown in (f"Letter of the {office.value}.pdf", hashlib.sha256(content).hexdigest(), str(len(content))):
            assert shown.encode() not in data
    assert b"application/pdf" not in data
    listed = json.loads(data[data.index(b'{\n "counts"') :].partition(b"\n}\n")[0] + b"\n}")
    assert [one["entry"] for one in listed["files"]] == list(numbers.values())
    hidden = {(row["entry"], row["field"]) for row in listed["withheld"]}
    assert {
        (number, name) for number in numbers.values() for name in ("file", "size", "sha256", "media_type")
    } <= hidden


def test_a_letter_is_no_file_for_the_sweep_and_one_without_an_entry_is(town: Town) -> None:
    operation_id, numbers = with_letters(town)
    with town.house.store.read() as unit:
        key = unit.compartments.key(f"operation/{operation_id}/city")
    town.house.files.receive(key, [b"cut off"], "ab" * 16)
    old = (town.clock() - timedelta(days=3)).timestamp()
    for path in town.house.files.folder.rglob("*"):
        if path.is_file():
            os.utime(path, (old, old))
    done = put_away(town.house, town.clock())
    assert (done.files, done.alarms) == (1, ())
    for office, number in numbers.items():
        assert opened(town, operation_id, "chief", number) == letter(office)
    assert town.check().files == 2


def test_opening_a_letter_is_on_record_once_an_hour(town: Town) -> None:
    operation_id, numbers = with_letters(town)
    number, before = numbers[BOTH[0]], town.operation(operation_id).last_number
    for _ in range(2):
        opened(town, operation_id, "chief", number)
    assert town.operation(operation_id).last_number == before + 1


def test_only_the_assigned_supervisor_attaches_and_a_letter_sent_twice_is_one(town: Town) -> None:
    operation_id = town.bring(Stage.AUTHORIZED)
    for person in ("chief", "investigator-1", "supervisor-2"):
        with pytest.raises(Refusal):
            attach(town, operation_id, BOTH[0], person)
    assert list(town.house.files.ids()) == []
    first = attach(town, operation_id, BOTH[0])
    assert attach(town, operation_id, BOTH[0]) == first
    assert len(list(town.house.files.ids())) == 1


def test_a_letter_of_one_attorney_is_not_attached_to_the_contact_with_the_other(town: Town) -> None:
    operation_id = town.bring(Stage.AUTHORIZED)
    number = attach(town, operation_id, Office.CITY_ATTORNEY)
    grant = town.operation(operation_id).grant
    assert grant is not None
    answers = town.consultation("prosecuting attorney", grant.ref.number) | {"prosecutor_writings": [str(number)]}
    with pytest.raises(Refusal, match="Attached writing: no such entry"):
        town.act("log-consultation", operation_id, "supervisor-1", answers)

"""What leaves and what stays: by the rules for the audience, by the preparer's lines, and never unseen."""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import Any

import pytest

from covertops.domain.vocabulary import Audience, Office, Stage
from covertops.export.content import CannotCopy, HeldEntry, copy_entry
from covertops.ledger.entry import Field
from tests.domain.canned import consultation
from tests.domain.playing import make_world, play
from tests.domain.world import SUPERVISOR_1, World
from tests.export.making import PNG, Made, busy_world, make_package, number_of, released, small_package, written

PROSECUTORS_ADVICE = "CANARY-PROSECUTOR-7f3a"
CITY_ADVICE = "CANARY-CITY-91bc"
SMALL = ((PNG, "image/png"), (b"", "application/x-unknown"))


def files(made: Made) -> dict[str, bytes]:
    """Every file of the bag and the one beside it, by its path below the package's folder."""
    root = f"{made.plan.reference}/{made.plan.reference}.bag/"
    return {one.path.removeprefix(root): b"".join(one.chunks()) for one in made.plan.members}


def document(made: Made, path: str) -> Any:
    """A JSON file of the bag."""
    return json.loads(files(made)[path])


def advised_world() -> World:
    """An active operation in whose consultations both attorneys' advice was written down."""
    world = make_world(Stage.AUTHORIZED)
    for office, field, text in (
        (Office.PROSECUTING_ATTORNEY, "prosecutor_advice", PROSECUTORS_ADVICE),
        (Office.CITY_ATTORNEY, "city_attorney_advice", CITY_ADVICE),
    ):
        world = play(world, "log-consultation", SUPERVISOR_1, consultation(world, office, **{field: text}))
    for officer in world.operation.officers:
        world = play(world, "make-promise", officer)
    return play(world, "activate", SUPERVISOR_1)


def test_advice_is_in_no_byte_of_a_prosecutors_package() -> None:
    made = make_package(advised_world())
    whole = b"".join(made.plan.stream())
    assert PROSECUTORS_ADVICE.encode() not in whole
    assert CITY_ADVICE.encode() not in whole
    # Base64 has three ways to write a word, by where it begins.
    for word in (PROSECUTORS_ADVICE, CITY_ADVICE):
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + word.encode())[4:-4]
            assert encoded not in whole


def test_withheld_advice_is_listed_with_its_class_its_ground_and_its_digest() -> None:
    made = make_package(advised_world())
    rows = document(made, "data/disclosure/withheld.json")["withheld"]
    held, _ = written(made.world)
    number = number_of(made, "ConsultationLogged")
    assert {(row["entry"], row["field"], row["class"]) for row in rows if row["entry"] == number} == {
        (number, "prosecutor_advice", "prosecutor work product"),
        (number, "prosecutor_writings", "prosecutor work product"),
        (number, "city_attorney_advice", "city attorney advice"),
        (number, "city_attorney_writings", "city attorney advice"),
    }
    for row in rows:
        assert row["ground"]
        assert row["digest"] == held[row["entry"] - 1].body.fields[row["field"]]


def test_what_is_withheld_is_counted_alike_everywhere() -> None:
    made = make_package(busy_world(SMALL), "1 subject: not charged", "16 counterpart: not involved")
    listed = document(made, "data/disclosure/withheld.json")
    rows = list(csv.DictReader(io.StringIO(files(made)["data/disclosure/withheld.csv"].decode(), newline="")))
    assert listed["counts"]["fields"] == len(listed["withheld"]) == len(rows) == 10
    assert listed["counts"]["entries"] == listed["counts"]["files"] == 0
    assert sum(listed["counts"]["by_ground"].values()) == 10
    start = next(data for path, data in files(made).items() if path.endswith("START-HERE.txt")).decode()
    assert "Withheld:     10 fields, 0 whole entries, 0 files" in start


def test_a_preparers_line_withholds_the_field_in_every_file() -> None:
    shown, hidden = small_package(), make_package(busy_world(SMALL), "16 counterpart: a person not involved")
    assert any(b"seller_example" in data for data in files(shown).values())
    assert not any(b"seller_example" in data for data in files(hidden).values())
    assert b"Withheld: a person not involved" in files(hidden)["data/records/record.html"]


def test_a_line_for_a_list_withholds_every_item_and_one_for_an_item_that_item() -> None:
    every = make_package(busy_world(SMALL), "1 officers: not named yet")
    one = make_package(busy_world(SMALL), "1 officers/1: not named yet")
    assert [row["field"] for row in document(every, "data/disclosure/withheld.json")["withheld"]][:2] == [
        "officers/0",
        "officers/1",
    ]
    rows = document(one, "data/disclosure/withheld.json")["withheld"]
    assert [row["field"] for row in rows if row["entry"] == 1] == ["officers/1"]


@pytest.mark.parametrize("field", ["file", "sha256", "size", "media_type", "segment_root"])
def test_a_withheld_file_shows_neither_hash_nor_size_nor_type_nor_name(field: str) -> None:
    world = busy_world(SMALL)
    number = next(it.number for it in world.entries if type(it.entry).__name__ == "EvidencePreserved")
    made = make_package(world, f"{number} {field}: shows a child")
    entry = made.world.entries[number - 1].entry
    found = files(made)
    assert not any(path.startswith("data/evidence/EV-0001") for path in found)
    for secret in (entry.sha256, entry.segment_root, entry.file, str(entry.size), "page.png", "image/png"):  # type: ignore[attr-defined]
        for path, data in found.items():
            assert secret.encode() not in data or b"EV-0002" in data, (secret, path)
    listed = document(made, "data/inventory/inventory.json")
    assert (listed["disclosed"], listed["withheld"]) == (1, 1)
    assert listed["items"][0].keys() == {"number", "entry", "status", "ground", "custody"}
    assert listed["items"][0]["ground"] == "shows a child"
    rows = document(made, "data/disclosure/withheld.json")
    assert {row["field"] for row in rows["withheld"] if row["entry"] == number} == {
        "file",
        "name",
        "size",
        "sha256",
        "media_type",
        "segment_root",
    }
    assert rows["files"] == [{"number": "EV-0001", "entry": number, "ground": "shows a child"}]


def test_a_withheld_name_alone_leaves_the_file_in_the_package() -> None:
    world = busy_world(SMALL)
    number = next(it.number for it in world.entries if type(it.entry).__name__ == "EvidencePreserved")
    made = make_package(world, f"{number} name: names a child")
    item = document(made, "data/inventory/inventory.json")["items"][0]
    assert (item["status"], item["name"], item["path"]) == (
        "disclosed",
        None,
        "data/evidence/EV-0001/EV-0001.png",
    )


def test_an_entry_withheld_as_a_whole_leaves_its_header_and_nothing_else() -> None:
    made = make_package(busy_world(SMALL), "16 entry: another case")
    entry = json.loads(files(made)["data/log/entries/000016.json"])
    assert entry.keys() == {"header", "fields"}
    assert entry["fields"] == []
    row = next(row for row in document(made, "data/disclosure/withheld.json")["withheld"] if row["entry"] == 16)
    held, _ = written(made.world)
    assert row == {
        "what": "entry",
        "entry": 16,
        "kind": None,
        "field": None,
        "label": None,
        "class": None,
        "ground": "another case",
        "digest": held[15].header.body,
    }


def test_a_field_that_is_to_be_disclosed_and_was_not_opened_makes_no_copy() -> None:
    held, _ = written(released(make_world(Stage.ACTIVE)))
    kept = {name: data for name, data in held[0].fields.items() if name != "offense"}
    with pytest.raises(CannotCopy, match="entry 1: offense is to be disclosed and was not opened"):
        copy_entry(HeldEntry(held[0].header, held[0].body, kept), Audience.PROSECUTOR, ())


def test_a_copied_field_keeps_its_exact_bytes() -> None:
    held, _ = written(released(make_world(Stage.ACTIVE)))
    copied = copy_entry(held[0], Audience.PROSECUTOR, ())
    assert {Field.from_bytes(one).name: one for one in copied.fields} == held[0].fields

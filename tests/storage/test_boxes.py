"""A box opens in its own place only: stream, number, part and body digest are each part of what it is bound to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from covertops.storage.boxes import Place, WrongBoxes, open_part, seal_parts
from covertops.vault.envelope import SealBroken
from covertops.vault.keys import CompartmentKey
from tests.storage.recording import OPERATION

# Every stream of the department has one compartment, so that here the key alone tells no two places apart.
PLACE = Place(stream="0d" * 16, kind="department", number=7, body_digest="ab" * 32)
KEYS = {"department": CompartmentKey("department", bytes(range(32)))}


def test_a_box_opens_where_it_was_sealed():
    boxes = seal_parts(PLACE, b"the body", {"department": []}, KEYS)
    assert open_part(PLACE, "body", boxes["body"], KEYS) == b"the body"
    assert open_part(PLACE, "department", boxes["department"], KEYS) == b""


@pytest.mark.parametrize(
    ("elsewhere", "part"),
    [
        (replace(PLACE, stream="0e" * 16), "body"),
        (replace(PLACE, number=8), "body"),
        (replace(PLACE, body_digest="ac" * 32), "body"),
        (PLACE, "department"),
    ],
    ids=["stream", "number", "body digest", "part"],
)
def test_a_box_does_not_open_anywhere_else(elsewhere: Place, part: str):
    box = seal_parts(PLACE, b"the body", {}, KEYS)["body"]
    with pytest.raises(SealBroken):
        open_part(elsewhere, part, box, KEYS)


def test_what_a_box_is_bound_to_is_written_as_it_always_was():
    """A box that was sealed by an earlier version opens only if these words and their order never change."""
    assert PLACE.meaning("body") == f"covertops/box/1|{'0d' * 16}|7|body|{'ab' * 32}".encode()


def test_a_box_without_its_compartment_s_key_is_said_to_lack_it():
    box = seal_parts(PLACE, b"the body", {}, KEYS)["body"]
    with pytest.raises(WrongBoxes, match="its box body: the key of compartment department is missing"):
        open_part(PLACE, "body", box, {})


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("department", ["body"]),
        ("department", ["department"]),
        ("department", ["body", "department", "city"]),
        ("access", ["body", "department"]),
        ("operation", ["body", "city", "prosecutor"]),
        ("operation", []),
    ],
)
def test_an_entry_has_its_body_its_stream_s_own_part_and_no_strange_one(kind: str, parts: list[str]):
    with pytest.raises(WrongBoxes, match="its boxes: found"):
        Place(OPERATION, kind, 1, "ab" * 32).check_parts(parts)


@pytest.mark.parametrize("parts", [["body", "operation"], ["body", "operation", "city", "prosecutor"]])
def test_counsel_s_parts_may_be_there_or_not(parts: list[str]):
    place = Place(OPERATION, "operation", 1, "ab" * 32)
    place.check_parts(parts)
    assert set(parts) <= set(place.parts)

"""Boxes and texts open for their own key and meaning, and for nothing else."""

from __future__ import annotations

import traceback
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covertops.vault.envelope import associated_data, close_envelope, open_envelope
from covertops.vault.keys import CompartmentKey
from covertops.vault.sealing import SealBroken, SealedBox, open_box, open_text, seal, seal_text

OPERATION = CompartmentKey("operation/1", bytes(range(32)))
PROSECUTOR = CompartmentKey("prosecutor/1", bytes(range(32, 64)))
SAME_KEY_OTHER_NAME = CompartmentKey("operation/2", OPERATION.key)


def flipped(data: bytes) -> Iterator[bytes]:
    """Yield `data` with each single bit turned over."""
    for position in range(len(data) * 8):
        altered = bytearray(data)
        altered[position // 8] ^= 1 << position % 8
        yield bytes(altered)


@given(st.binary(max_size=2000), st.binary(max_size=100))
def test_a_box_gives_back_what_was_sealed_in_it(plaintext: bytes, meaning: bytes) -> None:
    assert open_box(OPERATION, seal(OPERATION, plaintext, meaning), meaning) == plaintext


@given(st.text(max_size=500), st.binary(max_size=100))
def test_a_text_comes_back_as_it_was(text: str, meaning: bytes) -> None:
    assert open_text(OPERATION, seal_text(OPERATION, text, meaning), meaning) == text


def test_a_box_opens_for_no_other_meaning() -> None:
    box = seal(OPERATION, b"plain", b"entry 7 body")
    for meaning in (b"entry 8 body", b"entry 7 bod", b"entry 7 body ", b""):
        with pytest.raises(SealBroken, match="found a tag that does not match"):
            open_box(OPERATION, box, meaning)


@pytest.mark.parametrize("other", [PROSECUTOR, SAME_KEY_OTHER_NAME], ids=["other key", "other name"])
def test_a_box_and_a_text_open_for_no_other_compartment(other: CompartmentKey) -> None:
    with pytest.raises(SealBroken):
        open_box(other, seal(OPERATION, b"plain", b"m"), b"m")
    with pytest.raises(SealBroken):
        open_text(other, seal_text(OPERATION, "plain", b"m"), b"m")


def test_two_boxes_cannot_exchange_their_ciphertexts_or_their_keys() -> None:
    first, second = seal(OPERATION, b"first", b"m"), seal(OPERATION, b"second", b"m")
    for mixed in (SealedBox(first.wrapped_key, second.sealed), SealedBox(second.wrapped_key, first.sealed)):
        with pytest.raises(SealBroken):
            open_box(OPERATION, mixed, b"m")


def test_two_whole_boxes_cannot_change_places() -> None:
    first, second = seal(OPERATION, b"first", b"entry 1"), seal(OPERATION, b"second", b"entry 2")
    with pytest.raises(SealBroken):
        open_box(OPERATION, second, b"entry 1")
    with pytest.raises(SealBroken):
        open_box(OPERATION, first, b"entry 2")


def test_the_content_is_bound_to_its_meaning_and_not_only_the_key_to_it() -> None:
    box = seal(OPERATION, b"plain", b"entry 1")
    name = OPERATION.name.encode()
    own_key = open_envelope(OPERATION.cipher, box.wrapped_key, b"covertops/box-key/1", name, b"entry 1")
    moved = close_envelope(OPERATION.cipher, own_key, b"covertops/box-key/1", name, b"entry 2")
    with pytest.raises(SealBroken, match="kind covertops/box/1"):
        open_box(OPERATION, SealedBox(moved, box.sealed), b"entry 2")


def test_every_bit_of_a_box_matters() -> None:
    box = seal(OPERATION, b"Profile opened under section IV.D.", b"m")
    for wrapped_key in flipped(box.wrapped_key):
        with pytest.raises(SealBroken):
            open_box(OPERATION, SealedBox(wrapped_key, box.sealed), b"m")
    for sealed in flipped(box.sealed):
        with pytest.raises(SealBroken):
            open_box(OPERATION, SealedBox(box.wrapped_key, sealed), b"m")


def test_every_bit_of_a_sealed_text_matters() -> None:
    for sealed in flipped(seal_text(OPERATION, "a draft", b"m")):
        with pytest.raises(SealBroken):
            open_text(OPERATION, sealed, b"m")


def test_every_shortened_box_is_refused() -> None:
    box = seal(OPERATION, b"plain", b"m")
    for length in range(len(box.sealed)):
        with pytest.raises(SealBroken):
            open_box(OPERATION, SealedBox(box.wrapped_key, box.sealed[:length]), b"m")
    for length in range(len(box.wrapped_key)):
        with pytest.raises(SealBroken):
            open_box(OPERATION, SealedBox(box.wrapped_key[:length], box.sealed), b"m")


def test_a_text_is_not_a_box_and_a_box_key_is_not_a_text() -> None:
    box = seal(OPERATION, b"plain", b"m")
    with pytest.raises(SealBroken):
        open_text(OPERATION, box.wrapped_key, b"m")


def test_the_same_content_sealed_twice_is_never_the_same_bytes() -> None:
    boxes = [seal(OPERATION, b"plain", b"m") for _ in range(50)]
    assert len({box.sealed for box in boxes} | {box.wrapped_key for box in boxes}) == 100
    assert len({seal_text(OPERATION, "plain", b"m") for _ in range(50)}) == 50


def test_a_text_that_utf_8_cannot_hold_is_refused_and_not_quoted() -> None:
    with pytest.raises(ValueError, match="holds a lone surrogate") as caught:
        seal_text(OPERATION, "the canary \ud800", b"m")
    assert caught.value.__suppress_context__
    assert "canary" not in str(caught.value)


def test_a_broken_seal_says_what_was_attempted_found_and_expected() -> None:
    with pytest.raises(SealBroken) as caught:
        open_text(OPERATION, b"\x02" + bytes(40), b"m")
    assert str(caught.value) == (
        "open an envelope of kind covertops/text/1: found 41 bytes that begin with 02; "
        "expected at least 29 bytes that begin with version 01"
    )


def test_no_key_is_in_a_traceback_of_a_broken_box_even_with_its_local_variables() -> None:
    box = seal(OPERATION, b"plain", b"m")
    own_key = open_envelope(OPERATION.cipher, box.wrapped_key, b"covertops/box-key/1", OPERATION.name.encode(), b"m")
    with pytest.raises(SealBroken) as caught:
        open_box(OPERATION, SealedBox(box.wrapped_key, box.sealed[:-1]), b"m")
    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    in_the_vault = [str(frame.locals) for frame in report.stack if "tests" not in frame.filename]
    assert in_the_vault
    for secret in (OPERATION.key, own_key):
        assert not [frame for frame in in_the_vault if repr(secret)[2:-1] in frame or secret.hex() in frame]


@given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
def test_two_different_meanings_never_give_the_same_associated_data(one: list[bytes], other: list[bytes]) -> None:
    assert (associated_data(b"kind", *one) == associated_data(b"kind", *other)) == (one == other)

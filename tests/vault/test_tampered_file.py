"""Whatever was done to a stored file since it was written, it does not open or does not read on."""

from __future__ import annotations

import io
import random
from itertools import combinations

import pytest

from covertops.ledger.merkle import Segments
from covertops.vault.envelope import SealBroken
from covertops.vault.file_format import SEALED_SEGMENT_BYTES, SEGMENT_BYTES, new_file
from covertops.vault.keys import CompartmentKey
from covertops.vault.stored_file import StoredFile
from tests.vault.sealed import (
    BORDERS,
    FILE_ID,
    FILES,
    FOUR_SEGMENTS,
    HEADER_BYTES,
    KEY,
    MIB,
    OTHER_ID,
    OTHER_KEY,
    content_of,
    opened,
    read_all,
    sealed,
    taken_apart,
)


def test_every_bit_of_a_small_file_matters() -> None:
    data = sealed(content_of(1200))[1]
    refused = 0
    for position in range(len(data) * 8):
        altered = bytearray(data)
        altered[position // 8] ^= 1 << position % 8
        with pytest.raises(SealBroken):
            read_all(bytes(altered))
        refused += 1
    assert refused == len(data) * 8 >= 10_000


def test_a_bit_turned_over_anywhere_in_a_large_file_is_found() -> None:
    data = sealed(FOUR_SEGMENTS)[1]
    chance = random.Random(2026)
    for _ in range(100):
        altered = bytearray(data)
        altered[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        with pytest.raises(SealBroken):
            read_all(bytes(altered))


@pytest.mark.parametrize("number", range(4))
def test_a_dropped_segment_is_refused(number: int) -> None:
    header, segments = taken_apart(sealed(FOUR_SEGMENTS)[1])
    del segments[number]
    with pytest.raises(SealBroken):
        read_all(header + b"".join(segments))


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("place", range(5))
def test_a_repeated_segment_is_refused_wherever_it_is_put(number: int, place: int) -> None:
    header, segments = taken_apart(sealed(FOUR_SEGMENTS)[1])
    segments.insert(place, segments[number])
    with pytest.raises(SealBroken):
        read_all(header + b"".join(segments))


@pytest.mark.parametrize(("one", "other"), list(combinations(range(4), 2)))
def test_two_segments_cannot_change_places(one: int, other: int) -> None:
    header, segments = taken_apart(sealed(FOUR_SEGMENTS)[1])
    segments[one], segments[other] = segments[other], segments[one]
    with pytest.raises(SealBroken):
        read_all(header + b"".join(segments))


@pytest.mark.parametrize("size", BORDERS)
def test_a_file_cut_anywhere_does_not_open(size: int) -> None:
    data = FILES[size]
    header_cuts = range(HEADER_BYTES + 16) if size < 2 else range(0, HEADER_BYTES + 16, 30)
    segment_ends = range(HEADER_BYTES, len(data), SEALED_SEGMENT_BYTES)
    near = {end + step for end in segment_ends for step in (-1, 0, 1, 15, 16, 17)} | {len(data) - 1, len(data) - 16}
    for length in sorted(set(header_cuts) | {one for one in near if 0 <= one < len(data)}):
        with pytest.raises(SealBroken):
            opened(data[:length])


@pytest.mark.parametrize("length", [22, 37, 39, 81, 88, 149])
def test_a_file_that_ends_within_its_header_is_told_as_such(length: int) -> None:
    with pytest.raises(SealBroken, match="found the end of the file within its header; expected a whole header"):
        opened(FILES[1][:length])


@pytest.mark.parametrize("more", [b"\0", bytes(16), bytes(SEALED_SEGMENT_BYTES)])
@pytest.mark.parametrize("size", BORDERS)
def test_a_file_with_anything_after_its_end_does_not_open(size: int, more: bytes) -> None:
    with pytest.raises(SealBroken):
        opened(FILES[size] + more)


def test_a_segment_of_another_file_is_refused_even_at_the_same_place() -> None:
    header, segments = taken_apart(sealed(FOUR_SEGMENTS)[1])
    _other, theirs = taken_apart(sealed(FOUR_SEGMENTS, file_id=OTHER_ID)[1])
    for number in range(4):
        mixed = [*segments[:number], theirs[number], *segments[number + 1 :]]
        with pytest.raises(SealBroken):
            read_all(header + b"".join(mixed))


def test_a_segment_is_bound_to_the_id_and_not_only_to_the_key_of_its_file() -> None:
    header, cipher = new_file(KEY, FILE_ID)
    out = bytearray(13 + 16)
    cipher.seal_into(0, True, b"x" * 13, out)
    renamed = type(header)(OTHER_ID, header.compartment, header.nonce_prefix, header.wrapped_key)
    with pytest.raises(SealBroken):
        read_all(renamed.to_bytes() + bytes(out))


def test_the_header_of_one_file_does_not_open_the_segments_of_another() -> None:
    header, _segments = taken_apart(sealed(FOUR_SEGMENTS, file_id=OTHER_ID)[1])
    _header, segments = taken_apart(sealed(FOUR_SEGMENTS)[1])
    with pytest.raises(SealBroken):
        opened(header + b"".join(segments))


def test_a_file_does_not_open_with_another_key_or_as_of_another_compartment() -> None:
    with pytest.raises(SealBroken):
        opened(FILES[1], OTHER_KEY)
    renamed = FILES[1].replace(b"operation/7f", b"operation/80")
    with pytest.raises(SealBroken):
        opened(renamed)


def test_a_compartment_nobody_here_knows_is_a_broken_seal() -> None:
    keys: dict[str, CompartmentKey] = {}
    with pytest.raises(SealBroken, match="found a compartment unknown here; expected one of our compartments"):
        StoredFile.open(io.BytesIO(FILES[1]), keys.__getitem__, Segments)


def test_an_empty_last_segment_after_others_is_refused_even_if_it_was_sealed_with_the_key() -> None:
    header, cipher = new_file(KEY, FILE_ID)
    full, empty = bytearray(SEALED_SEGMENT_BYTES), bytearray(16)
    cipher.seal_into(0, False, bytes(SEGMENT_BYTES), full)
    cipher.seal_into(1, True, b"", empty)
    with pytest.raises(SealBroken, match="found an empty last segment; expected none after others"):
        opened(header.to_bytes() + bytes(full) + bytes(empty))


def test_the_pieces_read_before_a_broken_segment_are_what_was_stored() -> None:
    header, segments = taken_apart(sealed(FOUR_SEGMENTS)[1])
    pieces = opened(header + segments[0] + segments[1] + bytes(SEALED_SEGMENT_BYTES) + segments[3]).read()
    assert next(pieces) + next(pieces) == FOUR_SEGMENTS[: 2 * MIB]
    with pytest.raises(SealBroken, match=f"open segment 2 of the stored file {FILE_ID}: found a tag that does not"):
        next(pieces)

"""A stored file gives back what was written, any part of it, whatever the disk underneath does."""

from __future__ import annotations

import hashlib
import io
import threading
import tracemalloc

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from covertops.ledger.merkle import EMPTY_ROOT, Segments, Tree, leaf_hash
from covertops.vault.envelope import SealBroken
from covertops.vault.file_format import new_file, read_file_header
from covertops.vault.stored_file import SealingWriter, StoredFile, read_header
from tests.vault.sealed import (
    BORDERS,
    CONTENTS,
    FILE_ID,
    FILES,
    FOUR_SEGMENTS,
    HEADER_BYTES,
    KEY,
    MIB,
    content_of,
    opened,
    read_all,
    sealed,
)


@pytest.mark.parametrize("size", BORDERS)
def test_what_the_writer_says_of_a_file_is_so(size: int) -> None:
    content = CONTENTS[size]
    stored, data = sealed(content)
    leaves = [leaf_hash(content[start : start + MIB]) for start in range(0, size, MIB)]
    assert (stored.size, stored.sealed_size) == (size, len(data))
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert stored.segment_root == Tree(leaves).root().hex()
    assert opened(data).size == size
    opened(data).check(stored.sha256, stored.segment_root)


def test_an_empty_file_has_the_root_of_the_empty_tree() -> None:
    assert sealed(b"")[0].segment_root == EMPTY_ROOT.hex()


@given(st.sampled_from(BORDERS), st.data())
def test_any_range_reads_as_the_same_range_of_the_content(size: int, draw: st.DataObject) -> None:
    near = sorted({place for border in (0, MIB, 2 * MIB, size) for place in range(border - 2, border + 3)})
    place = st.one_of(st.sampled_from([one for one in near if 0 <= one <= size]), st.integers(0, size))
    start, end = sorted((draw.draw(place, "one end"), draw.draw(place, "other end")))
    pieces = list(opened(FILES[size]).read(start, end))
    assert b"".join(pieces) == CONTENTS[size][start:end]
    assert all(0 < len(piece) <= MIB for piece in pieces)


def test_reading_that_is_given_up_leaves_no_thread_behind() -> None:
    pieces = opened(sealed(FOUR_SEGMENTS)[1]).read()
    assert len(next(pieces)) == MIB
    assert [one for one in threading.enumerate() if one.name.startswith("open")]
    pieces.close()  # type: ignore[attr-defined]
    assert not [one for one in threading.enumerate() if one.name.startswith("open")]


class Sparing(io.BytesIO):
    """Gives less than it is asked for, as an unbuffered file may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(size if size is None or size < 1000 else min(size, 300_000))


def test_a_file_that_gives_little_at_a_time_is_read_whole() -> None:
    file = StoredFile.open(Sparing(sealed(FOUR_SEGMENTS)[1]), lambda _: KEY, Segments)
    assert b"".join(file.read()) == FOUR_SEGMENTS


@pytest.mark.parametrize("size", BORDERS)
def test_without_a_range_the_whole_content_is_read(size: int) -> None:
    assert read_all(FILES[size]) == CONTENTS[size]
    assert b"".join(opened(FILES[size]).read(size // 2)) == CONTENTS[size][size // 2 :]


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (0, MIB + 2), (2, 1), (MIB + 2, None)])
def test_a_range_outside_the_content_is_refused_before_anything_is_read(start: int, end: int | None) -> None:
    with pytest.raises(ValueError, match=f"of a content of {MIB + 1} bytes"):
        opened(FILES[MIB + 1]).read(start, end)


@given(st.lists(st.integers(0, 2 * MIB + 100), max_size=8))
def test_how_the_content_arrives_does_not_matter(sizes: list[int]) -> None:
    content = content_of(sum(sizes))
    raw = io.BytesIO()
    with SealingWriter(raw, KEY, FILE_ID, Segments()) as writer:
        begin = 0
        for size in sizes:
            writer.write(memoryview(content)[begin : begin + size])
            begin += size
        stored = writer.finish()
    assert read_all(raw.getvalue()) == content
    opened(raw.getvalue()).check(stored.sha256, stored.segment_root)


def test_a_chunk_may_be_changed_by_its_owner_once_it_is_written() -> None:
    raw, chunk = io.BytesIO(), bytearray(MIB)
    with SealingWriter(raw, KEY, FILE_ID, Segments()) as writer:
        for number in range(6):
            chunk[:] = bytes([number]) * MIB
            writer.write(chunk)
        writer.finish()
    assert read_all(raw.getvalue()) == b"".join(bytes([number]) * MIB for number in range(6))


def test_the_bytes_are_those_of_the_written_format() -> None:
    """Everything is taken apart by hand here, from the words of `file_format` alone."""
    content = content_of(MIB + 13)
    data = sealed(content)[1]
    name = KEY.name.encode()
    magic, file_id, length = data[:22], data[22:38], data[38:40]
    compartment, prefix, wrapped = data[40:82], data[82:89], data[89:150]
    assert (magic, file_id.hex()) == (b"covertops/stored-file\x01", FILE_ID)
    assert (int.from_bytes(length, "big"), compartment) == (42, name)
    bound = b"".join(len(part).to_bytes(4, "big") + part for part in (b"covertops/file-key/1", data[:89]))
    assert wrapped[0] == 1
    cipher = AESGCM(AESGCM(KEY.key).decrypt(wrapped[1:13], wrapped[13:], bound))
    found = b""
    for number, last, start, end in ((0, 0, 150, 150 + MIB + 16), (1, 1, 150 + MIB + 16, len(data))):
        parts = (b"covertops/segment/1", file_id, number.to_bytes(4, "big"), bytes([last]))
        bound = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        found += cipher.decrypt(prefix + number.to_bytes(4, "big") + bytes([last]), data[start:end], bound)
    assert found == content


def test_the_header_says_which_file_of_which_compartment_it_is() -> None:
    assert read_header(io.BytesIO(FILES[1])) == (FILE_ID, KEY.name)


def test_no_two_files_share_a_key_or_a_nonce_prefix() -> None:
    headers = [read_file_header(io.BytesIO(sealed(b"the same")[1])) for _ in range(20)]
    assert len({header.wrapped_key for header in headers}) == 20
    assert len({header.nonce_prefix for header in headers}) > 1
    assert len({sealed(b"the same")[1][HEADER_BYTES:] for _ in range(20)}) == 20


def test_a_check_names_the_digest_that_differs() -> None:
    stored, data = sealed(b"plain")
    with pytest.raises(SealBroken, match=f"check the SHA-256 of the stored file {FILE_ID}"):
        opened(data).check("0" * 64, stored.segment_root)
    with pytest.raises(SealBroken, match=f"check the segment root of the stored file {FILE_ID}"):
        opened(data).check(stored.sha256, "0" * 64)


@pytest.mark.parametrize("file_id", ["", "ab", "AB" * 16, "zz" * 16, "../" + "a" * 29, " " + "a" * 31, "a" * 33])
def test_a_file_id_is_32_hexadecimal_digits(file_id: str) -> None:
    with pytest.raises(ValueError, match="hex"):
        new_file(KEY, file_id)


def test_a_segment_number_never_begins_again() -> None:
    _header, cipher = new_file(KEY, FILE_ID)
    with pytest.raises(OverflowError):
        cipher.seal_into(2**32, False, b"", bytearray(16))


class FillingDisk(io.RawIOBase):
    """A disk that takes `room` bytes, a few at a time, and then has no more."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.keeps = True
        self.taken = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        if not self.room:
            raise OSError(28, "No space left on device")
        part = bytes(data[: min(self.room, 100_000)])
        if self.keeps:
            self.taken += part
        self.room -= len(part)
        return len(part)


def our_threads() -> list[str]:
    """Return the names of the threads that a writer starts and that are still alive."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(("digest", "seal"))]


def test_a_disk_that_takes_a_few_bytes_at_a_time_is_given_all_of_them() -> None:
    disk = FillingDisk(10 * MIB)
    with SealingWriter(disk, KEY, FILE_ID, Segments()) as writer:  # type: ignore[arg-type]
        writer.write(FOUR_SEGMENTS)
        stored = writer.finish()
    assert stored.sealed_size == len(disk.taken)
    assert read_all(bytes(disk.taken)) == FOUR_SEGMENTS


@pytest.mark.parametrize("room", [10, MIB // 2, MIB + 500, 2 * MIB, 3 * MIB + 100])
def test_a_full_disk_is_told_and_the_writer_can_neither_go_on_nor_finish(room: int) -> None:
    content = iter([FOUR_SEGMENTS[start : start + 50_000] for start in range(0, len(FOUR_SEGMENTS), 50_000)])

    def store() -> None:
        with SealingWriter(FillingDisk(room), KEY, FILE_ID, Segments()) as writer:  # type: ignore[arg-type]
            writers.append(writer)
            for chunk in content:
                writer.write(chunk)
            writer.finish()

    writers: list[SealingWriter] = []
    with pytest.raises(OSError, match="No space left on device"):
        store()
    for writer in writers:
        with pytest.raises(ValueError, match="failed before"):
            writer.finish()
    assert our_threads() == []


def test_a_writer_that_failed_cannot_be_finished_even_before_it_is_closed() -> None:
    with SealingWriter(FillingDisk(MIB + 500), KEY, FILE_ID, Segments()) as writer:  # type: ignore[arg-type]
        with pytest.raises(OSError, match="No space left"):
            writer.write(content_of(8 * MIB))
        with pytest.raises(ValueError, match="failed before"):
            writer.finish()
        with pytest.raises(ValueError, match="failed before"):
            writer.write(b"more")


def test_a_finished_writer_takes_no_more() -> None:
    with SealingWriter(io.BytesIO(), KEY, FILE_ID, Segments()) as writer:
        writer.write(b"all")
        writer.finish()
        with pytest.raises(ValueError, match="finished"):
            writer.write(b"more")
        with pytest.raises(ValueError, match="finished"):
            writer.finish()


def test_no_thread_outlives_its_writer_and_a_small_file_starts_none() -> None:
    with SealingWriter(io.BytesIO(), KEY, FILE_ID, Segments()) as writer:
        writer.write(bytes(MIB))
        assert our_threads() == []
        writer.write(bytes(2 * MIB))
        assert len(our_threads()) == 2
    assert our_threads() == []


def test_however_large_a_file_is_only_a_few_segments_of_it_are_held() -> None:
    disk, chunk = FillingDisk(100 * MIB), content_of(MIB // 16)
    disk.keeps = False
    tracemalloc.start()
    try:
        with SealingWriter(disk, KEY, FILE_ID, Segments()) as writer:  # type: ignore[arg-type]
            for _ in range(48 * 16):
                writer.write(chunk)
            assert writer.finish().size == 48 * MIB
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 5 * MIB


def test_closing_a_file_closes_what_it_reads_from() -> None:
    raw = io.BytesIO(FILES[1])
    with StoredFile.open(raw, lambda _name: KEY, Segments) as stored:
        assert stored.compartment == KEY.name
        assert stored.file_id == FILE_ID
    assert raw.closed

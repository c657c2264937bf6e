"""The ZIP stream against two readers that are not ours, and against its own promise of length."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covertops.export.zip_stream import ContentChanged, Member, ending, places, size_of, stream

FOUR_GIB = 1 << 32


def capture(path: str, content: bytes, piece: int = 1000) -> Member:
    """A member whose CRC-32 is not known before it is read."""
    pieces = [content[start : start + piece] for start in range(0, len(content), piece)]
    return Member(path, len(content), hashlib.sha256(content).hexdigest(), lambda: pieces)


@given(st.lists(st.tuples(st.binary(max_size=3000), st.booleans()), max_size=8))
def test_the_length_is_known_before_the_first_byte_and_python_reads_every_member(
    contents: list[tuple[bytes, bool]],
) -> None:
    members = [
        Member.of(f"file-{place}.txt", content) if known else capture(f"file-{place}.bin", content)
        for place, (content, known) in enumerate(contents)
    ]
    data = b"".join(stream(members))
    assert len(data) == size_of(members)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert [archive.read(name) for name in archive.namelist()] == [content for content, _ in contents]


def test_info_zip_unpacks_it(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"".join(stream([Member.of("one.txt", b"1"), capture("two/three.bin", b"23" * 5000)])))
    subprocess.run(["unzip", "-q", path, "-d", tmp_path / "out"], check=True)
    assert (tmp_path / "out/two/three.bin").read_bytes() == b"23" * 5000
    assert (tmp_path / "out/one.txt").stat().st_mode & 0o777 == 0o644


def test_the_same_members_give_the_same_bytes_and_name_no_day() -> None:
    members = [Member.of("one.txt", b"1"), capture("two.bin", b"2")]
    first, second = b"".join(stream(members)), b"".join(stream(members))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def sparse(members: list[Member], path: Path) -> None:
    """Write everything of a ZIP file but the contents of its members, which are left as holes of zeros."""
    offsets, end = places(members)
    directory = b"".join(one.central(offset, one.crc or 0) for one, offset in zip(members, offsets, strict=True))
    with path.open("wb") as file:
        for one, offset in zip(members, offsets, strict=True):
            file.seek(offset)
            file.write(one.local())
            if one.crc is not None:
                file.writelines(one.chunks())
            else:
                file.seek(one.size, io.SEEK_CUR)
            file.write(one.descriptor(one.crc or 0))
        file.write(directory + ending(len(members), end, len(directory)))


@pytest.mark.parametrize("size", [FOUR_GIB - 2, FOUR_GIB - 1, FOUR_GIB, 3 * FOUR_GIB])
def test_sizes_and_places_beyond_32_bits_are_planned_right(size: int, tmp_path: Path) -> None:
    large = Member("large.bin", size, "0" * 64, tuple)
    members = [Member.of("first.txt", b"before"), large, Member.of("last.txt", b"behind")]
    path = tmp_path / "large.zip"
    sparse(members, path)
    assert path.stat().st_size == size_of(members)
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("large.bin").file_size == size
        assert archive.read("last.txt") == b"behind"
    if size == FOUR_GIB - 1:
        return  # Info-ZIP takes this one size for the mark of 64 bits in the member behind it, whoever wrote the file.
    listed = subprocess.run(["unzip", "-Zl", path], check=True, capture_output=True, text=True).stdout
    assert f" {size} " in listed
    assert subprocess.run(["unzip", "-p", path, "last.txt"], check=True, capture_output=True).stdout == b"behind"


def test_more_members_than_16_bits_count_are_planned_right() -> None:
    members = [Member.of(f"{number:06d}", b"") for number in range(70_000)]
    data = b"".join(stream(members))
    assert len(data) == size_of(members)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.namelist()) == 70_000


def sent_before_it_broke(members: list[Member]) -> bytes:
    """What a recipient has when the stream breaks off."""
    sent = bytearray()
    with suppress(ContentChanged):
        for chunk in stream(members):
            sent += chunk
    return bytes(sent)


@pytest.mark.parametrize("changed", [b"longer than was planned", b"short", b"", b"the same sizE"])
def test_a_file_that_changed_breaks_the_stream_off_before_it_is_whole(changed: bytes) -> None:
    planned = capture("a.bin", b"the same size", piece=4)
    pieces = [changed[start : start + 4] for start in range(0, len(changed), 4)]
    members = [replace(planned, chunks=lambda: pieces), Member.of("after.txt", b"never sent")]
    with pytest.raises(ContentChanged, match=r"a\.bin: "):
        list(stream(members))
    sent = sent_before_it_broke(members)
    assert len(sent) < len(planned.local()) + planned.size
    assert b"never sent" not in sent


def test_no_more_than_two_pieces_are_held_at_a_time() -> None:
    alive = 0

    class Piece(bytes):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    most = 0

    def pieces() -> Iterator[bytes]:
        nonlocal alive, most
        for _ in range(50):
            alive += 1
            most = max(most, alive)
            yield Piece(b"x" * 1000)

    content = b"x" * 50_000
    member = Member("a.bin", len(content), hashlib.sha256(content).hexdigest(), pieces)
    assert sum(map(len, stream([member]))) == size_of([member])
    assert most <= 3

"""Only the one layout that our writer makes is read: everything else that a ZIP file can be is refused by its name."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from covertops.export.verifier import verify_package
from covertops.export.zip_read import Damaged, NotOurs, read_part, read_zip
from covertops.export.zip_stream import Member, ending, places, stream
from tests.export.making import small_package, write_zip
from tests.export.test_zip_stream import FOUR_GIB, capture, sparse
from tests.ledger.samples import VKEY

ONE, TWO = Member.of("a/one.txt", b"first"), capture("a/two.bin", b"second")


def zip_of(*members: Member) -> bytes:
    return b"".join(stream(members or (ONE, TWO)))


def refusal(data: bytes) -> str:
    """Why a file is refused: the whole file, or the members that are."""
    try:
        _, problems = read_zip(io.BytesIO(data))
    except NotOurs as error:
        return str(error)
    return "; ".join(f"{one.where}: {one.what}" for one in problems)


def test_what_our_writer_writes_is_read_back() -> None:
    data = zip_of(ONE, TWO, Member.of("empty", b""), capture("a/none.bin", b""))
    parts, problems = read_zip(io.BytesIO(data))
    assert not problems
    read = {name: b"".join(read_part(io.BytesIO(data), part, 4)) for name, part in parts.items()}
    assert read == {"a/one.txt": b"first", "a/two.bin": b"second", "empty": b"", "a/none.bin": b""}
    assert read_zip(io.BytesIO(ending(0, 0, 0))) == ({}, [])


@pytest.mark.parametrize("size", [FOUR_GIB - 2, FOUR_GIB - 1, FOUR_GIB, 3 * FOUR_GIB])
def test_what_our_writer_writes_beyond_32_bits_is_read_back(size: int, tmp_path: Path) -> None:
    members = [Member.of("first.txt", b"before"), Member("large.bin", size, "0" * 64, tuple), Member.of("x", b"behind")]
    sparse(members, tmp_path / "large.zip")
    with (tmp_path / "large.zip").open("rb") as file:
        parts, problems = read_zip(file)
        assert not problems
        assert parts["large.bin"].size == size
        assert list(read_part(file, parts["x"], 100)) == [b"behind"]


def test_more_members_than_16_bits_count_are_read_back() -> None:
    members = [Member.of(f"{number:06d}", b"") for number in range(70_000)]
    assert len(read_zip(io.BytesIO(zip_of(*members)))[0]) == 70_000


def with_directory(*lines: bytes, between: bytes = b"", count: int | None = None) -> bytes:
    """The two members, and a directory of these lines."""
    _, end = places((ONE, TWO))
    directory = b"".join(lines) + between
    return zip_of()[:end] + directory + ending(len(lines) if count is None else count, end, len(directory))


def line(member: Member, **others: int) -> bytes:
    """A member's line in the directory, some of its numbers replaced."""
    offsets, _ = places((ONE, TWO))
    crc = zlib.crc32(b"first" if member is ONE else b"second")
    raw = bytearray(member.central(offsets[(ONE, TWO).index(member)], crc))
    at = {"flags": (8, "<H"), "method": (10, "<H"), "time": (12, "<H"), "crc": (16, "<I"), "packed": (20, "<I"),
          "size": (24, "<I"), "disk": (34, "<H"), "inner": (36, "<H"), "mode": (40, "<H"), "made": (4, "<H"),
          "offset": (42, "<I")}  # fmt: skip
    for name, value in others.items():
        place, form = at[name]
        struct.pack_into(form, raw, place, value)
    return bytes(raw)


def replaced(old: bytes, new: bytes) -> bytes:
    """The two members with some bytes replaced, which must stand there once."""
    data = zip_of()
    assert data.count(old) == 1
    return data.replace(old, new)


CENTRAL = b"PK\x01\x02"

CHANGES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a comment": (lambda: zip_of()[:-2] + b"\x05\0hello", "carries a comment of 5 bytes"),
    "bytes after the end": (lambda: zip_of() + b"hello", "5 foreign bytes stand after its end"),
    "bytes before the first member": (
        lambda: moved(b"#!/bin/sh\n"),
        "10 foreign bytes stand before a/one.txt",
    ),
    "bytes before the first member, unaccounted": (lambda: b"#!/bin/sh\n" + zip_of(), "belong to neither"),
    "bytes between members": (lambda: gap(b"hidden"), "6 foreign bytes stand before a/two.bin"),
    "bytes before the directory": (lambda: behind(b"hidden"), "6 foreign bytes stand before the directory"),
    "bytes in the directory": (lambda: with_directory(*lines(), between=b"hidden"), "holds 6 bytes more than"),
    "a member that only one of two programs sees": (
        lambda: with_directory(lines()[0]),
        "foreign bytes stand before the directory",
    ),
    "members that overlap": (lambda: with_directory(lines()[0], lines()[0]), "overlaps what stands before it"),
    "fewer lines than said": (lambda: with_directory(*lines(), count=3), "fewer lines than its end says"),
    "two disks": (lambda: zip_of()[:-18] + b"\1\0" + zip_of()[-16:], "several disks"),
    "no ZIP file": (lambda: b"x" * 100, "does not end as a ZIP file does"),
    "nothing": (lambda: b"", "does not end as a ZIP file does"),
    "another name before the content": (
        lambda: zip_of().replace(b"a/one.txt", b"b/one.txt", 1),
        "has another name before its content",
    ),
    "another CRC-32 in one header": (
        lambda: with_directory(line(ONE, crc=1), lines()[1]),
        "the two headers of a/one.txt give different",
    ),
    "another time in one header": (
        lambda: with_directory(line(ONE, time=1), lines()[1]),
        "the two headers of a/one.txt contradict",
    ),
    "a data descriptor that lies": (
        lambda: replaced(struct.pack("<II", 6, 6) + CENTRAL, struct.pack("<II", 6, 7) + CENTRAL),
        "the data descriptor of a/two.bin",
    ),
    "a data descriptor cut off": (lambda: cut_descriptor(), "the data descriptor of a/two.bin"),
    "a size beyond the file": (
        lambda: with_directory(lines()[0], line(TWO, size=9999, packed=9999)),
        "the data descriptor of a/two.bin",
    ),
    "encryption": (lambda: flagged(0x1), "a/one.txt: is encrypted"),
    "strong encryption": (lambda: flagged(0x41), "a/one.txt: is encrypted"),
    "other flags": (lambda: flagged(0x800), "a/one.txt: has flags"),
    "another version": (lambda: with_directory(line(ONE, made=20), lines()[1]), "a/one.txt: has a version or a disk"),
    "other rights": (lambda: moded(0o100755), "a/one.txt: has rights"),
    "a link": (lambda: moded(0o120777), "a/one.txt: is a link or a device"),
    "a folder by its rights": (lambda: moded(0o040755), "a/one.txt: is an entry for a folder"),
    "an inner mark": (lambda: with_directory(line(ONE, inner=1), lines()[1]), "a/one.txt: has rights"),
    "a folder entry": (lambda: zip_of(Member.of("a/", b""), ONE), "a/: is an entry for a folder"),
    "a name of other letters": (lambda: zip_of(Member.of("a b", b"")), "a b: has a name that no file of a package has"),
    "a long name": (lambda: zip_of(Member.of("x" * 201, b"")), "has a name that no file of a package has"),
    "a name that climbs": (lambda: zip_of(Member.of("a/../b", b"")), "a/../b: has a name that leads elsewhere"),
    "a member twice": (lambda: zip_of(ONE, ONE), "a/one.txt: stands twice"),
}  # fmt: skip


def lines() -> tuple[bytes, bytes]:
    """The two lines of the true directory."""
    data = zip_of()
    start = places((ONE, TWO))[1]
    first = len(ONE.central(0, 0))
    return data[start : start + first], data[start + first : -22]


def _shifted(raw: bytes, by: int) -> bytes:
    return raw[:42] + struct.pack("<I", struct.unpack_from("<I", raw, 42)[0] + by) + raw[46:]


def moved(first: bytes) -> bytes:
    """Everything behind some foreign bytes, the directory knowing of it."""
    end = places((ONE, TWO))[1]
    directory = b"".join(_shifted(one, len(first)) for one in lines())
    return first + zip_of()[:end] + directory + ending(2, end + len(first), len(directory))


def gap(hidden: bytes) -> bytes:
    """Foreign bytes between the two members."""
    (_, second), end = places((ONE, TWO))
    directory = lines()[0] + _shifted(lines()[1], len(hidden))
    data = zip_of()
    return data[:second] + hidden + data[second:end] + directory + ending(2, end + len(hidden), len(directory))


def behind(hidden: bytes) -> bytes:
    """Foreign bytes between the last member and the directory."""
    end = places((ONE, TWO))[1]
    directory = b"".join(lines())
    return zip_of()[:end] + hidden + directory + ending(2, end + len(hidden), len(directory))


def cut_descriptor() -> bytes:
    """The last member without its data descriptor."""
    end = places((ONE, TWO))[1] - 16
    directory = b"".join(lines())
    return zip_of()[:end] + directory + ending(2, end, len(directory))


def flagged(flags: int) -> bytes:
    """Flags in both headers of the first member."""
    data = bytearray(with_directory(line(ONE, flags=flags), lines()[1]))
    struct.pack_into("<H", data, 6, flags)
    return bytes(data)


def moded(mode: int) -> bytes:
    return with_directory(line(ONE, mode=mode), lines()[1])


@pytest.mark.parametrize("name", CHANGES)
def test_what_our_writer_never_writes_is_refused_in_clear_words(name: str) -> None:
    make, words = CHANGES[name]
    assert words in refusal(make())


def test_a_compressed_member_is_not_inflated() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("bomb"), b"\0" * 5_000_000, zipfile.ZIP_DEFLATED)
    assert len(target.getvalue()) < 10_000
    assert "bomb: is compressed" in refusal(target.getvalue())


def test_the_two_forms_of_a_long_end_must_agree() -> None:
    members = [Member.of(f"{number:06d}", b"") for number in range(65_535)]
    data = zip_of(*members)
    assert refusal(data) == ""
    assert "64-bit form" in refusal(data[:-98] + b"PK\x06\x06" + struct.pack("<Q", 45) + data[-86:])
    assert "contradict" in refusal(data[:-10] + struct.pack("<I", 1) + data[-6:])
    assert "cut off" in refusal(data[-60:])


def test_content_that_changed_is_named_at_its_end() -> None:
    data = zip_of().replace(b"second", b"secund")
    parts, _ = read_zip(io.BytesIO(data))
    with pytest.raises(Damaged, match=r"Bad CRC-32 for file 'a/two\.bin'"):
        list(read_part(io.BytesIO(data), parts["a/two.bin"], 4))
    with pytest.raises(Damaged, match="ends within"):
        list(read_part(io.BytesIO(data[:30]), parts["a/two.bin"], 4))


@pytest.mark.parametrize("more", [b"", b"\0", b"PK\x05\x06" + bytes(18)])
def test_a_whole_package_with_bytes_behind_it_is_no_package(more: bytes, tmp_path: Path) -> None:
    path = write_zip(small_package().plan, tmp_path)
    path.write_bytes(path.read_bytes() + more)
    assert verify_package(path, VKEY).ok is (not more)


def test_every_bit_of_a_small_zip_file_counts() -> None:
    whole = zip_of()
    true = {"a/one.txt": b"first", "a/two.bin": b"second"}

    def read(data: bytes) -> dict[str, bytes]:
        parts, problems = read_zip(io.BytesIO(data))
        assert not problems
        return {name: b"".join(read_part(io.BytesIO(data), part, 100)) for name, part in parts.items()}

    unnoticed = []
    for bit in range(8 * len(whole)):
        data = bytearray(whole)
        data[bit // 8] ^= 1 << bit % 8
        try:
            unnoticed += [bit] if read(bytes(data)) == true else []
        except (NotOurs, Damaged, AssertionError):
            continue
    assert read(whole) == true
    assert unnoticed == []


def test_a_member_of_another_length_than_its_headers_is_refused() -> None:
    longer = replace(TWO, size=7)
    data = b"".join((ONE.local(), b"first", longer.local(), b"second", longer.descriptor(1)))
    directory = ONE.central(0, ONE.crc or 0) + longer.central(len(ONE.local()) + 5, 1)
    assert "data descriptor" in refusal(data + directory + ending(2, len(data), len(directory)))

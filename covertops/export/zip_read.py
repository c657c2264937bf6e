"""Reading the one form of ZIP file that a package has, and refusing every other (APPNOTE.TXT 6.3.10).

A ZIP file says most things twice, and what it says nothing about can hold anything: two programs that read the same
file can see two packages. So nothing is tolerated here. From the first byte to the last stand, without a gap:

    1   each member: its local header, its content as it is, and, where the header leaves CRC-32 and sizes out, a data
        descriptor that gives them
    2   the directory, one line a member in the same order, saying the same
    3   the forms of 64 bits, where a number needs them and nowhere else
    4   the end of the directory, without a comment

Nothing is inflated: a member's content takes as many bytes as it has. Shares nothing with :mod:`zip_stream`, which
writes it.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from covertops.export.ceilings import MOST_FILES, MOST_NAME
from covertops.export.report import Finding

_END: Final = struct.Struct("<4sHHHHIIH")
_WIDE_END: Final = struct.Struct("<4sQHHIIQQQQ")
_WIDE_LOCATOR: Final = struct.Struct("<4sIQI")
_LINE: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_FULL, _MANY = 0xFFFFFFFF, 0xFFFF
_KNOWN_LATER: Final = 0x08
_ENCRYPTED: Final = 0x2041
"""Bits 0, 6 and 13: encryption, strong encryption, and a directory that is hidden."""
_UNIX: Final = 3 << 8
_DATE: Final = 0x21
_MODE: Final = 0o100644 << 16
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")
_COMMENT: Final = 1 << 16


class NotOurs(ValueError):
    """A file that is not laid out as a package's ZIP file is."""


class Damaged(ValueError):
    """A member whose content is not the one that its header is about."""


@dataclass(frozen=True)
class Part:
    """A member that can be read: where its content begins, how long it is, and its CRC-32."""

    name: str
    start: int
    size: int
    crc: int


@dataclass(frozen=True)
class _Line:
    """What the directory says of a member."""

    raw: bytes
    made: int
    version: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name: bytes
    extra: bytes
    comment: int
    disk: int
    inner: int
    outer: int
    offset: int

    @property
    def words(self) -> str:
        """The name as it can be printed."""
        return self.name.decode("utf-8", "replace")


def read_zip(file: BinaryIO) -> tuple[dict[str, Part], list[Finding]]:
    """The members of a ZIP file by name, and what is wrong with those that are not among them.

    Raises NotOurs for a file that holds anything but members one after the other, their directory and its end.
    """
    size = file.seek(0, os.SEEK_END)
    count, length, start = _directory(file, size)
    found: dict[str, Part] = {}
    problems: list[Finding] = []
    seen: set[bytes] = set()
    at, line_at = 0, start
    for _ in range(count):
        line = _read_line(file, line_at, start + length)
        line_at += len(line.raw)
        if line.offset != at:
            raise NotOurs(_gap(line.words, line.offset - at))
        content, at = _check_local(file, line, start)
        problem = "stands twice in the ZIP file" if line.name in seen else _refused(line)
        seen.add(line.name)
        if problem is None:
            found[line.words] = Part(line.words, content, line.size, line.crc)
        else:
            problems.append(Finding(line.words, problem))
    if line_at != start + length:
        raise NotOurs(f"its directory holds {start + length - line_at} bytes more than its {count} members take")
    if at != start:
        raise NotOurs(_gap("the directory", start - at))
    return found, problems


def read_part(file: BinaryIO, part: Part, piece: int) -> Iterator[bytes]:
    """A member's content in pieces; raise Damaged at its end where it does not have the CRC-32 of its header."""
    crc, at, end = 0, part.start, part.start + part.size
    while at < end:
        file.seek(at)
        data = file.read(min(piece, end - at))
        if not data:
            raise Damaged(f"the ZIP file ends within {part.name!r}")
        crc, at = zlib.crc32(data, crc), at + len(data)
        yield data
    if crc != part.crc:
        raise Damaged(f"Bad CRC-32 for file {part.name!r}")


def _gap(what: str, length: int) -> str:
    if length > 0:
        return f"{length} foreign bytes stand before {what[:MOST_NAME]}"
    return f"{what[:MOST_NAME]} overlaps what stands before it"


def _at(file: BinaryIO, place: int, length: int) -> bytes:
    file.seek(place)
    return file.read(length)


def _directory(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """How many lines the directory has, how long it is and where it starts, as its end says (4.3.16)."""
    end = size - _END.size
    raw = _at(file, end, _END.size) if end >= 0 else b""
    if not raw.startswith(b"PK\x05\x06") or raw[-2:] != b"\0\0":
        raise NotOurs(_bad_end(file, size))
    _, disk, first, here, count, length, start, _ = _END.unpack(raw)
    if _MANY in (here, count) or _FULL in (length, start):
        end -= _WIDE_LOCATOR.size + _WIDE_END.size
        found = _at(file, end, _WIDE_END.size + _WIDE_LOCATOR.size) if end >= 0 else b""
        count, length, start = _wide_directory(found, end, (count, length, start))
    elif (disk, first, here) != (0, 0, count):
        raise NotOurs("it says that it is one of several disks")
    if start + length != end:
        raise NotOurs(f"{abs(end - start - length)} bytes between its directory and its end belong to neither")
    if count > MOST_FILES:
        raise NotOurs(f"it names {count} files; {MOST_FILES} are read at most")
    return count, length, start


def _bad_end(file: BinaryIO, size: int) -> str:
    tail = _at(file, max(0, size - _END.size - _COMMENT), _END.size + _COMMENT)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        return "it does not end as a ZIP file does"
    comment = int.from_bytes(tail[place + _END.size - 2 : place + _END.size], "little")
    after = len(tail) - place - _END.size
    if comment == after:
        return f"it carries a comment of {comment} bytes: a package has none"
    return f"{after} foreign bytes stand after its end"


def _wide_directory(raw: bytes, at: int, short: tuple[int, int, int]) -> tuple[int, int, int]:
    """The same from the forms of 64 bits (4.3.14, 4.3.15), which must be needed and say what the short ones can."""
    if len(raw) != _WIDE_END.size + _WIDE_LOCATOR.size:
        raise NotOurs("its end is cut off")
    head, length_of, made, version, disk, first, here, count, length, start = _WIDE_END.unpack_from(raw)
    locator = _WIDE_LOCATOR.unpack_from(raw, _WIDE_END.size)
    expected = (b"PK\x06\x06", 44, _UNIX | 45, 45, 0, 0, count)
    limits = (min(count, _MANY), min(length, _FULL), min(start, _FULL))
    if (head, length_of, made, version, disk, first, here) != expected or locator != (b"PK\x06\x07", 0, at, 1):
        raise NotOurs("the 64-bit form of its end is not written as a package’s is")
    if limits != short:
        raise NotOurs("the two forms of its end contradict each other")
    return count, length, start


def _read_line(file: BinaryIO, at: int, end: int) -> _Line:
    """The directory's next line (4.3.12)."""
    raw = _at(file, at, min(_LINE.size, end - at))
    if len(raw) != _LINE.size or not raw.startswith(b"PK\x01\x02"):
        raise NotOurs("its directory has fewer lines than its end says")
    values = _LINE.unpack(raw)
    _, made, version, flags, method, time, date, crc, packed, size, name, extra, comment, disk, inner, outer, offset = (
        values
    )
    more = name + extra + comment
    rest = _at(file, at + _LINE.size, more)
    if len(rest) != more or at + _LINE.size + more > end:
        raise NotOurs("a line of its directory is cut off")
    wide = _numbers(rest[name : name + extra])
    size, packed, offset = (wide.pop(0) if value == _FULL and wide else value for value in (size, packed, offset))
    return _Line(
        raw + rest, made, version, flags, method, time, date, crc, packed, size, rest[:name],
        rest[name : name + extra], comment, disk, inner, outer, offset,
    )  # fmt: skip


def _numbers(extra: bytes) -> list[int]:
    """The numbers of the one extra field that there can be, that of 64 bits (4.5.3); none where there is none."""
    if len(extra) < 4 or len(extra) % 8 != 4 or struct.unpack_from("<HH", extra) != (1, len(extra) - 4):
        return []
    return list(struct.unpack_from(f"<{len(extra) // 8}Q", extra, 4))


def _check_local(file: BinaryIO, line: _Line, end: int) -> tuple[int, int]:
    """Where a member's content begins and where the member ends; its headers must say the same (4.3.7, 4.3.9)."""
    name, later = line.words[:MOST_NAME], bool(line.flags & _KNOWN_LATER)
    raw = _at(file, line.offset, _LOCAL.size)
    if len(raw) != _LOCAL.size or not raw.startswith(b"PK\x03\x04"):
        raise NotOurs(f"no header stands where the directory places {name}")
    _, version, flags, method, time, date, crc, packed, size, name_length, extra_length = _LOCAL.unpack(raw)
    rest = _at(file, line.offset + _LOCAL.size, name_length + extra_length)
    if rest[:name_length] != line.name:
        raise NotOurs(f"{name} has another name before its content than in the directory")
    wide = line.size >= _FULL
    if (version, flags, method, time, date) != (45 if wide else 20, line.flags, line.method, line.time, line.date):
        raise NotOurs(f"the two headers of {name} contradict each other")
    sizes = (_FULL, _FULL) if wide else (0, 0) if later else (line.packed, line.size)
    told = 0 if later else line.size
    extra = struct.pack("<HHQQ", 1, 16, told, told) if wide else b""
    if (crc, packed, size, rest[name_length:]) != (0 if later else line.crc, *sizes, extra):
        raise NotOurs(f"the two headers of {name} give different sizes, CRC-32 or extra fields")
    start = line.offset + _LOCAL.size + len(rest)
    after = start + line.packed
    if later:
        form = "<4sIQQ" if wide else "<4sIII"
        expected = struct.pack(form, b"PK\x07\x08", line.crc, line.packed, line.size) if after <= end else b""
        if _at(file, after, len(expected)) != expected or not expected:
            raise NotOurs(f"the data descriptor of {name} is not there or says something else than the directory")
        after += len(expected)
    if after > end:
        raise NotOurs(f"{name} runs into the directory")
    return start, after


def _refused(line: _Line) -> str | None:
    """Why a member is not read, in words for whoever made or received the file; None where it is as ours are."""
    name, kind = line.words, stat.S_IFMT(line.outer >> 16)
    if any(one in name for one in ("\\", ":", "\0")) or {"", ".", ".."} & {*name.removesuffix("/").split("/")}:
        return "has a name that leads elsewhere"
    if name.endswith("/") or kind == stat.S_IFDIR:
        return "is an entry for a folder: a package has none"
    if _NAME.fullmatch(name) is None or len(name) > MOST_NAME:
        return "has a name that no file of a package has"
    if kind not in (0, stat.S_IFREG):
        return "is a link or a device, not a file"
    if line.flags & _ENCRYPTED:
        return "is encrypted: nothing in a package is"
    if line.method or line.packed != line.size:
        return "is compressed: a package holds its files as they are. Unpack it and check the folder"
    return _otherwise(line)


def _otherwise(line: _Line) -> str | None:
    """What in a line our writer would have written otherwise."""
    wide = ([line.size, line.size] if line.size >= _FULL else []) + ([line.offset] if line.offset >= _FULL else [])
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    version = 45 if wide else 20
    checks = {
        "flags": line.flags & ~_KNOWN_LATER == 0,
        "a comment": line.comment == 0,
        "extra fields": line.extra == extra,
        "a date": (line.time, line.date) == (0, _DATE),
        "rights": line.outer == _MODE and line.inner == 0,
        "a version or a disk": (line.made, line.version, line.disk) == (_UNIX | version, version, 0),
    }
    found = [what for what, fits in checks.items() if not fits]
    if not found:
        return None
    return f"has {', '.join(found)} that a package’s files never have. Unpack it and check the folder"
